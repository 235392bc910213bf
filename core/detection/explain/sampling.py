"""Shapley values by sampling: what each of several things adds where it is there, over orders drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import ShapleyValueSampling
from torch import Tensor

from core.detection.model import LOCK

Logits = Callable[[np.ndarray], np.ndarray]  # of each case, (cases, things) bool of what is there
COPIES = 64  # cases asked at once: bounds the memory of a long stay
ORDERS = (3, 12)  # orders of the things in one drawing, tried in turn until two agree; each costs one logit a thing
SEEDS = (0, 1)  # two drawings, whose mean is told and whose likeness says whether they are enough
STABLE = 0.7  # cosine of two sets of bars: under it they have less than half of their variance in common


@dataclass(frozen=True)
class Shares:
    """What each thing adds, by its name: ``values`` is the mean of the ``drawn`` ones."""

    values: dict[str, float]
    drawn: tuple[dict[str, float], ...]

    @property
    def likeness(self) -> float:
        """Cosine of the first and the last drawing."""
        return cosine(self.drawn[0], self.drawn[-1])


def remembered(logits: Logits) -> Logits:
    """The same, each case asked once: few things have few cases, and more orders begin with the fewer drawn before."""
    known: dict[bytes, float] = {}

    def asked(present: np.ndarray) -> np.ndarray:
        names = [case.tobytes() for case in present]
        fresh = {name: place for place, name in enumerate(names) if name not in known}
        if fresh:
            known.update(zip(fresh, logits(present[list(fresh.values())]), strict=True))
        return np.array([known[name] for name in names], dtype=float)

    return asked


def shared(names: list[str], logits: Logits) -> Shares:
    """Mean of f(some + i) - f(some) over orders drawn at random (Castro et al. 2009).

    They add up to f of everything less f of nothing.
    """
    seeds = SEEDS[: len(names)]  # of one thing there is one order, of none no share
    for orders in ORDERS:
        drawn = tuple(sampled(names, logits, orders, seed) for seed in seeds) or ({},)
        found = Shares({name: float(np.mean([each[name] for each in drawn])) for name in names}, drawn)
        if found.likeness >= STABLE:
            break
    return found


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """1 for the same bars but for their length; 1 where there are none."""
    a, b = (np.array([bars[name] for name in one]) for bars in (one, other))
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 1.0


def sampled(names: list[str], logits: Logits, orders: int, seed: int) -> dict[str, float]:
    """What each thing adds over some orders."""

    def asked(present: Tensor) -> Tensor:
        return torch.from_numpy(logits(present.numpy() > 0))

    with LOCK, torch.random.fork_rng(devices=[]):  # torch's generator is everybody's: two drawings at once would mix
        torch.manual_seed(seed)
        found = ShapleyValueSampling(asked).attribute(
            torch.ones(1, len(names)), n_samples=orders, perturbations_per_eval=COPIES
        )
    return dict(zip(names, found[0].tolist(), strict=True))
