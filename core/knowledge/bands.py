"""The usual band of a measurement, with its source, to be drawn behind its curve."""

import csv
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
def bands() -> dict[tuple[str, str], Band]:
    """Every band by kind and sex."""
    with (REFERENCE / "bands.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    bound = lambda text: float(text) if text else None  # noqa: E731
    sources = lambda row: tuple((language, row[f"source_{language}"]) for language in LANGUAGES)  # noqa: E731
    return {(row["kind"], row["sex"]): Band(bound(row["low"]), bound(row["high"]), sources(row)) for row in rows}


def band(kind: str, sex: str) -> Band | None:
    """The band of a kind for a sex, the one for all otherwise, None where no source gives one."""
    return bands().get((kind, sex)) or bands().get((kind, "U"))
