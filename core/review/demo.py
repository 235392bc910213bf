"""The demo workspace: an invented hospital simulated, stored, scored, explained and laid out for review."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from core.data.store import counts, read_all
from core.detection.explain import explain_many
from core.detection.model import load
from core.detection.scoring import score
from core.errors import Refusal
from core.review.alerts import keep_alerts
from core.review.first_start import beside, builder, is_ready, teller
from core.review.worklist import progress
from core.settings import CHAMPION, Workspace
from core.simulator.hospital import MAIN
from core.simulator.output import populate

STAYS, SEED = 160, 20  # about 2,500 lines: seconds to make, enough to rank and to filter
EXPLAINED = 30  # the riskiest alerts open with their explanation at once; the others when they are opened


def make_demo(workspace: Workspace, tell: Callable[[str, float], None] = lambda step, share: None) -> dict:
    """Make the demo where there is nothing yet; says how much there is and whether it was made now.

    Raises Refusal when another process is at it, when the folder holds something else, or when no model is shipped.
    """
    if is_ready(workspace):
        return {"made": False, **counts(workspace), "alerts": sum(progress(workspace).values())}
    if workspace.path.exists() and any(workspace.path.iterdir()):
        raise Refusal("workspace_not_empty", path=str(workspace.path))
    with builder(workspace):
        if not is_ready(workspace):
            folder = beside(workspace, ".partial")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            fill(Workspace(folder), teller(folder, tell))
            (folder / "progress.json").unlink()
            os.replace(folder, workspace.path)
    return {"made": True, **counts(workspace), "alerts": sum(progress(workspace).values())}


def fill(workspace: Workspace, say: Callable[[str, float], None]) -> None:
    """Simulate, score, explain the riskiest alerts, and keep them for review."""
    say("simulating", 0.0)
    populate(workspace, MAIN, STAYS, SEED, progress=lambda done, wanted: say("simulating", done / wanted))
    say("scoring", 0.0)
    model = load(shipped())
    found = score(workspace, model, lambda **at: say("scoring", at["done"] / max(at["total"], 1))).alerts
    say("explaining", 0.0)
    first, explanations = found[found["origin"] != "rule"].head(EXPLAINED), []
    tables = read_all(workspace)
    for why in explain_many(tables, first, model):
        explanations.append(why)
        say("explaining", len(explanations) / len(first))
    say("keeping", 0.0)
    contents, digests = ({why.alert_id: getattr(why, name) for why in explanations} for name in ("content", "digest"))
    keep_alerts(workspace, found, contents, digests=digests)


def shipped() -> Path:
    """The checkpoint that reads the demo; load() says what to do when it is missing."""
    return CHAMPION
