"""The logit of the row asked about, in stays that never held some of its concomitant lines, and what each line adds to it."""

from collections.abc import Sequence

import numpy as np
import torch

from core.detection.explain.copies import Stay, encoded, scored
from core.detection.explain.moment import Moment
from core.detection.explain.sampling import COPIES, Logits, Shares, remembered, shared
from core.detection.model import LOCK, Model


def row_logits(now: Moment, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    """(sets,) logit of the alert without each set of lines, physically removed; the index line is never among them."""
    names = now.seq.line_ids
    return logits_with(stay_of(now, model), now.kind, model, np.array([[name not in gone for name in names] for gone in removed]))


def stay_of(now: Moment, model: Model) -> Stay:
    with LOCK, torch.inference_mode():
        return encoded(now.seq, now.batch, model.network)


def logits_with(stay: Stay, kind: int, model: Model, kept: np.ndarray) -> np.ndarray:
    """(copies,) logits of the one row, with the lines of ``kept`` (copies, lines) alone, some copies at a time."""
    steps = np.split(kept, range(COPIES, len(kept), COPIES))
    with LOCK, torch.inference_mode():
        found = [scored(stay, each, model.network)[0][:, kind].numpy() for each in steps]
    assert sum(map(len, found)) == len(kept)
    return np.concatenate(found).astype(float)


def occlusion(now: Moment, model: Model) -> tuple[float, float, dict[str, float]]:
    """Logit with all lines, logit of the line alone, and what the logit loses without each partner (0: nothing)."""
    names = [str(name) for name in now.partners]
    found = row_logits(now, model, [frozenset(), frozenset(names), *(frozenset({name}) for name in names)])
    return float(found[0]), float(found[1]), dict(zip(names, (found[0] - found[2:]).tolist(), strict=True))


def lines_there(now: Moment, model: Model) -> Logits:
    """Logits of the alert with some of its concomitant lines."""
    stay, place = stay_of(now, model), now.batch.pair_other.numpy()

    def logits(present: np.ndarray) -> np.ndarray:
        kept = np.ones((len(present), len(now.seq.line_ids)), dtype=bool)
        kept[:, place] = present
        return logits_with(stay, now.kind, model, kept)

    return remembered(logits)


def shapley(now: Moment, model: Model) -> Shares:
    """Shares of the concomitant lines, physically removed: they hang on no baseline, since every stay asked about is one that
    could be, and add up to the logit less that of the line alone."""
    return shared([str(name) for name in now.partners], lines_there(now, model))
