"""Figures beside those of lines: of whole stays, of pairs of lines, and of the culprit that stands first."""

import numpy as np
import pandas as pd

from core.detection import features, metrics
from core.detection.predict import LOW, LineScores
from core.detection.sequences import Sequences
from core.detection.targets import Targets
from core.schema import SEPARATOR, SEVERAL_LINE_TYPES


def stay_items(seq: Sequences, logit: np.ndarray, truth: np.ndarray, oracle: np.ndarray | None) -> np.ndarray:
    """(stays, 3) whether one of the lines carries an error, the chances of its lines joined, the oracle's (nan: none)."""
    begin = seq.stay_lines[:-1]
    score = np.add.reduceat(np.logaddexp(0, logit.astype(float)), begin)  # lines are few: here the sum ranks better
    best = np.full(len(begin), np.nan)
    if oracle is not None:
        best = -np.add.reduceat(np.log1p(-oracle.clip(0, 1 - 1e-9)), begin)
    return np.stack([np.logical_or.reduceat(truth, begin), score, best], 1)


def stay_figures(items: np.ndarray) -> dict:
    """Average precision over stays: that one of its lines carries an error."""
    wrong, score, best = items[:, 0] > 0, items[:, 1], items[:, 2]
    auprc, ratio = metrics.average_precision(wrong, score), float("nan")
    if not np.isnan(best).any():
        ratio = auprc / metrics.average_precision(wrong, best)
    return {"stay_auprc": auprc, "stay_base_rate": float(wrong.mean()), "stay_oracle_ratio": ratio}


def pair_items(found: LineScores, wanted: Targets) -> np.ndarray:
    """(pairs, 2) whether pharmacists named the partner, and its score at the strongest instant of the line; a named
    pair that is not there has the lowest."""
    several = (wanted.value > 0) & np.isin(wanted.type, features.SEVERAL)
    named = {(int(wanted.line[i]), other) for i in np.flatnonzero(several) for other in wanted.partners[i]}
    pairs = list(zip(found.partner_of.tolist(), found.partner.tolist(), strict=True))
    missed = len(named - set(pairs))
    truth = np.array([pair in named for pair in pairs] + [True] * missed, dtype=np.float32)
    score = np.concatenate([found.pair.max(1, initial=LOW), np.full(missed, LOW)])
    return np.stack([truth, score.astype(np.float32)], 1)


def pair_figures(items: np.ndarray) -> dict:
    """Average precision over the pairs of each line."""
    truth = items[:, 0] > 0
    return {
        "pair_auprc": metrics.average_precision(truth, items[:, 1]),
        "pair_base_rate": float(truth.mean()),
        "pair_count": len(truth),
    }


def named_partners(wanted: Targets) -> dict[int, dict[int, set[int]]]:
    """By line and several-line type, the partners that pharmacists named."""
    named: dict[int, dict[int, set[int]]] = {}
    for line, kind, value, partners in zip(wanted.line, wanted.type, wanted.value, wanted.partners, strict=True):
        if value > 0 and kind in features.SEVERAL and partners:
            named.setdefault(int(line), {}).setdefault(int(kind), set()).update(partners)
    return named


CULPRITS = ("culprit_first", "culprit_first_of_type", "culprit_first_oracle", "culprit_first_of_error")
COUNTS = ("pair_count", *(f"{name}_count" for name in CULPRITS))  # pairs, and alerts or errors that a share is made of


def culprit_hits(
    seq: Sequences, found: LineScores, wanted: Targets, oracle: pd.DataFrame | None, threshold: float = LOW
) -> dict[str, np.ndarray]:
    """Of each true several-line alert, whether its first partner is one that the pharmacist named.

    An alert is a line from ``threshold`` on; it says the line's strongest type and ranks the partners by it, as
    core.detection.scoring does, also where it then names none of them (a protection that is missing, SFPC 2.4). It is a
    true one of several lines when it says such a type and pharmacists named partners on the line: ``culprit_first``. Of
    those, ``culprit_first_of_type`` are the alerts whose very type was found, with the partners named for it.
    ``culprit_first_oracle`` gives the partner that the oracle holds most likely to the same alerts.
    ``culprit_first_of_error`` goes over errors instead, whatever the alert says, by the strongest pair of any type: a line
    with two errors is then half wrong at best.
    """
    known = {} if oracle is None else first_partners(seq, oracle)
    hits: dict[str, list[bool]] = {name: [] for name in CULPRITS}
    for line, errors in named_partners(wanted).items():
        if found.any[line] < threshold:
            continue
        low, high = np.searchsorted(found.partner_of, [line, line + 1])
        pair, here, everyone = found.pair[low:high], found.partner[low:high], set().union(*errors.values())
        first = here[pair.max(1, initial=LOW).argmax()] if high > low else None
        hits["culprit_first_of_error"] += [first in partners for partners in errors.values()]
        kind = int(found.types[line].argmax())
        if kind not in features.SEVERAL:
            continue
        shown = here[pair[:, features.SEVERAL.index(kind)].argmax()] if high > low else None
        hits["culprit_first"].append(shown in everyone)
        hits["culprit_first_of_type"] += [shown in errors[kind]] if kind in errors else []
        hits["culprit_first_oracle"] += [known.get(line) in everyone] if oracle is not None else []
    return {name: np.array(each, dtype=bool) for name, each in hits.items()}


def culprit_figures(hits: dict[str, np.ndarray]) -> dict:
    """The share of hits, and of how many."""
    shares = {name: float(each.mean()) if len(each) else float("nan") for name, each in hits.items()}
    return shares | {f"{name}_count": len(each) for name, each in hits.items()}


def first_partners(seq: Sequences, oracle: pd.DataFrame) -> dict[int, int]:
    """By line, the strongest partner of what the oracle holds most likely of it."""
    position = {name: i for i, name in enumerate(seq.line_ids)}
    mine = oracle[oracle["error_type"].isin(SEVERAL_LINE_TYPES) & oracle["line_id"].isin(position)]
    mine = mine[mine["partner_line_ids"].fillna("") != ""].sort_values("probability", kind="stable")
    first = mine["partner_line_ids"].str.split(SEPARATOR).str[0]
    return {position[line]: position.get(other, -1) for line, other in zip(mine["line_id"], first, strict=True)}
