"""What the report says, gathered once: results, champion, stays, failures looked at one by one."""

from dataclasses import dataclass

import pandas as pd

from core.data import store
from core.detection import agreement, trials
from core.detection.failures import failures
from core.detection.hospitals import imports
from core.detection.sources import oracle_of
from core.detection.splits import split, taken
from core.errors import Refusal
from core.report.digest import WHOLE, digest, outside
from core.schema import INVENTED
from core.settings import Workspace

EXAMPLES = 8  # failures of each kind


@dataclass(frozen=True)
class Content:
    """Everything that the report lays out, JSON-ready but for the card."""

    counts: dict
    parts: dict[str, int]  # with ``apart``, stays of patients who come again in a later part
    period: tuple[pd.Timestamp, pd.Timestamp]
    invented: bool
    compared: dict
    card: dict
    failures: list[dict]
    made: dict  # how to do it again


def content(workspace: Workspace) -> Content:
    """Raises Refusal where nothing has been compared."""
    folder = workspace.models / "compare"
    results = trials.results(folder)
    compared = digest(results) | {"outside": outside(folder, results)}
    place = folder / compared["chosen"]["trial"]
    champion = trials.made_there(place)
    if not champion:
        raise Refusal("trial_unloadable", path=place)
    tables = store.read_all(workspace)
    if agreement.changed(results, tables):
        raise Refusal("stays_changed", path=workspace.path)
    parts, admitted = split(tables.stays), tables.stays["admitted_at"]
    test = taken(tables, parts.test)
    counts = {name: len(getattr(tables, name)) for name in ("stays", "lines", "observations", "interventions")}
    counts["share"] = tables.interventions["line_id"].nunique() / max(counts["lines"], 1)
    counts["lines_a_stay"] = counts["lines"] / max(counts["stays"], 1)
    sizes = {name: len(getattr(parts, name)) for name in ("train", "valid", "test")}
    return Content(
        counts,
        sizes | {"apart": counts["stays"] - sum(sizes.values())},
        (admitted.min(), admitted.max()),
        bool((tables.stays["source"] == INVENTED).any()),
        compared,
        champion.card,
        failures(champion, test, oracle_of(workspace), EXAMPLES),
        made(results, store.parts(workspace)),
    )


def made(results: list[dict], parts: list[dict]) -> dict:
    """What one needs to do it again: commands, versions, recipe, stays and where they came from (measured elsewhere too), passes by trial."""
    prints = [result["fingerprint"] for result in results if "fingerprint" in result]
    return {
        "commands": sorted({result["command"] for result in results if result.get("command")}),
        "versions": sorted({result["version"] for result in results if result.get("version")}),
        "fingerprint": prints[0] if prints else {},
        "imports": imports(parts),
        "elsewhere": {name: made for result in results for name, made in result.get("imports", {}).items()},
        "trials": [
            {"model": result["trial"]["kind"], "seed": result["trial"]["seed"],
             **{name: result.get("training", {}).get(name) for name in ("epoch", "best_epoch")}}
            for result in results if result["trial"]["variant"] == WHOLE
        ],
    }  # fmt: skip
