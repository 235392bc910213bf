"""Numbers and days as each language writes them, and HTML from words: everything that comes from data is escaped."""

import math
import re
from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from core import i18n

EMPTY = "–"
SEMICOLON = {"fr": " ; ", "en": "; "}
MONTHS = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def t(key: str, language: str, **values: object) -> str:
    """The sentence of a key; in French its marks keep a narrow space that does not break."""
    sentence = i18n.t(key, language, **values)
    return re.sub(r" (?=[:;?!%»])|(?<=«) ", "\u202f", sentence) if language == "fr" else sentence


def day(when: object, language: str, year: bool = True) -> str:
    """``12 mars 2025``, ``1er avr. 2025``; a dash for a time that is not known."""
    if pd.isna(when):
        return EMPTY
    when = pd.Timestamp(when)
    number = "1er" if language == "fr" and when.day == 1 else when.day
    return f"{number} {MONTHS[language][when.month - 1]}" + (f" {when.year}" if year else "")


def edition_day(edition: str, language: str) -> str:
    """The date of an edition of the thesaurus (2020-10-20, or its month alone): ``20/10/2020``, in English ``20 Oct 2020``."""
    parts = edition.split("-")[::-1]
    return "/".join(parts) if language == "fr" else " ".join([*parts[:-2], MONTHS["en"][int(parts[-2]) - 1], parts[-1]])


def code(kind: str, value: str, language: str) -> str:
    """The words of a code; one that no list names is shown as it is."""
    return i18n.sentences(language).get(f"codes.{kind}.{value}", value)


def number(value: float | None, language: str, digits: int = 3) -> str:
    """A number with the decimal sign and the thousands of the language."""
    if value is None:
        return EMPTY
    written = f"{value:,.{digits}f}"
    return written.replace(",", "\u202f").replace(".", ",") if language == "fr" else written


def percent(value: float | None, language: str, digits: int = 1) -> str:
    if value is None:
        return EMPTY
    return number(100 * value, language, digits) + ("\u202f%" if language == "fr" else "%")


def seconds(value: float | None, language: str) -> str:
    """A duration fine enough to tell two apart: short ones with two decimals."""
    return number(value, language, 2 if value is not None and value < 10 else 1)


def rate(value: float | None, language: str, digits: int = 1) -> str:
    """A share that may be very small: with as many digits as its first figure needs."""
    return percent(value, language, max(digits, -math.floor(math.log10(100 * value))) if value else digits)


def between(row: dict, language: str) -> str:
    """The interval of the average precision."""
    return f"{number(row['auprc_low'], language)} – {number(row['auprc_high'], language)}"


def spread(row: dict, language: str) -> str:
    """The standard deviation of the average precision over the seeds; a dash where there is one seed."""
    return number(row["auprc_sd"] if row["seeds"] > 1 else None, language)


def counted(share: float | None, count: float | None, language: str) -> str:
    """A share and of how many; an earlier version kept no count."""
    return percent(share, language) + (f" (n\u202f=\u202f{number(count, language, 0)})" if share is not None and count else "")


def apart(parts: Iterable[str], language: str) -> str:
    """``a ; b``, in English ``a; b``."""
    return SEMICOLON[language].join(parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], strong: int | None = None) -> str:
    """A table; the first column names the row, ``strong`` is the row that stands out."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f'<tr class="{"strong" if number == strong else ""}"><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in row[1:])
        + "</tr>"
        for number, row in enumerate(rows)
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>'


def section(name: str, title: str, *parts: str) -> str:
    return f'<section id="{name}"><h2>{escape(title)}</h2>{"".join(parts)}</section>'
