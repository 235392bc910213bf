"""Whether the lines that an explanation puts first are those that the network used, found by taking them away.

Comprehensiveness and sufficiency after DeYoung et al. 2020 (ERASER), on the logit, with whole lines physically
removed and over what all concomitant lines do together, so that both read alike for every alert.
"""

from dataclasses import dataclass

import numpy as np

from core.detection.explain import removal
from core.detection.explain.attribution import LEAST
from core.detection.explain.moment import Moment
from core.detection.model import Model

FIRST = (1, 2, 3)  # lines taken as the explanation: what a reader keeps in mind; the mean over them is told


@dataclass(frozen=True)
class Faithfulness:
    """``comprehensiveness``: share of the lines' effect that goes with the first lines (1: all of it).
    ``sufficiency``: share that is still missing when only they stay (0: nothing). ``effect``: logit with the
    concomitant lines less the logit of the line alone; under LEAST there is nothing to share and both are None."""

    effect: float
    comprehensiveness: float | None
    sufficiency: float | None


def ranked(values: dict[str, float], effect: float) -> list[str]:
    """Lines that push the logit the way all of them together do, strongest first."""
    return sorted(values, key=lambda name: -values[name] if effect >= 0 else values[name])


def measure(now: Moment, model: Model, values: dict[str, float]) -> Faithfulness:
    names = frozenset(values)
    whole, alone = removal.row_logits(now, model, [frozenset(), names])
    effect = float(whole - alone)
    if abs(effect) < LEAST:
        return Faithfulness(effect, None, None)
    order = ranked(values, effect)
    first = [frozenset(order[:k]) for k in FIRST]
    found = removal.row_logits(now, model, [*first, *(names - each for each in first)])
    lost = (whole - found) / effect
    return Faithfulness(effect, float(np.mean(lost[: len(first)])), float(np.mean(lost[len(first) :])))
