"""The logit of the row asked about, in stays that never held some of its concomitant lines, and what each line adds to it."""

from collections.abc import Sequence

import numpy as np
import torch

from core.detection.batches import assemble
from core.detection.excerpt import excerpt
from core.detection.explain.moment import Moment
from core.detection.explain.sampling import COPIES, Logits, Shares, shared
from core.detection.model import LOCK, Model


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


def lines_there(now: Moment, model: Model) -> Logits:
    """Logits of the alert with some of its concomitant lines."""

    def logits(present: np.ndarray) -> np.ndarray:
        return row_logits(now, model, [frozenset(map(str, now.partners[~row])) for row in present])

    return logits


def shapley(now: Moment, model: Model) -> Shares:
    """Shares of the concomitant lines, physically removed: they hang on no baseline, since every stay asked about is one that
    could be, and add up to the logit less that of the line alone."""
    return shared([str(name) for name in now.partners], lines_there(now, model))
