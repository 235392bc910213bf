"""What two lines do together that neither does alone, by taking lines away and asking again."""

from collections.abc import Sequence

import numpy as np
import torch

from core.detection.batches import assemble
from core.detection.explain.copies import encoded, scored
from core.detection.model import LOCK, Model
from core.detection.predict import BUDGET
from core.detection.sequences import Sequences

NOTHING = float(np.exp(-7.0))  # odds of an instant where no line can be an error: under one in a thousand


def logits_without(now: Sequences, kind: int, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    """(sets,) logit that some line active at the last instant is an error of the type, without each set of lines."""
    kept = np.array([[name not in gone for name in now.line_ids] for gone in removed])
    batch, _, partners = assemble(now, np.arange(1), lambda each: each.instant == len(now.times) - 1)
    step, totals = max(1, int(BUDGET / max(len(partners.row), 1))), []
    with LOCK, torch.inference_mode():
        stay = encoded(now, batch, model.network)
        for some in np.split(kept, range(step, len(kept), step)):
            logits, made = scored(stay, some, model.network)
            totals.append(np.bincount(made.copy, logits[:, kind].double().exp().numpy(), minlength=len(some)))
    return np.log(NOTHING + np.concatenate(totals))


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
