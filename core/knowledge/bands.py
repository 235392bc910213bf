"""The usual band of a measurement, with its source, to be drawn behind its curve."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from core.i18n import LANGUAGES
from core.settings import REFERENCE


@dataclass(frozen=True)
class Band:
    """Low and high in the unit of the kind (schema.OBSERVATIONS); None is no bound. Its source by language."""

    low: float | None
    high: float | None
    sources: tuple[tuple[str, str], ...]

    def source(self, language: str) -> str:
        return dict(self.sources)[language]

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@cache
def bands() -> dict[tuple[str, str, str], Band]:
    """Every band by kind, sex and the ATC that who has it takes; '' for anyone else."""
    with (REFERENCE / "bands.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    bound = lambda text: float(text) if text else None  # noqa: E731
    sources = lambda row: tuple((language, row[f"source_{language}"]) for language in LANGUAGES)  # noqa: E731
    return {(row["kind"], row["sex"], row["taken"]): Band(bound(row["low"]), bound(row["high"]), sources(row)) for row in rows}


def taken_for(kind: str, atcs: Iterable[str]) -> str:
    """The ATC in bands.csv that changes the band of a kind, where one of the drugs taken begins so; '' otherwise."""
    changing = [taken for one, _, taken in bands() if one == kind and taken]
    return next((taken for taken in changing if any(atc.startswith(taken) for atc in atcs)), "")


def band(kind: str, sex: str, atcs: Iterable[str]) -> Band | None:
    """The band of a kind for a sex and the drugs taken, the one for all otherwise, None where no source gives one."""
    taken = taken_for(kind, atcs)
    return bands().get((kind, sex, taken)) or bands().get((kind, "U", taken))


def bands_over(
    kind: str, sex: str, lines: Sequence[tuple[float, float | None, str]]
) -> list[tuple[float | None, Band | None]]:
    """The band of a kind over time: from when each holds (None: from ever), with it. ``lines`` are the start, the end
    (None: open) and the ATC of each drug."""
    changing = [line for line in lines if taken_for(kind, [line[2]])]
    turns = sorted({when for start, end, _ in changing for when in (start, end) if when is not None})
    found = [(None, band(kind, sex, ()))]
    for turn in turns:
        now = [atc for start, end, atc in changing if start <= turn and (end is None or end > turn)]
        if (next_one := band(kind, sex, now)) != found[-1][1]:
            found.append((turn, next_one))
    return found
