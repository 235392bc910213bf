"""The optimizer of the networks: Muon for the matrices between layers, AdamW for everything else.

Muon makes the step of a matrix orthogonal, so that all of its directions learn alike (Jordan 2024, Muon: an optimizer for
hidden layers in neural networks); scaled as AdamW's steps are, both follow one rate (Liu et al. 2025, Muon is scalable for
LLM training). Embeddings, recurrences and what gives the scores are no such matrices.

``torch.optim.Muon`` takes the same steps in bfloat16, matrix after matrix, which on a processor without such products was
two thirds of the time of training; here they are taken in float32, matrices of one shape together.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

NEWTON = (3.4445, -4.7750, 2.0315)  # of Jordan's quintic iteration
ITERATIONS = 5
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
                part.mul_(1 - group["lr"] * group["weight_decay"]).sub_(step, alpha=group["lr"] * AS_ADAMW)

    def pushed(self, part: nn.Parameter, momentum: float) -> Tensor:
        """The gradient of a matrix with those before it, this one counted once more (Nesterov)."""
        past = self.state[part].setdefault("momentum", torch.zeros_like(part))
        past.lerp_(part.grad, 1 - momentum)
        return part.grad.lerp(past, momentum)


def straightened(steps: list[Tensor]) -> list[Tensor]:
    """Each matrix made orthogonal, as long as the root of its longer side; those of one shape, upright or not, together."""
    wide = [step if step.shape[0] <= step.shape[1] else step.mT for step in steps]
    found: dict[int, Tensor] = {}
    for shape in sorted({tuple(step.shape) for step in wide}):
        alike = [i for i, step in enumerate(wide) if tuple(step.shape) == shape]
        together = orthogonal(torch.stack([wide[i] for i in alike])).mul_(shape[1] ** 0.5)
        found |= dict(zip(alike, together, strict=True))
    return [found[i] if wide[i] is step else found[i].mT for i, step in enumerate(steps)]


def orthogonal(steps: Tensor) -> Tensor:
    """(n, a, b), a no more than b: each matrix with its singular values brought near 1, by Newton and Schulz's iteration."""
    a, b, c = NEWTON
    x = steps / steps.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x


class Muons:
    """Both optimizers as one; ``at`` sets the rate of the next steps."""

    def __init__(self, network: nn.Module, rate: float, weight_decay: float) -> None:
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

    def state_dict(self) -> dict:
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, kept: dict) -> None:
        for part, state in zip(self.parts, kept["parts"], strict=True):
            part.load_state_dict(state)


def matrices(network: nn.Module) -> list[nn.Parameter]:
    """Weights between layers: of two dimensions, of no embedding and no recurrence, and not those that give scores."""
    scores = (network.config.types, len(network.config.several))
    return [
        part
        for module in network.modules() if not isinstance(module, nn.Embedding | nn.RNNBase)
        for part in module.parameters(recurse=False) if part.ndim == 2 and part.shape[0] not in scores
    ]  # fmt: skip
