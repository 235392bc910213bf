"""An explanation computed when its alert is opened, and kept for the next time."""

import json
from functools import lru_cache
from pathlib import Path

from core.data.store import read_stay
from core.detection.cards import identity
from core.errors import Refusal
from core.review.alerts import keep_explanation
from core.settings import TRAINED, Workspace

NETWORKS = ("gru", "lstm")


def folder_of(workspace: Workspace, model_id: str) -> Path:
    """The folder of the model that raised an alert; Refusal when it is no longer there."""
    for card in [*TRAINED.glob("*/card.json"), *workspace.models.glob("*/card.json")]:
        if model_id == identity(json.loads(card.read_text("utf-8"))):
            return card.parent
    raise Refusal("model_gone", model=model_id)


@lru_cache(maxsize=2)
def loaded(folder: Path, changed_ns: int):  # noqa: ANN201
    """A network kept in memory until its card changes."""
    from core.detection.model import load

    return load(folder)


def network(folder: Path):  # noqa: ANN201
    """The network of a folder; the first call of a server takes seconds."""
    return loaded(folder, (folder / "card.json").stat().st_mtime_ns)


def explained(workspace: Workspace, alert: dict):  # noqa: ANN201
    """The explanation of one alert, with what it was worked out from."""
    from core.detection.explain import explanation, prepared

    model = network(folder_of(workspace, alert["model_id"]))
    return explanation(prepared(read_stay(workspace, alert["stay_id"]), alert, model), alert, model)


def explain_now(workspace: Workspace, alert: dict) -> dict:
    """The explanation of one alert, kept beside it."""
    found = explained(workspace, alert)
    keep_explanation(workspace, *found)
    return found.content
