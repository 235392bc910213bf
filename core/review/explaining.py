"""An explanation computed when its alert is opened, and kept for the next time."""

import json
from pathlib import Path

from core.data.store import read_stay
from core.errors import Refusal
from core.review.alerts import keep_explanation
from core.settings import TRAINED, Workspace

NETWORKS = ("gru", "lstm")


def folder_of(workspace: Workspace, model_id: str) -> Path:
    """The folder of the model that raised an alert; Refusal when it is no longer there."""
    for card in [*TRAINED.glob("*/card.json"), *workspace.models.glob("*/card.json")]:
        told = json.loads(card.read_text("utf-8"))
        if model_id == f"{told['model']}-{told['weights_sha256'][:8]}":
            return card.parent
    raise Refusal("model_gone", model=model_id)


def explain_now(workspace: Workspace, alert: dict) -> dict:
    """The explanation of one alert, kept beside it. The first call of a server loads the network: seconds."""
    from core.detection.explain import explain
    from core.detection.model import load

    model = load(folder_of(workspace, alert["model_id"]))
    found = explain(read_stay(workspace, alert["stay_id"]), alert, model)
    keep_explanation(workspace, alert["alert_id"], found)
    return found
