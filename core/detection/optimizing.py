"""The optimizer of the networks: Muon for the matrices between layers, AdamW for everything else.

Muon makes the step of a matrix orthogonal, so that all of its directions learn alike (Jordan 2024, Muon: an optimizer for
hidden layers in neural networks); scaled as AdamW's steps are, both follow one rate (Liu et al. 2025, Muon is scalable for
LLM training). Embeddings, recurrences and what gives the scores are no such matrices.

``torch.optim.Muon`` takes such steps in bfloat16, matrix after matrix, which on a processor without such products was
two thirds of the time of training; here they are taken in float32, matrices of like shape together, by fewer iterations.
"""

from collections.abc import Iterable
from functools import cache

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from core.detection.averaging import averaged

# Of the quintic iterations of Amsel, Persson, Musco and Gower 2025, The Polar Express, each the best after those before it.
# Four learn as well as Jordan's five (tests/benchmarks/README.md).
NEWTON = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
)
SAFE = 1.01  # no singular value above 1 for the digits left out: they would grow without end (of the same)
CHEAP = 6_000_000  # operations that zeros may cost a room: about as long as the calls of a room of its own
AS_ADAMW = 0.2  # root mean square of AdamW's steps, to which Liu et al. scale


class Muon(Optimizer):
    """Momentum whose step on each matrix is made orthogonal."""

    def __init__(
        self, matrices: Iterable[nn.Parameter], lr: float, weight_decay: float, momentum: float = 0.95
    ) -> None:
        super().__init__(list(matrices), {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            learned = [part for part in group["params"] if part.grad is not None]
            steps = straightened([self.pushed(part, group["momentum"]) for part in learned])
            for part, step in zip(learned, steps, strict=True):
                length = AS_ADAMW * max(part.shape) ** 0.5
                part.mul_(1 - group["lr"] * group["weight_decay"]).sub_(step, alpha=group["lr"] * length)

    def pushed(self, part: nn.Parameter, momentum: float) -> Tensor:
        """The gradient of a matrix with those before it, this one counted once more (Nesterov)."""
        state = self.state[part]
        if not state:
            state["momentum"] = torch.zeros_like(part)
        past = state["momentum"]
        past.lerp_(part.grad, 1 - momentum)
        return part.grad.lerp(past, momentum)


def straightened(steps: list[Tensor]) -> list[Tensor]:
    """Each matrix made orthogonal; those of like shape, upright or not, together."""
    wide = [step if step.shape[0] <= step.shape[1] else step.mT for step in steps]
    found: dict[int, Tensor] = {}
    for alike in rooms(tuple(tuple(step.shape) for step in wide)):
        found |= dict(zip(alike, orthogonal(padded([wide[i] for i in alike])), strict=True))
    done = [found[i][: step.shape[0], : step.shape[1]] for i, step in enumerate(wide)]
    return [each if wide[i] is step else each.mT for i, (each, step) in enumerate(zip(done, steps, strict=True))]


@cache
def rooms(shapes: tuple[tuple[int, int], ...]) -> list[list[int]]:
    """Positions of the matrices that share a room: the largest first, smaller ones with them where that is cheap."""
    found: list[tuple[tuple[int, int], list[int]]] = []
    for shape in sorted(set(shapes), key=products, reverse=True):
        mine = [i for i, each in enumerate(shapes) if each == shape]
        for place, (room, others) in enumerate(found):
            both = (max(room[0], shape[0]), max(room[1], shape[1]))
            more = products(both) * len(others + mine) - products(room) * len(others) - products(shape) * len(mine)
            if more < CHEAP:
                found[place] = (both, others + mine)
                break
        else:
            found.append((shape, mine))
    return [each for _, each in found]


def products(shape: tuple[int, int]) -> int:
    """Floating-point operations of the iteration on one matrix."""
    a, b = shape
    return len(NEWTON) * (4 * a * a * b + 2 * a**3)


def padded(steps: list[Tensor]) -> Tensor:
    """(n, a, b) matrices side by side, zeros below and right of smaller ones, which the iteration leaves zeros."""
    a, b = (max(step.shape[side] for step in steps) for side in (0, 1))
    room = steps[0].new_zeros(len(steps), a, b)
    for place, step in zip(room, steps, strict=True):
        place[: step.shape[0], : step.shape[1]] = step
    return room


def orthogonal(steps: Tensor) -> Tensor:
    """(n, a, b), a no more than b: each matrix with its singular values brought near 1, by Newton and Schulz's iterations."""
    x = steps / (SAFE * steps.norm(dim=(1, 2), keepdim=True)).clamp(min=1e-7)
    for a, b, c in NEWTON:
        square = torch.bmm(x, x.mT)
        factor = torch.baddbmm(square, square, square, beta=b, alpha=c)
        factor.diagonal(dim1=1, dim2=2).add_(a)
        x = torch.bmm(factor, x)
    return x


class Muons:
    """Both optimizers as one; ``at`` sets the rate of the next steps.

    ``learned`` is the network that the steps give: the mean of its weights where ``average`` is above 0
    (core.detection.averaging), else as it stands.
    """

    def __init__(self, network: nn.Module, rate: float, weight_decay: float, average: float = 0.0) -> None:
        self.network, self.mean = network, averaged(network, average) if average else None
        inner = matrices(network)
        mine = {id(weight) for weight in inner}
        rest = [part for part in network.parameters() if id(part) not in mine]
        self.parts: tuple[Optimizer, ...] = (
            Muon(inner, rate, weight_decay),
            AdamW(rest, rate, weight_decay=weight_decay, fused=True),
        )

    def at(self, rate: float) -> None:
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad()

    def step(self) -> None:
        for part in self.parts:
            part.step()
        if self.mean:
            self.mean.update_parameters(self.network)

    @property
    def learned(self) -> nn.Module:
        return self.mean.module if self.mean else self.network

    def state_dict(self) -> dict:
        mean = {"mean": self.mean.state_dict()} if self.mean else {}
        return {"parts": [part.state_dict() for part in self.parts]} | mean

    def load_state_dict(self, kept: dict) -> None:
        for part, state in zip(self.parts, kept["parts"], strict=True):
            part.load_state_dict(state)
        if self.mean:
            self.mean.load_state_dict(kept["mean"])


def matrices(network: nn.Module) -> list[nn.Parameter]:
    """Weights between layers: of two dimensions, of no embedding and no recurrence, and not those that give scores."""
    scores = (network.config.types, len(network.config.several))
    return [
        part
        for module in network.modules() if not isinstance(module, nn.Embedding | nn.RNNBase)
        for part in module.parameters(recurse=False) if part.ndim == 2 and part.shape[0] not in scores
    ]  # fmt: skip
