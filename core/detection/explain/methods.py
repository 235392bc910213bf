"""Ways to say how much each concomitant line adds to the logit of an alert, side by side.

Each takes the moment and the model and answers a number a partner, larger for lines that raise the logit
more. Attention is none of the logit's doing by itself (Jain and Wallace 2019): it stands here to be measured.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from core.detection.explain import removal
from core.detection.explain.attribution import attribute, by_line
from core.detection.explain.moment import Moment
from core.detection.explain.pairs import pair_effects
from core.detection.model import LOCK, Model

Lines = dict[str, float]


def integrated_gradients(now: Moment, model: Model) -> Lines:
    return by_line(now, attribute(model.network, now))


def line_occlusion(now: Moment, model: Model) -> Lines:
    """f(all) - f(-i), the line physically removed."""
    return removal.occlusion(now, model)[2]


def shapley(now: Moment, model: Model) -> Lines:
    return removal.shapley(now, model).values


def attention(now: Moment, model: Model) -> Lines:
    """Share of the attention of the index line, mean over heads; never below 0, so it cannot say what protects."""
    seen: list[Tensor] = []
    with LOCK, torch.inference_mode():
        hook = model.network.attention.register_forward_hook(lambda module, given, made: seen.append(made))
        try:
            model.network(now.batch)
        finally:
            hook.remove()
    weight = seen[0].exp()  # (Q, heads); the moment holds one row
    share = (weight / (1 + weight.sum(0))).mean(1)
    return dict(zip(map(str, now.partners), share.tolist(), strict=True))


def pair_effect(now: Moment, model: Model) -> Lines:
    """f(all) - f(-i) - f(-j) + f(-ij) with the index line, on the logit pooled over the lines."""
    pairs = [(now.line_id, str(name)) for name in now.partners]
    return {found["b"]: found["effect"] for found in pair_effects(now.seq, now.kind, model, pairs)}


METHODS: dict[str, Callable[[Moment, Model], Lines]] = {
    "integrated_gradients": integrated_gradients, "occlusion": line_occlusion, "shapley": shapley,
    "attention": attention, "pair_effect": pair_effect,
}  # fmt: skip
