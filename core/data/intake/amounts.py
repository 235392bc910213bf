"""Doses as hospitals write them: '500', '1-2', '25,000', '0,5', '1/2 cp', '1-2mg', 'une ampoule'."""

import re
from dataclasses import dataclass

from core.data.intake.numbers import NUMBER, number

PARTS = {"1/2": 1 / 2, "1/3": 1 / 3, "2/3": 2 / 3, "1/4": 1 / 4, "3/4": 3 / 4, "1/8": 1 / 8}  # 500/125 is two doses
SIGNS = str.maketrans({"½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅛": " 1/8"})
UNIT = r"(?P<unit>(?!(?:x|fois)\b)(?:[^\W\d_]|%)(?:m2\b|[^\d+×*]|/\s*\d+(?:[.,]\d+)?)*)"  # a number only after a slash


def end_of(n: int) -> str:
    """Pattern of one end of a dose: a part of a piece ('1 1/2') or a number that no second one follows after a slash."""
    part = rf"(?:(?P<whole{n}>\d+)\s+(?:et\s+)?)?(?P<part{n}>{'|'.join(PARTS)})(?![\d/])"
    return rf"(?:{part}|(?P<plain{n}>{NUMBER})(?!\s*/\s*\d))"


AMOUNT = re.compile(rf"\s*{end_of(1)}\s*(?:(?:-|–|à|to)\s*{end_of(2)})?\s*{UNIT}?", re.IGNORECASE)


@dataclass(frozen=True)
class Amount:
    """``dose`` is the highest that is written, None when nothing can be read; ``note`` is a reason code or empty."""

    dose: float | None
    unit: str = ""
    note: str = ""


def amount(text: str, decimal: str = "auto", usual: str = "") -> Amount:
    """The dose of a text. Of a band ('1-2') the higher end counts, for that is what may be given.

    What is no number and unit alone ('2 x 500', '1000+500') is not understood rather than read in part.
    """
    found = AMOUNT.fullmatch((text or "").translate(SIGNS))
    if not found:
        return Amount(None, "", "dose_not_understood" if (text or "").strip() else "")
    said = found.groupdict()
    ends = [end(said, n, decimal, usual) for n in (1, 2) if said[f"part{n}"] or said[f"plain{n}"]]
    if None in ends:
        return Amount(None, "", "dose_ambiguous")
    return Amount(max(ends), (said["unit"] or "").strip(), "dose_band" if len(ends) == 2 else "")


def end(said: dict[str, str | None], n: int, decimal: str, usual: str) -> float | None:
    if part := said[f"part{n}"]:
        return int(said[f"whole{n}"] or 0) + PARTS[part]
    return number(said[f"plain{n}"], decimal, usual)
