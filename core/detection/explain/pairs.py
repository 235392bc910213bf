"""What two lines do together that neither does alone, by taking lines away and asking again."""

from collections.abc import Sequence

import numpy as np
import torch

from core.detection.batches import assemble
from core.detection.excerpt import excerpt
from core.detection.model import LOCK, Model
from core.detection.sequences import Sequences

NOTHING = float(np.exp(-7.0))  # odds of an instant where no line can be an error: under one in a thousand


def logits_without(now: Sequences, kind: int, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    """(sets,) logit that some line active at the last instant is an error of the type, without each set of lines."""
    kept = np.array([[name not in gone for name in now.line_ids] for gone in removed])
    seq = excerpt(now, 0, len(now.times) - 1, kept)
    at_end = np.zeros(len(seq.times), dtype=bool)
    at_end[seq.stay_instants[1:] - 1] = True
    batch, rows, _ = assemble(seq, np.arange(len(removed)), lambda each: at_end[each.instant])
    with LOCK, torch.inference_mode():
        odds = model.network(batch).line[:, kind].exp().numpy()
    total = np.full(len(removed), NOTHING)
    np.add.at(total, np.searchsorted(seq.stay_lines, rows.line, side="right") - 1, odds)
    return np.log(total)


def pair_effects(now: Sequences, kind: int, model: Model, pairs: Sequence[tuple[str, str]]) -> list[dict]:
    """How much two lines raise the logit together beyond what each does alone; 0 is no interaction.

    f(all) - f(-a) - f(-b) + f(-ab) on the pooled logit of one error type at the last instant.
    """
    sets = [frozenset()]
    for a, b in pairs:
        sets += [frozenset({a}), frozenset({b}), frozenset({a, b})]
    distinct = list(dict.fromkeys(sets))
    found = dict(zip(distinct, logits_without(now, kind, model, distinct), strict=True))
    whole = found[frozenset()]

    def effect(a: str, b: str) -> float:
        return float(whole - found[frozenset({a})] - found[frozenset({b})] + found[frozenset({a, b})])

    return [{"a": a, "b": b, "effect": round(effect(a, b), 5)} for a, b in pairs]
