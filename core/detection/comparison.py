"""Several detectors on the same stays: the models, and the rules that a pharmacist has today."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from core.detection import metrics
from core.detection.evaluation import LOW, evaluate, evaluate_alerts
from core.detection.model import Model
from core.knowledge import rules


def compare(
    models: Sequence[Model], tables, oracle: pd.DataFrame | None, population: str, tell: Callable[..., None]
) -> list[dict]:
    """Rows of figures, one a detector and scope; the rules first.

    ``alerts_to_rules`` are the alerts that find as much as the rules do, over the rules' own; None where they find nothing.
    """
    by_rules: dict[str, tuple[float, float]] = {}  # alerts on 100 lines and recall by scope

    def of_rules(scope: str, truth: np.ndarray, score: np.ndarray, chance: np.ndarray | None) -> dict:
        flagged = score > LOW
        by_rules[scope] = 100 * float(flagged.mean()), float(truth[flagged].sum() / max(truth.sum(), 1))
        return {"alerts_to_rules": 1.0 if by_rules[scope][1] else None}

    def beside(scope: str, truth: np.ndarray, score: np.ndarray, chance: np.ndarray | None) -> dict:
        alerts, recall = by_rules[scope]
        return {"alerts_to_rules": round(metrics.alerts_for(truth, score, recall) / alerts, 4) if recall else None}

    rows = evaluate_alerts("rules", rules.detect(tables), tables, oracle, population, of_rules)
    for number, model in enumerate(models):
        tell(stage="measure", done=number, total=len(models))
        rows += evaluate(model, tables, oracle, population, beside)
    return [{"alerts_to_rules": None} | row for row in rows]
