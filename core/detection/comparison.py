"""Several detectors on the same stays: the models, and the rules that a pharmacist has today."""

from collections.abc import Callable, Sequence

import pandas as pd

from core.detection.evaluation import evaluate, evaluate_alerts
from core.detection.model import Model
from core.knowledge import rules


def compare(
    models: Sequence[Model], tables, oracle: pd.DataFrame | None, population: str, tell: Callable[..., None]
) -> list[dict]:
    """Rows of figures, one a detector and scope; the rules first."""
    rows = evaluate_alerts("rules", rules.detect(tables), tables, oracle, population)
    for number, model in enumerate(models):
        tell(stage="measure", done=number, total=len(models))
        rows += evaluate(model, tables, oracle, population)
    return rows
