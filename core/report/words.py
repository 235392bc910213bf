"""Numbers as each language writes them, and HTML from words: everything that comes from data is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

EMPTY = "–"


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


def between(row: dict, language: str) -> str:
    """The interval of the average precision."""
    return f"{number(row['auprc_low'], language)} – {number(row['auprc_high'], language)}"


def spread(row: dict, language: str) -> str:
    """The standard deviation of the average precision over the seeds; a dash where there is one seed."""
    return number(row["auprc_sd"] if row["seeds"] > 1 else None, language)


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
