"""Models side by side: the same stays, split by patient and time, the same effort, several seeds.

Every trial leaves a folder in ``<workspace>/models/compare``: its model and ``result.json``. What is there is
not done again, so that a comparison interrupted goes on. The effort is the same for all: one recipe fixed
beforehand for the networks (width, passes, patience, learning rate), sizes fixed beforehand for the trees.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.detection import fitting, metrics, model, training
from core.detection.evaluation import evaluate, evaluate_alerts
from core.detection.predict import LOW
from core.detection.splits import Split, split, taken
from core.detection.withheld import IDEAS
from core.errors import Refusal

RESULT = "result.json"
RULES = "rules"
BUDGETS = np.geomspace(0.1, 100, 49)  # alerts per 100 lines of the curve


@dataclass(frozen=True)
class Trial:
    """One model of one seed, and what is withheld from it."""

    kind: str
    seed: int
    without: tuple[str, ...] = ()
    label_share: float = 1.0
    missing: float = 0.0

    @property
    def variant(self) -> str:
        """Code of what is withheld; 'whole' when nothing is."""
        parts = [f"without-{idea}" for idea in self.without]
        parts += [f"labels-{self.label_share:g}"] if self.label_share < 1 else []
        parts += [f"missing-{self.missing:g}"] if self.missing else []
        return "-".join(parts) or "whole"

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.variant}-s{self.seed}"


@dataclass(frozen=True)
class Field:
    """What all trials share: stays, what the oracle knows of them, the split, other populations."""

    tables: object
    oracle: pd.DataFrame | None
    parts: Split
    elsewhere: dict[str, tuple]  # population: tables and oracle


def field_of(tables, oracle: pd.DataFrame | None, elsewhere: dict[str, tuple]) -> Field:
    return Field(tables, oracle, split(tables.stays), elsewhere)


def trials(kinds: Sequence[str], seeds: int, without: Sequence[str], shares: Sequence[float], missing: float) -> list:
    """Every trial of a comparison; what is withheld, is withheld from every kind and seed."""
    for kind in kinds:
        if kind not in (*training.KINDS, RULES):
            raise Refusal("unknown_model_kind", kind=kind, known=", ".join((*training.KINDS, RULES)))
    for idea in without:
        if idea not in IDEAS:
            raise Refusal("unknown_idea", idea=idea, known=", ".join(IDEAS))
    changes = [
        {},
        *({"without": (idea,)} for idea in without),
        *({"label_share": share} for share in shares if share < 1),
    ]
    changes += [{"missing": missing}] if missing else []
    learned = [kind for kind in kinds if kind != RULES]
    rules = [Trial(RULES, 0)] if RULES in kinds else []
    return rules + [
        Trial(kind, seed, **change) for change in changes for seed in range(1, seeds + 1) for kind in learned
    ]


def more(scope: str, truth: np.ndarray, score: np.ndarray, chance: np.ndarray | None) -> dict:
    """The curve of alerts per 100 lines, precision and recall; the alerts of a detector that is silent on the rest."""
    hits = np.concatenate([[0], np.cumsum(truth[np.argsort(-score, kind="stable")])])
    taken_lines = np.maximum(1, np.round(len(truth) * BUDGETS / 100).astype(int))
    found = hits[taken_lines]
    curve = np.stack([BUDGETS, found / taken_lines, found / max(truth.sum(), 1)], 1)
    flagged = score > LOW
    silent = {
        "alerts_per_100": 100 * float(flagged.mean()), "recall": float(truth[flagged].sum() / max(truth.sum(), 1)),
        "precision": float(truth[flagged].mean()) if flagged.any() else 0.0,
    }  # fmt: skip
    return {
        "curve": np.round(curve, 4).tolist(),
        "reliability": [] if chance is None else metrics.reliability(truth, chance),
        "flagged": silent if chance is None else None,
    }


def populations(field: Field) -> dict[str, tuple]:
    """Validation, test, and the others, each with its oracle."""
    own = {name: (taken(field.tables, getattr(field.parts, name)), field.oracle) for name in ("valid", "test")}
    return own | field.elsewhere


def run(trial: Trial, recipe: fitting.Recipe, field: Field, folder: Path, tell: Callable[..., None]) -> dict:
    """The result of one trial, from its folder when it is there."""
    place = folder / trial.name
    if (place / RESULT).exists():
        return json.loads((place / RESULT).read_text("utf-8"))
    began = time.perf_counter()
    if trial.kind == RULES:
        rows, about = rules_rows(field, tell), {}
    else:
        rows, about = learned_rows(trial, replace(recipe, seed=trial.seed), field, place, tell)
    result = {"trial": asdict(trial) | {"variant": trial.variant}, "rows": rows, **about,
              "seconds": since(began)}  # fmt: skip
    write(place / RESULT, result)
    return result


def rules_rows(field: Field, tell: Callable[..., None]) -> list[dict]:
    """The thesaurus and the dose ledger, as a pharmacist has them today."""
    from core.knowledge.rules import detect

    tell(stage="measure")
    return [
        row
        for population, (tables, oracle) in populations(field).items()
        for row in evaluate_alerts(RULES, detect(tables), tables, oracle, population, more)
    ]


def learned_rows(
    trial: Trial, recipe: fitting.Recipe, field: Field, place: Path, tell: Callable[..., None]
) -> tuple[list[dict], dict]:
    """A model trained, kept in its folder and measured on every population."""
    order = training.Order(trial.kind, recipe, without=trial.without, label_share=trial.label_share,
                           missing=trial.missing)  # fmt: skip
    began = time.perf_counter()
    made = model.save(place, training.learn(order, field.tables, field.parts, place / "steps", tell))
    fitted = since(began)
    tell(stage="measure")
    began = time.perf_counter()
    rows = [
        row
        for population, (tables, oracle) in populations(field).items()
        for row in evaluate(made, tables, oracle, population, more)
    ]
    about = {name: made.card[name] for name in ("training", "data", "size_bytes")}
    return rows, about | {"model": made.id, "fit_seconds": fitted, "measure_seconds": since(began)}


def since(began: float) -> float:
    return round(time.perf_counter() - began, 1)


def write(path: Path, content: object) -> None:
    """JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    os.replace(temporary, path)


def results(folder: Path) -> list[dict]:
    """Every result that a comparison has left; refused when there is none."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"*/{RESULT}"))]
    if not found:
        raise Refusal("nothing_compared", path=folder)
    return found
