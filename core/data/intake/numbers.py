"""Numbers as hospitals write them: '0,5', '25,000', '1 000', '1E6'; a mark that may mean two things is never guessed."""

import re
from collections.abc import Iterable

SPACES = r"[ \u00a0\u202f]"
NUMBER = rf"[+-]?(?:\d{{1,3}}(?:{SPACES}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*(?:[eE][+-]?\d{{1,2}}(?!\w))?)"
UNDECIDED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 25,000 and 1.250: decimal or thousands
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
DECIMAL_ONLY = r"(?<![\d.,])(?:\d+{mark}(?:\d{{1,2}}|\d{{4,}})|0{mark}\d+|\d{{4,}}{mark}\d+)(?![\d.,])"


def usual_mark(texts: Iterable[str]) -> str:
    """'.' or ',' where numbers of a file can only mean that it is decimal; empty where none or both do."""
    whole = "\n".join(texts)
    found = [mark for mark in ".," if re.search(DECIMAL_ONLY.format(mark=re.escape(mark)), whole)]
    return found[0] if len(found) == 1 else ""


def number(text: str, decimal: str = "auto", usual: str = "") -> float | None:
    """A number; None when its mark could be decimal or of thousands and nobody said which.

    ``decimal`` is '.', ',' or 'auto'. With 'auto', '0,5' and '1,25' are decimal, '25,000' and '1.250' only where their
    mark is the ``usual`` one of the file.
    """
    plain = re.sub(SPACES, "", text)
    marks = re.findall("[.,]", plain)
    if not marks:
        return float(plain)
    if len(marks) > 1:
        return grouped(plain, marks, decimal)
    mark = marks[0]
    if UNDECIDED.fullmatch(plain) and mark != (usual if decimal == "auto" else decimal):
        return float(plain.replace(",", "")) if (mark, decimal) == (",", ".") else None
    return None if (mark, decimal) == (",", ".") else float(plain.replace(",", "."))


def grouped(plain: str, marks: list[str], decimal: str) -> float | None:
    """1,000,000 or 1.234,5: groups of three, then a decimal mark that is another one."""
    if not GROUPED.fullmatch(plain) or decimal not in ("auto", marks[-1]) and marks[0] != marks[-1]:
        return None
    whole = plain.replace(marks[0], "")
    return float(whole.replace(",", "."))
