"""Doses as hospitals write them: '500', '1-2', '25,000', '0,5', '1-2mg', 'une ampoule'."""

import re
from dataclasses import dataclass

NUMBER = r"[+-]?\d+(?:[.,]\d+)*"
AMOUNT = re.compile(rf"\s*({NUMBER})\s*(?:(?:-|–|à|to)\s*({NUMBER}))?\s*([^\d\s].*)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True)
class Amount:
    """``dose`` is the highest that is written, None when nothing can be read; ``note`` is a reason code or empty."""

    dose: float | None
    unit: str = ""
    note: str = ""


def number(text: str, decimal: str) -> float | None:
    """A number; None when a comma could be a decimal or a thousands mark and nobody said which.

    ``decimal`` is '.', ',' or 'auto': with 'auto', '0,5' and '1,25' are decimal and '25,000' is not decided.
    """
    if (
        text.count(",") == 1
        and "." not in text
        and (decimal == "," or decimal == "auto" and not THOUSANDS.fullmatch(text))
    ):
        return float(text.replace(",", "."))
    if THOUSANDS.fullmatch(text) and (decimal == "." or text.count(",") > 1 or "." in text):
        return float(text.replace(",", ""))
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


def amount(text: str, decimal: str = "auto") -> Amount:
    """The dose of a text. Of a band ('1-2') the higher end counts, for that is what may be given."""
    found = AMOUNT.fullmatch(text or "")
    if not found:
        return Amount(None, "", "dose_not_understood" if (text or "").strip() else "")
    ends = [number(end, decimal) for end in found.groups()[:2] if end]
    if None in ends:
        return Amount(None, "", "dose_ambiguous")
    return Amount(max(ends), (found.group(3) or "").strip(), "dose_band" if len(ends) == 2 else "")
