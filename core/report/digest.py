"""What a comparison showed, small enough to ship and to draw on a page: figures, champion and curves."""

import json
import re
from pathlib import Path

from core.detection import selection, shapes, trials
from core.detection.shapes import fits
from core.errors import Refusal
from core.settings import TRAINED, Workspace

WHOLE = "whole"
SCOPES = ("several", "single")
POPULATIONS = ("test", "fresh", "unseen_pairs", "unseen_substances", "other_hospital")  # shown, in this order
SHIPPED = TRAINED / "comparison.json"
OUTSIDE = "outside.json"  # rows of models of others, by stay (tests.benchmarks.outside_peer)


def digest(results: list[dict]) -> dict:
    """Rows by model, variant, scope and population; by scope and model the curves of the first seed on the test part."""
    return {
        "rows": selection.summary(results), "chosen": selection.select(results), "learning": learning(results),
        "fresh_stays": fresh_stays(results),
        **{name: {scope: curves(results, scope, name) for scope in SCOPES} for name in ("curve", "reliability")},
    }  # fmt: skip


def picked(rows: list[dict], **wanted: str) -> list[dict]:
    """Rows that have all the wanted values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def best_first(row: dict) -> tuple:
    """Order of rows: populations and scopes as they are shown, then from the best model."""
    return POPULATIONS.index(row["population"]), SCOPES.index(row["scope"]), -(row["auprc"] or 0)


def narrowest(rows: list[dict]) -> str:
    """The population on which intervals are narrowest: of fresh stays and test, the one with the most lines on which
    every model was measured; an earlier version kept no lines, and compared on fresh stays that were many."""
    found = {name: picked(rows, population=name) for name in ("fresh", "test")}
    every = {row["model"] for row in rows if row["population"] in found}
    measured = [name for name, mine in found.items() if {row["model"] for row in mine} == every] or ["test"]
    return max(measured, key=lambda name: max((row.get("lines") or 0 for row in found[name]), default=0))


def curves(results: list[dict], scope: str, name: str) -> dict[str, list]:
    """By model, the ``name`` (curve or reliability) of its first seed on the test part, nothing withheld."""
    found = {}
    for result in results:
        for row in picked(result["rows"], scope=scope, population="test"):
            if result["trial"]["variant"] == WHOLE and row[name]:
                found.setdefault(row["model"], row[name])
    return found


def learning(results: list[dict]) -> dict[str, list]:
    """By network, (pass, validation) of its first seed."""
    found = {}
    for result in results:
        steps = result.get("training", {}).get("curve")
        if steps and result["trial"]["variant"] == WHOLE:
            found.setdefault(result["trial"]["kind"], [(step["epoch"], step["validation"]) for step in steps])
    return found


def fresh_stays(results: list[dict]) -> int | None:
    """How many stays made afresh the models were measured on, as the name of their source counts them; None where none was."""
    named = next((there["fresh"] for result in results if "fresh" in (there := result.get("elsewhere", {}))), "")
    return sum(map(int, re.findall(r":(\d+)(?:-|$)", named))) or None


def outside(folder: Path, results: list[dict]) -> list[dict]:
    """Rows of models of others that were measured on the test lines of these results; none where none was."""
    path = folder / OUTSIDE
    lines = {row["lines"] for result in results for row in result["rows"] if row["population"] == "test"}
    try:
        rows = json.loads(path.read_text("utf-8")) if path.exists() else []
    except ValueError as damage:
        raise Refusal("outside_damaged", path=path) from damage
    kept = [row for row in rows if row["lines"] in lines] if fits(rows, [{"lines": int}]) else None
    if not fits(kept, [shapes.BY_STAY]):
        raise Refusal("outside_damaged", path=path)
    return kept


def keep(path: Path, results: list[dict], made_by: dict, others: list[dict] = ()) -> dict:
    """Write a digest with what made it (command, stays, seeds) and the rows of models of others."""
    found = digest(results) | {"made_by": made_by, "outside": list(others)}
    trials.write(path, found)
    return found


def of_workspace(workspace: Workspace) -> tuple[dict | None, list[Refusal]]:
    """The comparison of a workspace, None where nothing was compared or it cannot be ranked; a refusal for what is left out."""
    folder = workspace.models / "compare"
    if not any(folder.glob(f"*/{trials.RESULT}")):
        return None, []
    try:
        results = trials.results(folder)
        found = digest(results)
    except Refusal as refusal:
        return None, [refusal]
    try:
        return found | {"outside": outside(folder, results)}, []
    except Refusal as refusal:
        return found, [refusal]


def shipped() -> dict:
    """The comparison that comes with the product; refused where it is missing or holds not what is drawn of it."""
    try:
        found = json.loads(SHIPPED.read_text("utf-8"))
    except (OSError, ValueError) as damage:
        raise Refusal("comparison_damaged", path=SHIPPED) from damage
    rows = found.get("outside", []) if fits(found, shapes.COMPARISON) else None
    if not fits(rows, [shapes.BY_STAY]):
        raise Refusal("comparison_damaged", path=SHIPPED)
    return found
