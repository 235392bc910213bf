"""Whether what an explanation puts first is what the network used, found by taking it away.

Comprehensiveness and sufficiency after DeYoung et al. 2020 (ERASER), on the logit, over what all that is explained does
together, so that both read alike for every alert.
"""

from dataclasses import dataclass

import numpy as np

from core.detection.explain.sampling import Logits

FIRST = (1, 2, 3)  # things taken as the explanation: what a reader keeps in mind; the mean over them is told
LIMIT = 0.05  # of what there is to share out: further from adding up, no bar is shown
LEAST = 0.25  # change of logit under which there is nothing to share out


@dataclass(frozen=True)
class Faithfulness:
    """``comprehensiveness``: share of the effect that goes with the first things (1: all of it). ``sufficiency``: share
    that is still missing when only they stay (0: nothing). ``whole`` and ``alone`` are the logits with all and with none of
    the things; where they are nearer than LEAST there is nothing to share and both figures are None."""

    whole: float
    alone: float
    comprehensiveness: float | None = None
    sufficiency: float | None = None

    @property
    def effect(self) -> float:
        return self.whole - self.alone


def ranked(values: dict[str, float], effect: float) -> list[str]:
    """Things that push the logit the way all of them together do, strongest first."""
    return sorted(values, key=lambda name: -values[name] if effect >= 0 else values[name])


def measure(values: dict[str, float], logits: Logits) -> Faithfulness:
    """Of shares by name, in the order of the things that ``logits`` asks about."""
    names = list(values)

    def asked(*sets: list[str]) -> np.ndarray:
        return logits(np.array([name in each for each in sets for name in names], dtype=bool).reshape(len(sets), -1))

    whole, alone = map(float, asked(names, []))
    effect = whole - alone
    if abs(effect) < LEAST:
        return Faithfulness(whole, alone)
    order = ranked(values, effect)
    lost = (whole - asked(*(order[k:] for k in FIRST), *(order[:k] for k in FIRST))) / effect
    return Faithfulness(whole, alone, float(np.mean(lost[: len(FIRST)])), float(np.mean(lost[len(FIRST) :])))


def relative(delta: float, effect: float) -> float:
    """How far shares are from adding up to the effect, beside what there is to share out."""
    return abs(delta) / max(abs(effect), LEAST)
