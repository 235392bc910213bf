"""The same training on several processes or machines: ``torchrun --nproc-per-node=2 -m core train …``.

Every process holds all stays, takes its part of each batch and averages gradients with the others, so that a step
is the step that one process would have made. Alone, nothing here does anything.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import torch
from torch import distributed, nn

PATIENCE = timedelta(minutes=30)  # a process waits this long for another that measures or prepares


@contextmanager
def together() -> Iterator[None]:
    """Join the processes that torchrun started, if it did."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    distributed.init_process_group("gloo", timeout=PATIENCE)
    try:
        yield
    finally:
        distributed.destroy_process_group()


def size() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


def first() -> bool:
    """Whether this process writes files and tells progress."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def wait() -> None:
    """Until every process is here."""
    if size() > 1:
        distributed.barrier()


def mine(stays: np.ndarray) -> np.ndarray:
    """This process's part of a batch; the whole of a batch that is too small to be parted."""
    return stays if len(stays) < size() or size() == 1 else stays[distributed.get_rank() :: size()]


def summed(value: float) -> float:
    """The sum of a number over the processes."""
    if size() == 1:
        return value
    tensor = torch.tensor(value, dtype=torch.float64)
    distributed.all_reduce(tensor)
    return float(tensor)


def share(count: int) -> float:
    """Weight of a mean over ``count`` items here, so that the mean over processes is the mean over all items."""
    everywhere = summed(float(count))
    return count * size() / everywhere if everywhere else 1.0


def average(network: nn.Module) -> None:
    """Gradients become their mean over the processes."""
    if size() == 1:
        return
    gradients = [part.grad for part in network.parameters() if part.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients]).cpu()  # gloo joins what the processor holds
    distributed.all_reduce(flat)
    flat /= size()
    for gradient, part in zip(gradients, flat.split([each.numel() for each in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))
