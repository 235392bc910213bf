"""Where a network learns: the processor, or a GPU where there is one, in mixed precision there."""

from contextlib import AbstractContextManager, nullcontext

import torch

from core.errors import Refusal

DEVICES = ("auto", "cpu", "cuda")


def chosen(name: str) -> torch.device:
    """The device of that name; ``auto`` takes a GPU where there is one. Refusal where a GPU is asked for in vain."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise Refusal("no_gpu")
    return torch.device("cuda" if there and name != "cpu" else "cpu")


def mixed(device: torch.device) -> AbstractContextManager:
    """bfloat16 where it is faster and safe: on a GPU that has it. Its range is that of float32, so no loss is scaled."""
    fits = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.autocast(device.type, torch.bfloat16) if fits else nullcontext()


def device_of(network: torch.nn.Module) -> torch.device:
    return next(network.parameters()).device


def leaves_a_core(device: torch.device) -> bool:
    """Whether a thread beside the network's finds a core: torch has one thread, or a GPU does the work."""
    return device.type != "cpu" or torch.get_num_threads() == 1
