"""Numbers, dates and codes as a person reads them, in the language of the page."""

import pandas as pd

from core.i18n import sentences, t
from core.report import doses
from core.report.doses import dose_unit
from core.report.words import day
from core.schema import OBSERVATIONS

MOST = 0.99  # nothing is said to be certain,
LEAST = 0.005  # nor impossible: what would be rounded to 0


def word(kind: str, code: object, language: str) -> str:
    """The words of a code; a code that no list names is shown as it is, an empty one as a dash."""
    if pd.isna(code) or code == "":
        return "–"
    return sentences(language).get(f"codes.{kind}.{code}", str(code))


def number(value: float | None, language: str, digits: int = 2) -> str:
    """A number with the decimal sign of the language and a true minus; at most ``digits`` decimals, no trailing zero."""
    if pd.isna(value):
        return "–"
    text = f"{value:z,.{digits}f}".replace("-", "−")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text


def amount(mg: float | None, language: str) -> str:
    """mg of a drug as the report writes it; a dash for what is not known."""
    return doses.mg(known(mg), language)


def amounts_between(low: float | None, high: float | None, language: str) -> str:
    """``0 à 4 000``, one number where both are the same."""
    return doses.mg_between(known(low), known(high), language)


def known(value: float | None) -> float | None:
    """A number of a table, None for its NaN."""
    return None if pd.isna(value) else value


def signed(value: float, language: str) -> str:
    """``+1,1``, ``−3,92``; a zero has no sign."""
    text = number(value, language)
    return text if text == "0" or text.startswith("−") else f"+{text}"


def risk(score: float | None, language: str) -> str:
    """A probability with two decimals, always both."""
    if pd.isna(score):
        return "–"
    return f"{score:.2f}".replace(".", ",") if language == "fr" else f"{score:.2f}"


def percent(share: float, language: str, digits: int = 0) -> str:
    return f"{number(100 * share, language, digits)}\u202f%" if language == "fr" else f"{share:.{digits}%}"


def chance(score: float | None, language: str) -> str:
    """A probability as a person says it: ``87 %``, without decimals, never 0 and never 100 (as client/dom.js says it)."""
    if pd.isna(score):
        return "–"
    return percent(min(score, MOST), language) if score > LEAST else t("codes.least", language)


def instant(when: object, language: str, year: bool = False) -> str:
    """``12 mars, 08:00``."""
    return "–" if pd.isna(when) else f"{day(when, language, year)}, {pd.Timestamp(when):%H:%M}"


def capital(text: str) -> str:
    """The first letter as a capital, the others untouched; a word with a capital inside stays as it is written (eGFR)."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def single_dose(line: pd.Series, language: str) -> str:
    """``5 mg``, ``3,125 mg``: as it was written, for a dose rounded is another one; empty when it is not known."""
    if pd.isna(line["dose"]):
        return ""
    unit = dose_unit(line["unit"], language, line["dose"]) if pd.notna(line["unit"]) else ""
    return f"{number(line['dose'], language, 4)} {unit}".strip()


def dose(line: pd.Series, language: str) -> str:
    """``5 mg × 2/j``; what is not known is left out."""
    times = line["times_per_day"]
    rhythm = t("codes.rhythm", language, times=number(times, language, 1)) if pd.notna(times) else ""
    return " ".join(part for part in (single_dose(line, language), rhythm) if part)


def dosage(line: pd.Series, language: str) -> str:
    """``5 mg × 2/j · orale · si besoin``; what is not known is left out."""
    parts = [dose(line, language), word("route", line["route"], language)]
    return " · ".join([part for part in parts if part] + ([t("codes.prn", language)] if line["prn"] else []))


def measured(kind: str, value: float, language: str) -> str:
    """``5,9 mmol/L``."""
    unit = word("unit", OBSERVATIONS[kind], language).replace("–", "")
    return f"{number(value, language)} {unit}".rstrip()


def split(joined: object) -> list[str]:
    """The items of a cell joined by +, none for an empty cell."""
    return str(joined).split("+") if pd.notna(joined) and joined else []


def diagnoses(coded: object, most: int | None = None) -> str:
    """``I50.9, N18.3, +2``: diagnoses as they are coded, the first ``most`` of them and how many more; empty for none."""
    codes = split(coded)
    more = len(codes) - most if most else 0
    return ", ".join(codes[:most] + ([f"+{more}"] if more > 0 else []))
