"""Several detectors on the same stays: the models, and the rules that a pharmacist has today."""

from collections.abc import Iterable, Sequence

import numpy as np

from core.detection import evaluation, metrics
from core.detection.evaluation import LOW, Items, Part
from core.detection.model import Model
from core.knowledge import rules


def compare(models: Sequence[Model], parts: Iterable[Part], population: str) -> list[dict]:
    """Rows of figures, one a detector and scope; the rules first.

    ``id`` names the model, None for the rules.
    ``alerts_to_rules`` are the alerts that find as much as the rules do, over the rules' own; None where they find nothing.
    """
    seen: list[list[Items]] = [[] for _ in range(len(models) + 1)]
    for tables, oracle in parts:
        seen[0].append(evaluation.alert_items(rules.detect(tables), tables, oracle))
        for found, model in zip(seen[1:], models, strict=True):
            found.append(evaluation.items(model, tables, oracle))
    of_rules, *of_models = map(evaluation.together, seen)
    flagged = {scope: score > LOW for scope, score in of_rules.score.items()}

    def beside(scope: str, truth: np.ndarray, score: np.ndarray, chance: np.ndarray | None) -> dict:
        recall = float(truth[flagged[scope]].sum() / max(truth.sum(), 1))
        alerts = 100 * float(flagged[scope].mean())
        if chance is None:
            return {"alerts_to_rules": 1.0 if recall else None}
        return {"alerts_to_rules": round(metrics.alerts_for(truth, score, recall) / alerts, 4) if recall else None}

    rows = evaluation.figures("rules", of_rules, population, beside)
    for model, found in zip(models, of_models, strict=True):
        rows += [row | {"id": model.id} for row in evaluation.model_figures(model, found, population, beside)]
    return [{"alerts_to_rules": None, "id": None} | row for row in rows]
