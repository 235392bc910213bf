"""Models side by side: the same stays, split by patient and time, the same effort, several seeds.

Every trial leaves a folder in ``<workspace>/models/compare``: its model and ``result.json``, which says from the
beginning what the trial depends on (core.detection.agreement). What is there, made of the same, is not done again unless
its model no longer loads, so that a comparison interrupted goes on; on populations that were not asked for before it is
measured. The effort is the same for all: one recipe fixed beforehand for the networks (width, passes, patience, learning
rate), sizes fixed beforehand for the trees.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.detection import agreement, evaluation, metrics, model, shapes, training
from core.detection.agreement import RULES
from core.detection.model import Model
from core.detection.predict import LOW
from core.detection.recipe import Recipe
from core.detection.shapes import fits
from core.detection.splits import Split, split, taken
from core.detection.withheld import IDEAS
from core.errors import Refusal
from core.knowledge.rules import detect
from core.settings import version

RESULT = "result.json"
BUDGETS = np.geomspace(0.1, 100, 49)  # alerts per 100 lines of the curve
RECALLS = np.linspace(0, 1, 201)  # at which the alerts that it takes are kept


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
    elsewhere: dict[str, "Elsewhere"]  # by population
    stays: str  # digest of the tables


@dataclass(frozen=True)
class Elsewhere:
    """Stays that no trial learned from, read part by part; ``source`` says which, so that others are measured anew.

    ``imports``: how many stays by import, for whoever makes them again.
    """

    source: str
    parts: Callable[[], Iterable[evaluation.Part]]
    imports: dict[str, int]


def field_of(tables, oracle: pd.DataFrame | None, elsewhere: dict[str, Elsewhere]) -> Field:
    """The stays of a comparison, parted; refused where there is nothing to learn or to validate on."""
    parts = split(tables.stays)
    said = (len(taken(tables, part).interventions) for part in (parts.train, parts.valid))
    training.refuse_few(*said)
    return Field(tables, oracle, parts, elsewhere, agreement.stays_digest(tables))


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
    """The curve of alerts per 100 lines, precision and recall; alerts per 100 lines for each of RECALLS; the alerts of a detector
    that is silent on the rest."""
    taken_lines = np.maximum(1, np.round(len(truth) * BUDGETS / 100).astype(int))
    found = metrics.found(truth, score)[taken_lines - 1]
    curve = np.stack([BUDGETS, found / taken_lines, found / max(truth.sum(), 1)], 1)
    flagged = score > LOW
    silent = {
        "alerts_per_100": 100 * float(flagged.mean()), "recall": float(truth[flagged].sum() / max(truth.sum(), 1)),
        "precision": float(truth[flagged].mean()) if flagged.any() else 0.0,
    }  # fmt: skip
    return {
        "curve": np.round(curve, 4).tolist(),
        "alerts_for": np.round(metrics.alerts_for_each(truth, score, RECALLS), 4).tolist(),
        "reliability": [] if chance is None else metrics.reliability(truth, chance),
        "flagged": silent if chance is None else None,
    }


def begun(place: Path) -> dict | None:
    """What the folder of a trial says of it, with ``rows`` once it is measured; None where there is nothing to read."""
    try:
        return read(place / RESULT) if (place / RESULT).exists() else None
    except Refusal:
        return None


def made_there(place: Path) -> Model | None:
    """The model of a trial; None where it is missing, damaged, or made for other inputs."""
    try:
        return model.load(place)
    except Refusal:
        return None


def refuse_others(wanted: Sequence[Trial], recipe: Recipe, field: Field, folder: Path) -> None:
    """Refused before anything is learned: trials there that were made of other stays, rules or effort."""
    asked = agreement.fingerprint(recipe, field.stays)
    found = [trial.name for trial in wanted if (was := begun(folder / trial.name)) and agreement.differs(was, asked)]
    if found:
        raise Refusal("trials_made_otherwise", path=folder, names=", ".join(found))


def run(trial: Trial, recipe: Recipe, field: Field, folder: Path, tell: Callable[..., None], command: str = "") -> dict:
    """The result of one trial: what its folder holds already, made of the same, is neither learned nor measured again, but where
    its model does not load."""
    place, asked = folder / trial.name, agreement.fingerprint(recipe, field.stays)
    result, made = begun(place), None
    if (place / RESULT).exists() and (result is None or agreement.differs(result, asked)):
        shutil.rmtree(place)
        result = None
    if result and "rows" in result and trial.kind != RULES and not (made := made_there(place)):
        tell(stage="unloadable", path=place)
        shutil.rmtree(place)
        result = None
    if result is None or "rows" not in result:
        about = {"trial": asdict(trial) | {"variant": trial.variant}, "fingerprint": asked}
        about |= {"command": command, "version": version()}
        write(place / RESULT, about)
        made, found = first(trial, recipe, field, place, tell)
        result = about | found
        write(place / RESULT, result)
    for name, each in field.elsewhere.items():
        if result.get("elsewhere", {}).get(name) != each.source:
            others = [row for row in result["rows"] if not row["population"].startswith(name)]
            result["rows"] = others + measured(made, each.parts(), name)
            result["elsewhere"] = result.get("elsewhere", {}) | {name: each.source}
            write(place / RESULT, result)
    imports = result.get("imports", {}) | {name: each.imports for name, each in field.elsewhere.items()}
    if imports != result.get("imports", {}):
        result["imports"] = imports
        write(place / RESULT, result)
    return result


def first(
    trial: Trial, recipe: Recipe, field: Field, place: Path, tell: Callable[..., None]
) -> tuple[Model | None, dict]:
    """A model learned and measured on validation and test, and what is told of it."""
    began = time.perf_counter()
    made, about = (None, {}) if trial.kind == RULES else learned(trial, recipe, field, place, tell)
    tell(stage="measure")
    started = time.perf_counter()
    own = {name: [(taken(field.tables, getattr(field.parts, name)), field.oracle)] for name in ("valid", "test")}
    rows = [row for name, parts in own.items() for row in measured(made, parts, name)]
    about |= {"measure_seconds": since(started)} if made else {}
    return made, {"rows": rows, **about, "seconds": since(began)}


def learned(trial: Trial, recipe: Recipe, field: Field, place: Path, tell: Callable[..., None]) -> tuple[Model, dict]:
    """A model trained and kept in its folder, and what is told of it."""
    order = training.Order(trial.kind, replace(recipe, seed=trial.seed), without=trial.without,
                           label_share=trial.label_share, missing=trial.missing)  # fmt: skip
    began = time.perf_counter()
    made = model.save(place, training.learn(order, field.tables, field.parts, place / "steps", tell))
    about = {name: made.card[name] for name in ("training", "data", "size_bytes")}
    return made, about | {"model": made.id, "fit_seconds": since(began)}


def measured(made: Model | None, parts: Iterable[evaluation.Part], population: str) -> list[dict]:
    """Figures of a model, or of the rules: the thesaurus and the dose ledger, as a pharmacist has them today."""
    if made:
        return evaluation.evaluate(made, parts, population, more)
    found = [evaluation.alert_items(detect(tables), tables, oracle) for tables, oracle in parts]
    return evaluation.figures(RULES, evaluation.together(found), population, more)


def since(began: float) -> float:
    return round(time.perf_counter() - began, 1)


def write(path: Path, content: object) -> None:
    """JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    os.replace(temporary, path)


