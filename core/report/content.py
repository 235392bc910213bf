"""What the report says, gathered once: results, champion, stays, failures looked at one by one."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.data import store
from core.detection import model, selection, trials
from core.detection.failures import failures
from core.detection.splits import split, taken
from core.schema import INVENTED
from core.settings import Workspace
from core.simulator.output import read_hidden

WHOLE = "whole"
EXAMPLES = 8  # failures of each kind


@dataclass(frozen=True)
class Content:
    """Everything that the report lays out, JSON-ready but for the card."""

    counts: dict
    parts: dict[str, int]
    period: tuple[str, str]
    invented: bool
    results: list[dict]
    rows: list[dict]
    chosen: dict
    card: dict
    failures: list[dict]


def content(workspace: Workspace) -> Content:
    """Raises Refusal where nothing has been compared."""
    folder = workspace.models / "compare"
    results = trials.results(folder)
    chosen = selection.select(results)
    champion = model.load(folder / chosen["trial"])
    tables = store.read_all(workspace)
    parts, admitted = split(tables.stays), tables.stays["admitted_at"]
    test = taken(tables, parts.test)
    counts = {name: len(getattr(tables, name)) for name in ("stays", "lines", "observations", "interventions")}
    counts["share"] = tables.interventions["line_id"].nunique() / max(counts["lines"], 1)
    counts["lines_a_stay"] = counts["lines"] / max(counts["stays"], 1)
    return Content(
        counts,
        {name: len(getattr(parts, name)) for name in ("train", "valid", "test")},
        (str(admitted.min())[:10], str(admitted.max())[:10]),
        bool((tables.stays["source"] == INVENTED).any()),
        results,
        selection.summary(results),
        chosen,
        champion.card,
        failures(champion, test, oracle_of(workspace.path), EXAMPLES),
    )


def oracle_of(path: Path) -> pd.DataFrame | None:
    """What the oracle knows, where the stays are invented."""
    return read_hidden(Workspace(path), "oracle") if (path / "truth").exists() else None


def picked(rows: list[dict], **wanted: str) -> list[dict]:
    """Rows that have all the wanted values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def curves(results: list[dict], scope: str, population: str, name: str) -> dict[str, list]:
    """By model, the ``name`` (curve or reliability) of its first seed, nothing withheld."""
    found = {}
    for result in results:
        for row in picked(result["rows"], scope=scope, population=population):
            if result["trial"]["variant"] == WHOLE and row[name]:
                found.setdefault(row["model"], row[name])
    return found
