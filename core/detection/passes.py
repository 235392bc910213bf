"""One pass of a network over stays: batches in an order of their own, rows drawn from them, a step from each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np
import torch

from core.detection import devices, parallel
from core.detection.batches import assemble, cost, groups
from core.detection.drawing import Draw
from core.detection.hiding import hide
from core.detection.recipe import Recipe
from core.detection.sequences import Sequences
from core.detection.targets import Targets, tensors
from core.detection.withheld import blank
from models.batch import Batch
from models.networks import Scores, culprit_loss, loss

RISE = 0.03  # of all passes, of one where weights are averaged: how long the rate rises


class Shard(NamedTuple):
    """Stays that are learned from together; ``before`` of the pass's ``whole`` stays came earlier."""

    seq: Sequences
    wanted: Targets
    before: int
    whole: int


class Lesson(NamedTuple):
    """A batch of stays with what is to be learned from it: rows, and which of the partners ``near`` a pharmacist named.
    ``known`` rows and types have such a one.

    ``meanwhile`` begins to make the next lesson in another thread.
    """

    batch: Batch
    values: torch.Tensor
    weights: torch.Tensor
    near: torch.Tensor
    named: torch.Tensor
    stays: int
    known: int
    meanwhile: Callable[[], None]


class Further(Protocol):
    """Stays beside those in memory, other ones each pass."""

    stays: int  # a pass, about

    def shards(self, epoch: int) -> Iterator[tuple[Sequences, Targets]]: ...


def course(seq: Sequences, wanted: Targets, further: Further | None, epoch: int) -> Iterator[Shard]:
    """What one pass reads: the stays in memory, then the further ones shard by shard."""
    before = len(seq.stay_ids)
    whole = before + (further.stays if further else 0)
    yield Shard(seq, wanted, 0, whole)
    for more, said in further.shards(epoch) if further else ():
        yield Shard(more, said, before, max(whole, before + len(more.stay_ids)))
        before += len(more.stay_ids)


def epoch_order(seq: Sequences, recipe: Recipe, rng: np.random.Generator) -> list[np.ndarray]:
    """Batches of stays of like length, in an order of their own each epoch."""
    order, length = rng.permutation(len(seq.stay_ids)), np.diff(seq.stay_instants)
    chunks = np.array_split(order, max(1, len(order) // 2000))
    costs = cost(seq)
    batches = [
        group for chunk in chunks
        for group in groups(costs, chunk[np.argsort(length[chunk], kind="stable")], recipe.partners_a_batch)
    ]  # fmt: skip
    return [batches[i] for i in rng.permutation(len(batches))]


def rate_at(passes: float, recipe: Recipe) -> float:
    """Learning rate after so many passes: a short rise, then a cosine down to a hundredth by the last.

    Where weights are averaged it stays up: the mean takes the noise of the steps away, and needs them to spread.
    """
    if recipe.average:
        return recipe.learning_rate * min(1.0, passes / RISE)
    done = passes / recipe.epochs
    fall = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * min(done, 1.0)))
    return float(recipe.learning_rate * min(1.0, done / RISE) * fall)


def run_epoch(network, optimizer, shards: Iterable[Shard], recipe: Recipe, epoch: int, unknown, tell) -> float:
    """One pass over the stays; the mean loss."""
    torch.manual_seed(recipe.seed * 1000 + epoch)
    rng, losses = np.random.default_rng([recipe.seed, epoch]), []
    hiding = partial(hide, unknown=unknown, hidden=recipe.hidden, unsaid=recipe.unsaid,
                     generator=torch.Generator().manual_seed(recipe.seed * 1000 + epoch))  # fmt: skip
    network.train()
    ahead = devices.leaves_a_core(devices.device_of(network))
    for number, shard in enumerate(shards):
        done = shard.before
        # several processes draw rows each for themselves: the order of stays then needs a generator that they share
        same = rng if parallel.size() == 1 else np.random.default_rng([recipe.seed, epoch, number])
        for lesson in lessons(shard, epoch_order(shard.seq, recipe, same), recipe, rng, hiding, ahead):
            optimizer.at(rate_at(epoch + done / shard.whole, recipe))
            losses.append(step(network, optimizer, lesson, recipe))
            done += lesson.stays
            tell(epoch=epoch, done=done, total=shard.whole, loss=losses[-1])
    return float(np.mean(losses))


def lessons(
    shard: Shard,
    order: list[np.ndarray],
    recipe: Recipe,
    rng: np.random.Generator,
    hiding: Callable[[Batch], Batch],
    ahead: bool,
) -> Iterator[Lesson]:
    """The batches of a shard.

    ``ahead``: another thread makes the next batch while gradients are, which needs no interpreter: two threads that both
    want it wait for each other. Where torch has the cores for itself, a batch is better made between two steps: as soon as
    there are more threads than cores, OpenMP lets its own sleep, and everything takes twice as long.
    """
    lines, wanted = len(shard.seq.line_ids), shard.wanted
    draw, waiting, tasks = Draw(wanted, lines, recipe.shares, rng), deque(), iter(order)

    def lesson(stays: np.ndarray) -> Lesson:
        batch, rows, partners = assemble(shard.seq, parallel.mine(stays), draw, unread=False)
        values, weights, near, named = tensors(wanted, rows, partners, lines)
        weights *= torch.from_numpy(draw.weights(rows))[:, None]
        sure = known(partners.row[near.numpy()], named.numpy())
        batch = blank(hiding(batch), shard.seq.without)  # what is hidden bears marks: none of an idea that is withheld
        return Lesson(batch, values, weights, near, named, len(stays), sure, begin)

    def begin() -> None:
        if not waiting:
            waiting.extend(begun(stays) for stays in islice(tasks, 1))

    def begun(stays: np.ndarray) -> Callable[[], Lesson]:
        return pool.submit(lesson, stays).result if ahead else partial(lesson, stays)

    with ThreadPoolExecutor(1) as pool:
        begin()
        while waiting:
            yield waiting.popleft()()
            begin()


def step(network, optimizer, lesson: Lesson, recipe: Recipe) -> float:
    """Learn from one batch of stays; its loss."""
    device = devices.device_of(network)
    batch, values, weights, near, named = (part.to(device) for part in lesson[:5])
    with devices.mixed(device):
        scores = Scores(*(part.float() for part in network(batch)))
    of_rows, of_named = parallel.shares(len(values), lesson.known)
    pointed = recipe.culprit_weight * culprit_loss(scores, batch, near, named) * of_named
    total = loss(scores, values, weights) * of_rows + pointed
    optimizer.zero_grad()
    lesson.meanwhile()
    total.backward()
    mean = parallel.average(network, total.detach())
    clip(network)
    optimizer.step()
    return mean


def clip(network) -> None:
    """Gradients no longer than 1; most are shorter, and are left as they are."""
    whole = torch.nn.utils.get_total_norm([part.grad for part in network.parameters() if part.grad is not None])
    if whole > 1:
        torch.nn.utils.clip_grads_with_norm_(network.parameters(), 1.0, whole)


def known(row: np.ndarray, named: np.ndarray) -> int:
    """How many rows and types have a partner that a pharmacist named: the ``row`` (K,) of each partner, 1 where ``named`` (K, several)."""
    k, kind = np.nonzero(named)
    return len(set(zip(row[k].tolist(), kind.tolist(), strict=True)))
