"""The logit of the row asked about, in stays that never held some of its concomitant lines, and what each line adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import ShapleyValueSampling
from torch import Tensor

from core.detection.batches import assemble
from core.detection.excerpt import excerpt
from core.detection.explain.moment import Moment
from core.detection.model import LOCK, Model

COPIES = 64  # stays asked at once: bounds the memory of a long stay
ORDERS = (3, 12)  # orders of the lines in one drawing, tried in turn until two agree; each costs one logit a line
SEEDS = (0, 1)  # two drawings, whose mean is told and whose likeness says whether they are enough
STABLE = 0.7  # cosine of two sets of bars: under it they have less than half of their variance in common


@dataclass(frozen=True)
class Shares:
    """What each partner adds, by its id: ``values`` is the mean of the ``drawn`` ones."""

    values: dict[str, float]
    drawn: tuple[dict[str, float], ...]


def row_logits(now: Moment, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    """(sets,) logit of the alert without each set of lines, physically removed; the index line is never among them."""
    step = [removed[low : low + COPIES] for low in range(0, len(removed), COPIES)]
    return np.concatenate([some_logits(now, model, each) for each in step])


def some_logits(now: Moment, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    kept = np.array([[name not in gone for name in now.seq.line_ids] for gone in removed])
    seq = excerpt(now.seq, 0, len(now.seq.times) - 1, kept)
    last, index = np.zeros(len(seq.times), dtype=bool), seq.line_ids == now.line_id
    last[seq.stay_instants[1:] - 1] = True
    batch, rows, _ = assemble(seq, np.arange(len(removed)), lambda each: last[each.instant] & index[each.line])
    assert len(rows.line) == len(removed)
    with LOCK, torch.inference_mode():
        return model.network(batch).line[:, now.kind].numpy().astype(float)


def occlusion(now: Moment, model: Model) -> tuple[float, float, dict[str, float]]:
    """Logit with all lines, logit of the line alone, and what the logit loses without each partner (0: nothing)."""
    names = [str(name) for name in now.partners]
    found = row_logits(now, model, [frozenset(), frozenset(names), *(frozenset({name}) for name in names)])
    return float(found[0]), float(found[1]), dict(zip(names, (found[0] - found[2:]).tolist(), strict=True))


def shapley(now: Moment, model: Model) -> Shares:
    """Mean of f(some + i) - f(some) over orders drawn at random (Castro et al. 2009); lines physically removed.

    They add up to the logit less that of the line alone, and hang on no baseline: every stay asked about is one that
    could be.
    """
    names = [str(name) for name in now.partners]
    seeds = SEEDS[: len(names)]  # of one partner there is one order, of none no share
    for orders in ORDERS:
        drawn = tuple(sampled(now, model, names, orders, seed) for seed in seeds) or ({},)
        if cosine(drawn[0], drawn[-1]) >= STABLE:
            break
    return Shares({name: float(np.mean([each[name] for each in drawn])) for name in names}, drawn)


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """1 for the same bars but for their length; 1 where there are none."""
    a, b = (np.array([bars[name] for name in one]) for bars in (one, other))
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 1.0


def sampled(now: Moment, model: Model, names: list[str], orders: int, seed: int) -> dict[str, float]:
    """What each line adds over some orders."""

    def logits(present: Tensor) -> Tensor:
        gone = [frozenset(n for n, there in zip(names, row, strict=True) if not there) for row in present.tolist()]
        return torch.from_numpy(row_logits(now, model, gone))

    with LOCK, torch.random.fork_rng(devices=[]):  # torch's generator is everybody's: two drawings at once would mix
        torch.manual_seed(seed)
        found = ShapleyValueSampling(logits).attribute(
            torch.ones(1, len(names)), n_samples=orders, perturbations_per_eval=COPIES
        )
    return dict(zip(names, found[0].tolist(), strict=True))
