"""What a detector is worth: figures for single-line and several-line errors apart, beside the oracle's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.detection import features, levels, metrics
from core.detection.model import Model, calibrated
from core.detection.novelty import LEAST, populations
from core.detection.predict import LOW, LineScores, score_lines
from core.detection.sequences import Sequences, prepare
from core.detection.targets import Targets, targets
from core.schema import SEVERAL_LINE_TYPES
from models.peers import POINTING

POINTED = ("pair_auprc", "pair_base_rate", *levels.CULPRITS)
BEYOND = (*POINTED, "stay_auprc", "stay_base_rate", "stay_oracle_ratio")  # figures that go beyond single lines
SCOPES = {"single": features.SINGLE, "several": features.SEVERAL}
DRAWS = 200


@dataclass(frozen=True)
class Judged:
    """One item a line: who it belongs to, and by scope whether a pharmacist intervened and the oracle's chance."""

    patient: np.ndarray
    truth: dict[str, np.ndarray]
    oracle: dict[str, np.ndarray]


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
        "model": name, "scope": scope, "population": population, "lines": len(truth), "auprc": auprc, "auprc_low": low,
        "auprc_high": high, "base_rate": float(truth.mean()), "oracle_auprc": best, "oracle_ratio": auprc / best,
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


def evaluate(
    model: Model, tables, oracle: pd.DataFrame | None, population: str, more: Callable[..., dict] = nothing_more
) -> list[dict]:
    """Rows of figures of a model on some stays, one a scope; ``more(scope, truth, score, chance)`` adds its own."""
    seq = prepare(tables, model.words)
    wanted = targets(seq, tables.interventions)
    found, lines = score_lines(model, seq), judged(seq, tables, wanted, oracle)
    rows = []
    for scope in SCOPES:
        logit = getattr(found, scope)
        chance = calibrated(model, scope, logit)
        figures = row(model.kind, scope, population, logit, chance, lines) | more(scope, lines.truth[scope], logit, chance)
        rows.append(figures | beyond_lines(model, seq, wanted, found, lines, oracle, scope))
    return rows + novel(model, seq, wanted, found, lines, population)


def beyond_lines(
    model: Model, seq: Sequences, wanted: Targets, found: LineScores, lines: Judged, oracle, scope: str
) -> dict:
    """Figures of stays, pairs and culprits; None where a detector says nothing of them."""
    figures = dict.fromkeys(POINTED) | levels.stay_figures(
        seq, getattr(found, scope), lines.truth[scope], lines.oracle.get(scope)
    )
    if scope == "several" and model.kind in POINTING:
        threshold = model.card.get("threshold", {}).get("logit", LOW)
        figures |= levels.pair_figures(found, wanted)
        figures |= levels.culprit_figures(seq, found, wanted, oracle, threshold)
    return {key: plain(value) for key, value in figures.items()}


def novel(
    model: Model, seq: Sequences, wanted: Targets, found: LineScores, lines: Judged, population: str
) -> list[dict]:
    """Rows on errors that training never showed, where there are enough of them."""
    rows = []
    prefix = "" if population == "test" else f"{population}_"
    for name, scopes in populations(model.words, seq, wanted).items() if model.words.pairs else ():
        for scope, counted in scopes.items():
            if (lines.truth[scope] & counted).sum() >= LEAST:
                logit = getattr(found, scope)[counted]
                chance = calibrated(model, scope, logit)
                rows.append(row(model.kind, scope, prefix + name, logit, chance, among(lines, counted))
                            | dict.fromkeys(BEYOND))  # fmt: skip
    return rows


def among(lines: Judged, counted: np.ndarray) -> Judged:
    """Only the lines that count."""
    chosen = ({name: values[counted] for name, values in part.items()} for part in (lines.truth, lines.oracle))
    return Judged(lines.patient[counted], *chosen)


def evaluate_alerts(
    name: str,
    alerts: pd.DataFrame,
    tables,
    oracle: pd.DataFrame | None,
    population: str,
    more: Callable[..., dict] = nothing_more,
) -> list[dict]:
    """The same figures for a detector that only gives alerts, such as the rules: silent lines score lowest."""
    seq = prepare(tables, empty_vocabulary())
    wanted = targets(seq, tables.interventions)
    lines = judged(seq, tables, wanted, oracle)
    position = pd.Series(np.arange(len(seq.line_ids)), index=seq.line_ids)
    alerts = alerts[alerts["line_id"].isin(position.index)]
    line = position[alerts["line_id"].to_numpy(dtype=object)].to_numpy()
    several = alerts["error_type"].isin(SEVERAL_LINE_TYPES).to_numpy()
    rows = []
    for scope, mine in (("single", ~several), ("several", several)):
        score = np.full(len(seq.line_ids), LOW)
        np.maximum.at(score, line[mine], alerts["score"].to_numpy(dtype=float)[mine])
        extra = more(scope, lines.truth[scope], score, None) | dict.fromkeys(BEYOND)
        rows.append(row(name, scope, population, score, None, lines) | extra)
    return rows


def empty_vocabulary():
    from core.detection.vocabulary import Vocabulary

    return Vocabulary()
