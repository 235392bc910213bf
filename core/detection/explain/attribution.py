"""Integrated gradients of the logit of an alert: the line first, then the feature.

Sundararajan, Taly and Yan 2017. Codes, numbers, state and relations are integrated together in one
call, since separate runs do not add up. Which line stands where is given by the batch, never read
from ids. The baseline is a line without code or number, beside a patient of whom nothing is known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor, nn

from core.detection import features
from core.detection.explain.faithfulness import LIMIT, relative
from core.detection.explain.moment import Moment
from core.detection.model import LOCK
from models.batch import Batch, repeat
from models.networks import Concomitance

STEPS = (20, 60, 200, 600)  # tried in turn until the attributions add up; 200 leave one alert in twenty that does not
COPIES = 100  # steps worked out at once: bounds the memory of a long stay


class AlertLogit(nn.Module):
    """Logit of one row from what enters the network, each (copies, …): what Captum integrates."""

    def __init__(self, network: Concomitance, batch: Batch, kind: int) -> None:
        super().__init__()
        assert not network.training
        self.network, self.batch, self.kind = network, batch, kind

    def forward(self, *given: Tensor) -> Tensor:
        """(copies,) logits; ``given`` in the order of ``Attributions``."""
        *parts, limits = given
        flat = (part.flatten(0, 1) for part in parts)
        batch = repeat(self.batch, len(limits))._replace(row_limits=limits.flatten(0, 1))
        return self.network.score(batch, *flat).line[:, self.kind]


@dataclass(frozen=True)
class Attributions:
    """What each input adds to the logit: ``codes`` (lines, slots), ``stay`` (slots,), ``numbers`` (lines, numbers),
    ``state`` (instants, numbers), ``relations`` (pairs, numbers), ``limits`` (1, numbers)."""

    codes: np.ndarray
    stay: np.ndarray
    numbers: np.ndarray
    state: np.ndarray
    relations: np.ndarray
    limits: np.ndarray
    logit: float
    baseline: float
    relative_delta: float
    steps: int


def inputs(network: Concomitance, batch: Batch) -> tuple[Tensor, ...]:
    """Embedded codes (1, N, slots, d), stay (1, 1, slots, d), numbers, state and relations, each with a batch of 1."""
    codes, stay = (
        table(ids) * (ids > 0).unsqueeze(-1)
        for table, ids in ((network.code, batch.line_codes), (network.stay_code, batch.stay_codes))
    )
    parts = (codes, stay, batch.line_numbers, batch.state, batch.relations, batch.row_limits)
    return tuple(part.detach().unsqueeze(0) for part in parts)


def entering(given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What enters the network: codes as the sums that a line and a stay are, of which every slot has the same slope."""
    codes, stay, *others = given
    return codes.sum(2), stay.sum(2), *others


def ordinary(given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The second baseline: each line, instant and pair the mean of its stay; a patient of whom nothing is known."""
    codes, stay, numbers, state, relations, limits = given
    codes, numbers, state = (part.mean(1, keepdim=True).expand_as(part) for part in (codes, numbers, state))
    relations = relations.mean(1, keepdim=True).expand_as(relations) if relations.shape[1] else relations
    return codes, torch.zeros_like(stay), numbers, state, relations, torch.zeros_like(limits)


def nothing(given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(map(torch.zeros_like, given))


def attribute(
    network: Concomitance, now: Moment, start: Callable[[tuple[Tensor, ...]], tuple[Tensor, ...]] = nothing,
    tried: tuple[int, ...] = STEPS,
) -> Attributions:  # fmt: skip
    """Integrated gradients from ``start`` with as many steps as it takes; the last try when none converges.

    How far a try is from adding up says little of the next: 1.8 was seen at 20 steps and 0.02 at 60.
    """
    with LOCK, torch.backends.cudnn.flags(enabled=False):
        scorer, given = AlertLogit(network, now.batch, now.kind), inputs(network, now.batch)
        blank = start(given)
        ends = entering(given), entering(blank)
        with torch.no_grad():
            logit, baseline = (float(scorer(*parts)) for parts in ends)
        for steps in tried:
            found = shares(scorer, given, blank, ends, steps)
            gap = relative(sum(float(part.sum()) for part in found) - (logit - baseline), logit - baseline)
            if gap <= LIMIT:
                break
    codes, stay, *others = (part[0].numpy() for part in found)
    return Attributions(codes.sum(-1), stay[0].sum(-1), *others, logit, baseline, gap, steps)


def shares(scorer: AlertLogit, given, blank, ends, steps: int) -> list[Tensor]:
    """What each input adds, shaped as ``given``: its way from ``blank`` times the mean slope of what it enters by."""
    slopes = IntegratedGradients(scorer, multiply_by_inputs=False).attribute(
        *ends, n_steps=steps, internal_batch_size=COPIES
    )
    codes, stay, *others = (slope.detach() for slope in slopes)
    each = codes.unsqueeze(2), stay.unsqueeze(2), *others
    return [(part - start) * slope for part, start, slope in zip(given, blank, each, strict=True)]


def by_line(now: Moment, found: Attributions) -> dict[str, float]:
    """What each concomitant line adds: its codes, its numbers and its relations to the index line."""
    whole = found.codes.sum(1) + found.numbers.sum(1)
    place = {name: i for i, name in enumerate(now.seq.line_ids)}
    pair = {now.seq.line_ids[int(j)]: float(part.sum())
            for j, part in zip(now.batch.pair_other, found.relations, strict=True)}  # fmt: skip
    return {name: float(whole[place[name]]) + pair[name] for name in now.partners}


def by_feature(now: Moment, found: Attributions) -> dict[str, float]:
    """What each feature of the index line and of the patient adds."""
    i = int(np.flatnonzero(now.seq.line_ids == now.line_id)[0])
    slots = found.codes[i]
    line = {"atc": slots[:5].sum(), "route": slots[5], "unit": slots[6], "line_ward": slots[7]}
    line["classes"] = slots[len(features.CODES) :].sum()
    line |= dict(zip(features.LINE_NUMBERS, found.numbers[i], strict=True))
    line |= dict(zip(features.LIMITS, found.limits[0], strict=True))
    patient = {"ward": found.stay[0], "sex": found.stay[1], "diagnoses": found.stay[2:].sum()}
    for name, value in zip(features.STATE, found.state.sum(0), strict=True):
        group = GROUPS.get(name, name.rsplit("_", 1)[0])
        patient[group] = patient.get(group, 0.0) + value
    return {name: float(value) for name, value in (line | patient).items()}


GROUPS = {"age": "age", "age_known": "age", "hours_in_stay": "hours_in_stay", "hour_sin": "time_of_day",
          "hour_cos": "time_of_day", "night": "time_of_day", "weekend": "weekend", "lines_active": "lines_active"}  # fmt: skip
