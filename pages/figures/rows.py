"""Which lines the timeline shows, in which order and at which height: no drawing here."""

from dataclasses import dataclass

import pandas as pd

from core.i18n import t
from pages.wording.words import dosage, drug, word

ORDERS = ("class", "time")
SCOPES = ("active", "all")


@dataclass(frozen=True)
class Row:
    """One row of the timeline from the top; ``line`` is None for the heading of a class."""

    label: str
    line: pd.Series | None = None
    culprit: bool = False


def active(lines: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """The lines that run at an instant."""
    return lines[(lines["started_at"] <= at) & (lines["ended_at"].isna() | (lines["ended_at"] > at))]


def in_scope(lines: pd.DataFrame, at: pd.Timestamp | None, culprits: list[str], scope: str) -> pd.DataFrame:
    """The lines to show: all of them, or those active at the instant with the culprits always among them."""
    if scope == "all" or at is None:
        return lines
    return lines[lines["line_id"].isin(set(active(lines, at)["line_id"]) | set(culprits))]


def label(line: pd.Series, language: str, culprit: bool, longest: int) -> str:
    """Drug, dose and route; a culprit also carries a mark, so that colour is not the only sign."""
    name = drug(line, longest)
    name = f"◆ <b>{name}</b>" if culprit else name
    return f"{name}  <i>{dosage(line, language)}</i>"


def heading(letter: str, language: str) -> str:
    return f"<b>{word('atc', letter, language)}</b>"


def rows_of(lines: pd.DataFrame, culprits: list[str], order: str, language: str) -> list[Row]:
    """Rows from the top: by class of drugs with a heading each, or by start."""
    longest = 26 if len(lines) <= 40 else 20
    lines = lines.assign(letter=lines["atc"].fillna("").str[:1].where(lambda s: s != "", "unknown"))
    row = lambda line: Row(  # noqa: E731
        label(line, language, line["line_id"] in culprits, longest), line, line["line_id"] in culprits
    )
    if order == "time":
        return [row(line) for _, line in lines.sort_values(["started_at", "line_id"]).iterrows()]
    rows: list[Row] = []
    for letter, group in lines.sort_values(["letter", "atc", "started_at", "line_id"]).groupby("letter", sort=True):
        rows.append(Row(heading(letter, language)))
        rows += [row(line) for _, line in group.iterrows()]
    return rows


def span(stay: pd.Series, lines: pd.DataFrame, observations: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last instant to show, with a little air on the right."""
    starts = [stay["admitted_at"], lines["started_at"].min(), observations["observed_at"].min()]
    ends = [
        stay["discharged_at"],
        lines["started_at"].max(),
        lines["ended_at"].max(),
        observations["observed_at"].max(),
    ]
    low, high = min(x for x in starts if pd.notna(x)), max(x for x in ends if pd.notna(x))
    high = max(high, low + pd.Timedelta(hours=12))
    return low, high + (high - low) * 0.03


def spoken(line: pd.Series, language: str) -> str:
    """What hovering over a bar says."""
    until = line["ended_at"]
    end = t("figures.open", language) if pd.isna(until) else t("figures.until", language, end=f"{until:%d/%m %H:%M}")
    start = f"{line['started_at']:%d/%m %H:%M}"
    return t("figures.hover_line", language, drug=drug(line, 60), dosage=dosage(line, language), start=start, end=end)
