"""When an explanation may be shown: it adds up, it names what the network used, and it does not hang on a choice.

Lines and what is known are judged apart and alike. A check that fails on the part that carries the alert (lines for an error of
several lines, what is known for an error of one) takes every bar away; on the other part, only the bars of that part. A part
that changes next to nothing is no failure where the other one passes: it is said in place of bars.
Figures in the reasons are those of the shipped LSTM on twenty alerts of several lines of the invented hospital.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from core.detection.batches import assemble
from core.detection.explain.faithfulness import LIMIT, Faithfulness, measure, relative
from core.detection.explain.moment import Moment
from core.detection.explain.sampling import STABLE, Logits, Shares, shared
from core.detection.model import LOCK, Model
from core.detection.scoring import ALONE
from core.detection.sequences import Sequences
from core.schema import ERROR_TYPES, SEVERAL_LINE_TYPES

COMPREHENSIVE = 1 / 3  # under a third, most of what the lines do is not with the first ones (lowest tenth: 0.83)
SUFFICIENT = 0.5  # above a half, most of what the lines do is missing when the first stay alone (highest tenth: 0.03)
ORDER = 0.01  # of logit, some hundred times the noise of float32: moves no probability by more than 0.0025
NOTHING = ("lines_do_nothing", "known_does_nothing")
OF_A_LINE = ("line_ids", "line_codes", "line_numbers", "line_start", "line_end", "named")


class Part(NamedTuple):
    """What some things add, and whether those put first are those that count."""

    shares: Shares
    faith: Faithfulness

    @property
    def delta(self) -> float:
        """How far the shares are from adding up, beside what there is to share out."""
        return relative(sum(self.shares.values.values()) - self.faith.effect, self.faith.effect)


def explained_by(names: list[str], logits: Logits) -> Part:
    shares = shared(names, logits)
    return Part(shares, measure(shares.values, logits))


@dataclass(frozen=True)
class Checked:
    """``figures`` of every check; reason codes of the whole, the lines and what is known, empty where all is well."""

    figures: dict
    whole: str
    lines: str
    known: str


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


def reason_against(part: Part, nothing: str) -> str:
    """Why the bars of a part may not be shown."""
    if part.delta > LIMIT:
        return "does_not_add_up"
    return unfaithful(part.faith, nothing) or ("unstable_draws" if part.shares.likeness < STABLE else "")


def unfaithful(faith: Faithfulness, nothing: str) -> str:
    """Why things put first are not those that count; ``nothing`` when taking all of them away moves nothing."""
    if faith.comprehensiveness is None or faith.sufficiency is None:
        return nothing
    if faith.comprehensiveness < COMPREHENSIVE:
        return "not_comprehensive"
    if faith.sufficiency > SUFFICIENT:
        return "not_sufficient"
    return ""


def figures_of(part: Part) -> dict:
    faith = part.faith
    found = {"relative_delta": part.delta, "effect": faith.effect, "comprehensiveness": faith.comprehensiveness,
             "sufficiency": faith.sufficiency, "draws": part.shares.likeness}  # fmt: skip
    return {name: None if value is None else round(value, 4) for name, value in found.items()}


def check(now: Moment, model: Model, lines: Part, known: Part) -> Checked:
    """Every check of the shares of the lines and of what is known, of one alert."""
    order = order_gap(now, model, lines.faith.whole)
    figures = {"order": round(order, 6), "lines": figures_of(lines), "known": figures_of(known)}
    of_lines, of_known = map(reason_against, (lines, known), NOTHING)
    carries, other = (of_lines, of_known) if carried_by_lines(ERROR_TYPES[now.kind]) else (of_known, of_lines)
    whole = "" if carries in NOTHING and not other else carries
    return Checked(figures, ("unstable_order" if order > ORDER else "") or whole, of_lines, of_known)


def carried_by_lines(error_type: str) -> bool:
    """Whether the concomitant lines are what an alert of the type is about; not so when something is missing."""
    return error_type in SEVERAL_LINE_TYPES and error_type not in ALONE
