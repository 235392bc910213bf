"""What a detector is worth: figures for single-line and several-line errors apart, beside the oracle's.

Stays are scored part by part and only what the figures are made of is kept of them (``Items``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from core.data.store import Tables
from core.detection import features, levels, metrics
from core.detection.model import Model, calibrated
from core.detection.novelty import LEAST, populations
from core.detection.predict import LOW, score_lines
from core.detection.sequences import Sequences, prepare
from core.detection.targets import Targets, targets
from core.detection.vocabulary import Vocabulary
from core.schema import SEVERAL_LINE_TYPES
from models.peers import POINTING

POINTED = ("pair_auprc", "pair_base_rate", *levels.CULPRITS, *levels.COUNTS)
BEYOND = (*POINTED, "stay_auprc", "stay_base_rate", "stay_oracle_ratio")  # figures that go beyond single lines
SCOPES = {"single": features.SINGLE, "several": features.SEVERAL}
DRAWS = 200

Part = tuple[Tables, pd.DataFrame | None]  # some stays, and what the oracle knows of them


@dataclass(frozen=True)
class Judged:
    """One item a line: who it belongs to, and by scope whether a pharmacist intervened and the oracle's chance."""

    patient: np.ndarray
    truth: dict[str, np.ndarray]
    oracle: dict[str, np.ndarray]


@dataclass(frozen=True)
class Items:
    """What the figures of a detector are made of; parts of stays add up.

    ``score`` by scope, one a line; ``stays``, ``pairs`` and ``culprits`` as in core.detection.levels, empty for a
    detector that says nothing of them; ``new`` as in core.detection.novelty.
    """

    lines: Judged
    score: dict[str, np.ndarray]
    stays: dict[str, np.ndarray]
    pairs: dict[str, np.ndarray]
    culprits: dict[str, np.ndarray]
    new: dict[str, dict[str, np.ndarray]]


def together(parts: Sequence):
    """Arrays of the same shape of things, end to end."""
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, dict):
        return {name: together([part[name] for part in parts]) for name in first}
    return type(first)(*(together([getattr(part, each.name) for part in parts]) for each in fields(first)))


def judged(seq: Sequences, tables, wanted: Targets, oracle: pd.DataFrame | None) -> Judged:
    """The lines of ``seq`` with what pharmacists did and what the oracle knows."""
    patient = tables.stays.set_index("stay_id")["patient_id"]
    patient = patient[seq.stay_ids].to_numpy(dtype=object).repeat(np.diff(seq.stay_lines))
    truth = {name: np.zeros(len(seq.line_ids), dtype=bool) for name in SCOPES}
    for name, types in SCOPES.items():
        truth[name][wanted.line[(wanted.value > 0) & np.isin(wanted.type, types)]] = True
    return Judged(patient, truth, {} if oracle is None else oracle_chances(seq, oracle))


def oracle_chances(seq: Sequences, oracle: pd.DataFrame) -> dict[str, np.ndarray]:
    """By scope, the exact chance of an intervention on each line: 1 - the product of what each row leaves."""
    position = pd.Series(np.arange(len(seq.line_ids)), index=seq.line_ids)
    oracle = oracle[oracle["line_id"].isin(position.index)]
    line = position[oracle["line_id"].to_numpy(dtype=object)].to_numpy()
    nothing = np.log1p(-oracle["probability"].to_numpy(dtype=float).clip(0, 1 - 1e-9))
    several = oracle["error_type"].isin(SEVERAL_LINE_TYPES).to_numpy()
    return {
        name: -np.expm1(np.bincount(line[mine], nothing[mine], minlength=len(seq.line_ids)))
        for name, mine in (("single", ~several), ("several", several))
    }


def row(name: str, scope: str, population: str, score: np.ndarray, chance: np.ndarray | None, lines: Judged) -> dict:
    """The figures of one detector for one scope on one population."""
    truth = lines.truth[scope]
    auprc = metrics.average_precision(truth, score)
    low, high = metrics.bootstrap(truth, score, lines.patient, DRAWS, seed=1)
    budgets = {n: metrics.at_budget(truth, score, n) for n in metrics.ALERTS_PER_100}
    best = metrics.average_precision(truth, lines.oracle[scope]) if lines.oracle else float("nan")
    figures = {
        "model": name, "scope": scope, "population": population, "lines": len(truth), "errors": int(truth.sum()),
        "auprc": auprc, "auprc_low": low, "auprc_high": high, "base_rate": float(truth.mean()),
        "oracle_auprc": best, "oracle_ratio": auprc / best,
        "precision_at": {str(n): round(p, 4) for n, (p, _) in budgets.items()},
        "recall_at": {str(n): round(r, 4) for n, (_, r) in budgets.items()},
        "ece": metrics.calibration_error(truth, chance) if chance is not None else float("nan"),
    }  # fmt: skip
    return {key: plain(value) for key, value in figures.items()}


