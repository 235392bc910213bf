"""The official thesaurus as the agency publishes it (PDF), read into facts: pairs, levels, classes.

The three documents are told apart by their type: a label stands in bold 10, its partner in bold oblique 8,
a level in bold 7; in the index a substance in bold 8 and its classes in plain 7. No sentence is kept.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.errors import Refusal
from core.knowledge.substances import key_of
from core.schema import LEVELS

SHORT = {"CI": "ci", "ASDEC": "ad", "PE": "pe", "APEC": "apec"}
STARTS = {"contre": "ci", "association": "ad", "precaution": "pe", "a prendre": "apec", "il convient": "apec"}
MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
WITHIN = re.compile(r"(contre-indication|association deconseillee|precautions? d'emploi|a prendre en compte) ?:")
LABEL, PARTNER, LEVEL, SUBSTANCE, PLAIN = ("Bold", 10), ("BoldOblique", 8), ("Bold", 7), ("Bold", 8), ("", 7)


@dataclass(frozen=True)
class Entry:
    """One entry as printed: it stands under both labels, so most pairs come twice."""

    main: str
    plus: str
    levels: tuple[str, ...]


def code_of(text: str) -> str:
    """ci, ad, pe or apec of a level as it is spelt; Refusal when it is none."""
    plain = key_of(text)
    found = next((code for start, code in STARTS.items() if plain.startswith(start)), None)
    if found is None:
        raise Refusal("thesaurus_level", level=text)
    return found


def levels_of(text: str) -> set[str]:
    """Levels in a bold text: 'CI - ASDEC - PE' or the words of one."""
    words = [word.strip() for word in text.split("-")]
    if all(word in SHORT for word in words if word):
        return {SHORT[word] for word in words if word}
    plain = key_of(text)
    return {code for start, code in STARTS.items() if plain.startswith(start)}


def pieces(path: Path, tell: Callable[[int, int], None]) -> Iterator[tuple[tuple[str, int], str]]:
    """(type, text) of every piece of a PDF in reading order; Refusal for a file that is none."""
    try:
        pages = PdfReader(path).pages
        total = len(pages)
    except (PyPdfError, OSError) as error:
        raise Refusal("thesaurus_not_a_pdf", path=path) from error
    for number, page in enumerate(pages, 1):
        found: list[tuple[tuple[str, int], str]] = []

        def keep(text: str, _cm, _tm, font: dict | None, size: float, found: list = found) -> None:
            style = str((font or {}).get("/BaseFont", "")).removeprefix("/Helvetica").removeprefix("-")
            if text.strip():
                found.append(((style, round(size)), text))

        page.extract_text(visitor_text=keep)
        tell(number, total)
        yield from found


def joined(
    found: Iterator[tuple[tuple[str, int], str]], kinds: tuple, apart: tuple = ()
) -> Iterator[tuple[tuple[str, int], str]]:
    """Neighbouring pieces of one wanted kind as one, but for the kinds that stay apart; a '+' before a partner is left out."""
    last, text = None, ""
    for kind, piece in found:
        if kind == last and kind in kinds and kind not in apart:
            text += " " + piece
            continue
        if last in kinds:
            yield last, " ".join(text.split())
        last, text = kind, piece
    if last in kinds:
        yield last, " ".join(text.split())


def entries_of(path: Path, tell: Callable[[int, int], None] = lambda done, total: None) -> list[Entry]:
    """Every entry of the thesaurus in order; its levels are those of its heading and those that begin a line of its text,
    where some partners have another (cotrimoxazole beside citalopram)."""
    main, plus, levels, found = "", "", set(), []
    for kind, text in joined(pieces(path, tell), (LABEL, PARTNER, LEVEL, PLAIN), apart=(LEVEL, PLAIN)):
        if kind in (LABEL, PARTNER) and plus:
            found.append(Entry(key_of(main), key_of(plus), tuple(sorted(levels, key=LEVELS.index))))
            plus, levels = "", set()
        if kind == LABEL:
            main = text
        elif kind == PARTNER:
            plus = text
        elif plus and kind == LEVEL:
            levels |= levels_of(text)
        elif plus and (within := WITHIN.match(key_of(text))):
            levels.add(code_of(within[1]))
    if plus:
        found.append(Entry(key_of(main), key_of(plus), tuple(sorted(levels, key=LEVELS.index))))
    if not found:
        raise Refusal("thesaurus_empty", path=path)
    return found


def index_of(path: Path) -> dict[str, tuple[str, ...]]:
    """Classes by substance from the index of substances."""
    found: dict[str, tuple[str, ...]] = {}
    last = ""
    for kind, text in joined(pieces(path, lambda done, total: None), (SUBSTANCE, PLAIN)):
        if kind == SUBSTANCE:
            last = key_of(text)
            found.setdefault(last, ())
        elif last and (seen := re.search(r"voir(?: aussi)? : (.*)", key_of(text))):
            found[last] += tuple(part.strip() for part in seen.group(1).split(" - "))
    return found


def edition_of(path: Path) -> str:
    """'2020-10' from the foot of a page; Refusal when it does not say."""
    text = key_of(PdfReader(path).pages[-1].extract_text())
    seen = re.search(rf"ansm\s*-?\s*({'|'.join(MONTHS)}) (\d{{4}})", text)
    if not seen:
        raise Refusal("thesaurus_edition", path=path)
    return f"{seen.group(2)}-{MONTHS.index(seen.group(1)) + 1:02d}"


def entries_of_json(path: Path) -> list[Entry]:
    """The same entries from the JSON that others extracted, to compare with."""
    rows = json.loads(path.read_text("utf-8"))
    return [
        Entry(
            key_of(row["main_drug"]), key_of(row["plus_drug"]),
            tuple(sorted({code_of(level["level"]) for level in row["severity_levels"]}, key=LEVELS.index)),
        )
        for row in rows
    ]  # fmt: skip


def compared(mine: list[Entry], theirs: list[Entry]) -> dict:
    """Entries that are equal, and those that only one side holds."""
    ours, others = Counter(mine), Counter(theirs)
    return {
        "entries": len(mine), "entries_compared": len(theirs), "equal": sum((ours & others).values()),
        "only_in_pdf": [vars(entry) for entry in (ours - others)], "only_in_json": [vars(entry) for entry in (others - ours)],
    }  # fmt: skip