def read(path: Path) -> dict:
    """One result; refused where the file is not one."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as damage:
        raise Refusal("result_damaged", path=path) from damage
    if not fits(found, shapes.RESULT) or not {"rows", "fingerprint"} & found.keys():
        raise Refusal("result_damaged", path=path)
    return found


def measured_there(folder: Path) -> list[dict]:
    """Every result that a comparison has left, those not yet measured left out; refused when there is none."""
    found = [result for path in sorted(folder.glob(f"*/{RESULT}")) if "rows" in (result := read(path))]
    if not found:
        raise Refusal("nothing_compared", path=folder)
    return found


def results(folder: Path) -> list[dict]:
    """Every result; refused where some were not made of the same stays and effort, or measured on other populations."""
    found = measured_there(folder)
    if others := agreement.apart(found):
        raise Refusal("trials_differ", path=folder, names=", ".join(map(name_of, others)))
    return found


def beside(folder: Path, done: list[dict], recipe: Recipe, field: Field) -> tuple[list[dict], list[str]]:
    """Those just done with the results that may stand beside them, and the names of those that may not."""
    asked, mine = agreement.fingerprint(recipe, field.stays), {name_of(result) for result in done}
    kept, left = list(done), []
    for place in sorted(path.parent for path in folder.glob(f"*/{RESULT}") if path.parent.name not in mine):
        other = begun(place)
        if other is None or agreement.differs(other, asked) or agreement.apart([*done, other]):
            left.append(place.name)
        elif "rows" in other:
            kept.append(other)
    return sorted(kept, key=name_of), left


def name_of(result: dict) -> str:
    trial = result["trial"]
    return f"{trial['kind']}-{trial['variant']}-s{trial['seed']}"