def plain(value: object) -> object:
    """A figure as JSON keeps it: five digits, None where there is none."""
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 5)
    return value


def nothing_more(scope: str, truth: np.ndarray, score: np.ndarray, chance: np.ndarray | None) -> dict:
    return {}


def items(model: Model, tables: Tables, oracle: pd.DataFrame | None) -> Items:
    """What a model says of some stays, and what was so."""
    seq = prepare(tables, model.words)
    wanted = targets(seq, tables.interventions)
    found, lines = score_lines(model, seq), judged(seq, tables, wanted, oracle)
    score = {scope: getattr(found, scope) for scope in SCOPES}
    stays = {name: levels.stay_items(seq, score[name], lines.truth[name], lines.oracle.get(name)) for name in SCOPES}
    pairs, culprits = {}, {}
    if model.kind in POINTING:
        threshold = model.card.get("threshold", {}).get("logit", LOW)
        pairs = {"several": levels.pair_items(found, wanted)}
        culprits = levels.culprit_hits(seq, found, wanted, oracle, threshold)
    new = populations(model.words, seq, wanted) if model.words.pairs else {}
    return Items(lines, score, stays, pairs, culprits, new)


def alert_items(alerts: pd.DataFrame, tables: Tables, oracle: pd.DataFrame | None) -> Items:
    """The same of a detector that only gives alerts, such as the rules: silent lines score lowest."""
    seq = prepare(tables, Vocabulary())
    lines = judged(seq, tables, targets(seq, tables.interventions), oracle)
    position = pd.Series(np.arange(len(seq.line_ids)), index=seq.line_ids)
    alerts = alerts[alerts["line_id"].isin(position.index)]
    line = position[alerts["line_id"].to_numpy(dtype=object)].to_numpy()
    several = alerts["error_type"].isin(SEVERAL_LINE_TYPES).to_numpy()
    score = {scope: np.full(len(seq.line_ids), LOW) for scope in SCOPES}
    for scope, mine in (("single", ~several), ("several", several)):
        np.maximum.at(score[scope], line[mine], alerts["score"].to_numpy(dtype=float)[mine])
    return Items(lines, score, {}, {}, {}, {})


def evaluate(
    model: Model, parts: Iterable[Part], population: str, more: Callable[..., dict] = nothing_more
) -> list[dict]:
    """Rows of figures of a model on some stays, one a scope; ``more(scope, truth, score, chance)`` adds its own.

    None where no stay has a line.
    """
    found = [items(model, *part) for part in parts if len(part[0].lines)]
    return model_figures(model, together(found), population, more) if found else []


def model_figures(model: Model, seen: Items, population: str, more: Callable[..., dict] = nothing_more) -> list[dict]:
    """Rows of figures of what a model said, and on errors that training never showed where there are enough of them."""
    rows = figures(model.kind, seen, population, more, lambda scope, logit: calibrated(model, scope, logit))
    prefix = "" if population == "test" else f"{population}_"
    for name, scopes in seen.new.items():
        for scope, counted in scopes.items():
            if (seen.lines.truth[scope] & counted).sum() >= LEAST:
                logit = seen.score[scope][counted]
                chance = calibrated(model, scope, logit)
                rows.append(row(model.kind, scope, prefix + name, logit, chance, among(seen.lines, counted))
                            | dict.fromkeys(BEYOND))  # fmt: skip
    return rows


def figures(
    name: str, seen: Items, population: str, more: Callable[..., dict] = nothing_more,
    chance_of: Callable[[str, np.ndarray], np.ndarray] = lambda scope, logit: None,
) -> list[dict]:  # fmt: skip
    """Rows of figures of a detector, one a scope; ``chance_of`` makes probabilities of its scores."""
    rows = []
    for scope in SCOPES:
        score = seen.score[scope]
        chance = chance_of(scope, score)
        found = row(name, scope, population, score, chance, seen.lines)
        rows.append(found | more(scope, seen.lines.truth[scope], score, chance) | beyond_lines(seen, scope))
    return rows


def beyond_lines(seen: Items, scope: str) -> dict:
    """Figures of stays, pairs and culprits; None where a detector says nothing of them."""
    found = dict.fromkeys(BEYOND)
    if scope in seen.stays:
        found |= levels.stay_figures(seen.stays[scope])
    if scope in seen.pairs:
        found |= levels.pair_figures(seen.pairs[scope]) | levels.culprit_figures(seen.culprits)
    return {key: plain(value) for key, value in found.items()}


def among(lines: Judged, counted: np.ndarray) -> Judged:
    """Only the lines that count."""
    chosen = ({name: values[counted] for name, values in part.items()} for part in (lines.truth, lines.oracle))
    return Judged(lines.patient[counted], *chosen)
