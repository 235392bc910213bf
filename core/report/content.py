"""What the report says, gathered once: results, champion, stays, failures looked at one by one."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.data import store
from core.detection import model, trials
from core.detection.agreement import stays_digest
from core.detection.failures import failures
from core.detection.splits import split, taken
from core.errors import Refusal
from core.report.digest import digest, outside
from core.schema import INVENTED
from core.settings import Workspace
from core.simulator.output import read_hidden

EXAMPLES = 8  # failures of each kind


@dataclass(frozen=True)
class Content:
    """Everything that the report lays out, JSON-ready but for the card."""

    counts: dict
    parts: dict[str, int]
    period: tuple[str, str]
    invented: bool
    compared: dict
    card: dict
    failures: list[dict]


def content(workspace: Workspace) -> Content:
    """Raises Refusal where nothing has been compared."""
    folder = workspace.models / "compare"
    results = trials.results(folder)
    compared = digest(results) | {"outside": outside(folder, results)}
    champion = model.load(folder / compared["chosen"]["trial"])
    tables = store.read_all(workspace)
    refuse_changed(workspace, tables, results)
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
        compared,
        champion.card,
        failures(champion, test, oracle_of(workspace.path), EXAMPLES),
    )


def refuse_changed(workspace: Workspace, tables: store.Tables, results: list[dict]) -> None:
    """Refused where stays came after the comparison; one of an earlier version does not say of which stays it was."""
    compared = {result["fingerprint"]["stays"] for result in results if "fingerprint" in result}
    if compared and compared != {stays_digest(tables)}:
        raise Refusal("stays_changed", path=workspace.path)


def oracle_of(path: Path) -> pd.DataFrame | None:
    """What the oracle knows, where the stays are invented."""
    return read_hidden(Workspace(path), "oracle") if (path / "truth").exists() else None
