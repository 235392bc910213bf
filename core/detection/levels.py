"""Figures beside those of lines: of whole stays, of pairs of lines, and of the culprit that stands first."""

import numpy as np
import pandas as pd

from core.detection import features, metrics
from core.detection.predict import LOW, LineScores
from core.detection.sequences import Sequences
from core.detection.targets import Targets
from core.schema import SEPARATOR, SEVERAL_LINE_TYPES


def stay_figures(seq: Sequences, logit: np.ndarray, truth: np.ndarray, oracle: np.ndarray | None) -> dict:
    """Average precision over stays: that one of its lines carries an error, the chances of its lines joined."""
    begin = seq.stay_lines[:-1]
    score = np.add.reduceat(np.logaddexp(0, logit.astype(float)), begin)  # lines are few: here the sum ranks better
    wrong = np.logical_or.reduceat(truth, begin)
    found = {"stay_auprc": metrics.average_precision(wrong, score), "stay_base_rate": float(wrong.mean())}
    if oracle is None:
        return found | {"stay_oracle_ratio": float("nan")}
    best = metrics.average_precision(wrong, -np.add.reduceat(np.log1p(-oracle.clip(0, 1 - 1e-9)), begin))
    return found | {"stay_oracle_ratio": found["stay_auprc"] / best}


def pair_figures(found: LineScores, wanted: Targets) -> dict:
    """Average precision over the pairs of each line at its strongest instant; a named pair that is not there is missed."""
    several = (wanted.value > 0) & np.isin(wanted.type, features.SEVERAL)
    named = {(int(wanted.line[i]), other) for i in np.flatnonzero(several) for other in wanted.partners[i]}
    pairs = list(zip(found.partner_of.tolist(), found.partner.tolist(), strict=True))
    missed = len(named - set(pairs))
    truth = np.concatenate([[pair in named for pair in pairs], np.ones(missed, dtype=bool)]).astype(bool)
    score = np.concatenate([found.pair.max(1, initial=LOW), np.full(missed, LOW)])
    return {"pair_auprc": metrics.average_precision(truth, score), "pair_base_rate": float(truth.mean())}


def true_alerts(found: LineScores, wanted: Targets, threshold: float):
    """(line, type, partners named) of every several-line error of a line that is alerted."""
    for line, kind, value, partners in zip(wanted.line, wanted.type, wanted.value, wanted.partners, strict=True):
        if value > 0 and kind in features.SEVERAL and partners and found.any[line] >= threshold:
            yield int(line), int(kind), partners


def culprit_figures(
    seq: Sequences, found: LineScores, wanted: Targets, oracle: pd.DataFrame | None, threshold: float = LOW
) -> dict:
    """Share of true several-line alerts whose first partner is one that the pharmacist named.

    ``culprit_first`` ranks partners by their strongest type, as an alert shows them; ``culprit_first_of_type`` by the
    type that the pharmacist found; ``culprit_first_oracle`` is what the first rule gives to the oracle itself.
    """
    known = None if oracle is None else first_partners(seq, oracle)
    hits = []
    for line, kind, partners in true_alerts(found, wanted, threshold):
        low, high = np.searchsorted(found.partner_of, [line, line + 1])
        pair, here = found.pair[low:high], found.partner[low:high]
        column = features.SEVERAL.index(kind)
        shown, of_type = (here[score.argmax()] in partners if high > low else False
                          for score in (pair.max(1, initial=LOW), pair[:, column]))  # fmt: skip
        hits.append((shown, of_type, np.nan if known is None else known.get(line) in partners))
    means = np.mean(np.array(hits, dtype=float), 0) if hits else np.full(3, np.nan)
    return dict(zip(("culprit_first", "culprit_first_of_type", "culprit_first_oracle"), map(float, means), strict=True))


def first_partners(seq: Sequences, oracle: pd.DataFrame) -> dict[int, int]:
    """By line, the strongest partner of what the oracle holds most likely of it."""
    position = {name: i for i, name in enumerate(seq.line_ids)}
    mine = oracle[oracle["error_type"].isin(SEVERAL_LINE_TYPES) & oracle["line_id"].isin(position)]
    mine = mine[mine["partner_line_ids"].fillna("") != ""].sort_values("probability")
    first = mine["partner_line_ids"].str.split(SEPARATOR).str[0]
    return {position[line]: position.get(other, -1) for line, other in zip(mine["line_id"], first, strict=True)}
