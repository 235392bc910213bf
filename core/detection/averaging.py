"""The mean of a network's weights over its steps, which need not end at a small rate to be of use.

The last weights hang on what was read last. Their mean over the steps lies where the loss is flat in more directions
(Izmailov et al. 2018, Averaging weights leads to wider optima and better generalization).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def averaged(network: nn.Module, age: float) -> AveragedModel:
    """A copy of ``network`` for the mean of its weights after each step, which ``update_parameters`` adds.

    Later steps count more, by polynomial decay (Shamir and Zhang 2013, Stochastic gradient descent for non-smooth
    optimization): the mean age of what is averaged is the share ``age``, above 0 and at most 0.5 (all alike), of the steps so far.
    """
    power = 1 / age - 2

    @torch.no_grad()
    def mean(means: Sequence[Tensor], weights: Sequence[Tensor], steps: Tensor) -> None:
        share = (power + 1) / (float(steps) + 1 + power)
        for each, new in zip(means, weights, strict=True):
            each.lerp_(new, share)

    return AveragedModel(network, multi_avg_fn=mean).eval()
