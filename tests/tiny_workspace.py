"""The hand-made stays kept in a real workspace, with explanations, for the tests of the pages."""

from pathlib import Path

from core.data.store import Tables, append
from core.review.alerts import keep_alerts
from core.settings import Workspace
from tests import small_stays as small

EXPLANATIONS = {
    "al1": {
        "trusted": True,
        "reason": "",
        "relative_delta": 0.004,
        "lines": [{"line_id": "S1-00-0", "attribution": 1.4}, {"line_id": "S1-00-2", "attribution": -0.2}],
        "features": [{"name": "dose_above_maximum", "attribution": 0.3}],
        "pairs": [{"a": "S1-00-1", "b": "S1-00-0", "effect": 1.1}],
    },
    "al2": {
        "trusted": True,
        "reason": "",
        "relative_delta": 0.01,
        "lines": [],
        "features": [{"name": "dose_above_maximum", "attribution": 0.8}],
        "pairs": [],
    },
    "al3": {
        "trusted": False,
        "reason": "does_not_add_up",
        "relative_delta": 0.4,
        "lines": [],
        "features": [],
        "pairs": [],
    },
}


def make(folder: Path) -> Workspace:
    """Two stays, three alerts, two explanations: one to be trusted, one not."""
    workspace = stays_alone(folder)
    keep_alerts(workspace, small.alerts(), EXPLANATIONS)
    return workspace


def stays_alone(folder: Path) -> Workspace:
    """The same stays without any alert."""
    workspace = Workspace(folder)
    append(workspace, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    return workspace
