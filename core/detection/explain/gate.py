"""When an explanation may be shown: it adds up, it names what the network used, and it does not hang on a choice.

Lines and features are judged apart, each by what it could hang on: shares of lines on the orders that were drawn, shares of
features on the baseline. A check that fails on the part that carries the alert (lines for an error of several lines, features
for an error of one) takes every bar away; on the other part, only the bars of that part.
Figures in the reasons are those of the shipped LSTM on twenty alerts of several lines of the invented hospital.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from core.detection.batches import assemble
from core.detection.explain.attribution import LIMIT, Attributions, attribute, by_feature, ordinary
from core.detection.explain.faithfulness import Faithfulness, measure
from core.detection.explain.moment import Moment
from core.detection.explain.removal import STABLE, Shares, cosine
from core.detection.model import LOCK, Model
from core.detection.scoring import ALONE
from core.detection.sequences import Sequences
from core.schema import ERROR_TYPES, SEVERAL_LINE_TYPES

COMPREHENSIVE = 1 / 3  # under a third, most of what the lines do is not with the first ones (lowest tenth: 0.83)
SUFFICIENT = 0.5  # above a half, most of what the lines do is missing when the first stay alone (highest tenth: 0.03)
ORDER = 0.01  # of logit, some hundred times the noise of float32: moves no probability by more than 0.0025
SECOND_STEPS = (20,)  # the first try of integrated gradients: enough for the shape of the bars
OF_A_LINE = ("line_ids", "line_codes", "line_numbers", "line_start", "line_end")


@dataclass(frozen=True)
class Checked:
    """``figures`` of every check; reason codes of the whole, the lines and the features, empty where all is well."""

    figures: dict
    whole: str
    lines: str
    features: str


def turned(seq: Sequences) -> Sequences:
    """A stay with its simultaneous lines in the reverse order."""
    n = len(seq.line_ids)
    order = np.lexsort((-np.arange(n), seq.line_start))
    parts = {name: getattr(seq, name)[order] for name in OF_A_LINE}
    return replace(seq, line_traits={name: values[order] for name, values in seq.line_traits.items()}, **parts)


def order_gap(now: Moment, model: Model, logit: float) -> float:
    """How far the logit moves when simultaneous lines are read in the reverse order."""
    seq = turned(now.seq)
    index, last = seq.line_ids == now.line_id, len(seq.times) - 1
    batch, _, _ = assemble(seq, np.arange(1), lambda each: index[each.line] & (each.instant == last))
    with LOCK, torch.inference_mode():
        return abs(float(model.network(batch).line[0, now.kind]) - logit)


def lines_reason(faith: Faithfulness, stability: float) -> str:
    """Why the bars of the lines may not be shown; ``lines_do_nothing`` when taking all of them away moves nothing."""
    if faith.comprehensiveness is None or faith.sufficiency is None:
        return "lines_do_nothing"
    if faith.comprehensiveness < COMPREHENSIVE:
        return "not_comprehensive"
    if faith.sufficiency > SUFFICIENT:
        return "not_sufficient"
    return "unstable_draws" if stability < STABLE else ""


def features_reason(relative_delta: float, stability: float) -> str:
    """Why the bars of the features may not be shown."""
    if relative_delta > LIMIT:
        return "does_not_add_up"
    return "unstable_baseline" if stability < STABLE else ""


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def check(now: Moment, model: Model, found: Attributions, shares: Shares) -> Checked:
    """Every check of the shares of the lines and of the attributions of the features of one alert."""
    second = attribute(model.network, now, ordinary, SECOND_STEPS)
    baseline, draws = cosine(by_feature(now, found), by_feature(now, second)), cosine(shares.drawn[0], shares.drawn[-1])
    faith, order = measure(now, model, shares.values), order_gap(now, model, found.logit)
    figures = {
        "relative_delta": round(found.relative_delta, 6), "order": round(order, 6),
        "lines_effect": rounded(faith.effect), "comprehensiveness": rounded(faith.comprehensiveness),
        "sufficiency": rounded(faith.sufficiency), "draws": rounded(draws), "second_baseline": rounded(baseline),
    }  # fmt: skip
    of_lines, of_features = lines_reason(faith, draws), features_reason(found.relative_delta, baseline)
    carries = of_lines if carried_by_lines(ERROR_TYPES[now.kind]) else of_features
    return Checked(figures, ("unstable_order" if order > ORDER else "") or carries, of_lines, of_features)


def carried_by_lines(error_type: str) -> bool:
    """Whether the concomitant lines are what an alert of the type is about; not so when something is missing."""
    return error_type in SEVERAL_LINE_TYPES and error_type not in ALONE
