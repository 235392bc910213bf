"""A training on several processes or machines: ``torchrun --nproc-per-node=2 -m core train …``.

Every process holds all stays, takes its part of each batch and averages gradients with the others: the mean of a step is
over the items that one process would have read. But each process draws for its own part which rows are read and what is
hidden or dropped, so that the weights are those of the number of processes: the card's command says it, and a training is
gone on with by as many. Alone, nothing here does anything.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import torch
from torch import Tensor, distributed, nn

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


def shares(*counts: int) -> list[float]:
    """Weights of means over so many items of each kind here, so that their mean over processes is that over all items."""
    if size() == 1:
        return [1.0 for _ in counts]
    everywhere = torch.tensor(counts, dtype=torch.float64)
    distributed.all_reduce(everywhere)
    return [count * size() / whole if whole else 1.0 for count, whole in zip(counts, everywhere.tolist(), strict=True)]


def average(network: nn.Module, loss: Tensor) -> float:
    """Gradients become their mean over the processes; the mean loss, which travels with them."""
    if size() == 1:
        return float(loss)
    gradients = [part.grad for part in network.parameters() if part.grad is not None]
    parts = [*(gradient.flatten() for gradient in gradients), loss.reshape(1)]
    flat = torch.cat(parts).cpu()  # gloo joins what the processor holds
    distributed.all_reduce(flat)
    flat /= size()
    *means, loss = flat.split([*(each.numel() for each in gradients), 1])
    for gradient, part in zip(gradients, means, strict=True):
        gradient.copy_(part.view_as(gradient))
    return float(loss)
