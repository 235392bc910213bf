"""How a network learns: seeded, resumable after any epoch to the very same weights."""

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import torch

from core.detection import devices, parallel
from core.detection.batches import Partners, assemble, cost, groups
from core.detection.drawing import Draw, Shares
from core.detection.hiding import hide
from core.detection.novelty import positive_pairs
from core.detection.optimizing import Muons
from core.detection.sequences import Sequences
from core.detection.targets import Targets, tensors
from core.errors import Refusal
from models.batch import Batch
from models.networks import Concomitance, Config, Scores, culprit_loss, loss
from models.peers import build

Progress = Callable[..., None]


@dataclass(frozen=True)
class Recipe:
    """What decides the weights, beside the data."""

    seed: int = 7
    epochs: int = 10
    patience: int = 3
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    partners_a_batch: float = 30_000.0  # active lines squared, summed over instants, before rows are sampled
    shares: Shares = Shares()
    hidden: tuple[float, float] = (0.08, 0.04)  # share of lines whose ATC level 5, or levels 4 and 5, are hidden
    unsaid: float = 0.04  # share of stays whose frequencies are hidden, and of those whose measurements are
    culprit_weight: float = 0.05
    threads: int = 1  # two on two cores wait for each other: 1.6 times as long was seen


@dataclass
class State:
    """Where training stands after an epoch.

    ``pairs`` were positive in what it has read (core.detection.novelty) and ``further_stays`` are those read beside the
    ones in memory; ``best_pairs`` and ``best_further_stays`` are what the best weights have read.
    """

    epoch: int = 0
    best: float = -1.0
    best_epoch: int = 0
    curve: list = field(default_factory=list)
    pairs: list = field(default_factory=list)
    further_stays: int = 0
    best_pairs: list = field(default_factory=list)
    best_further_stays: int = 0


class Shard(NamedTuple):
    """Stays that are learned from together; ``before`` of the pass's ``whole`` stays came earlier."""

    seq: Sequences
    wanted: Targets
    before: int
    whole: int


class Lesson(NamedTuple):
    """A batch of stays with what is to be learned from it; ``known`` partners are named by a pharmacist.

    ``meanwhile`` begins to make the next lesson in another thread.
    """

    batch: Batch
    values: torch.Tensor
    weights: torch.Tensor
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


def rate_at(done: float, recipe: Recipe) -> float:
    """Learning rate at a share of all steps: a short rise, then a cosine down to a hundredth."""
    rise = min(1.0, done / 0.03)
    return float(recipe.learning_rate * rise * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * min(done, 1.0)))))


def run_epoch(network, optimizer, shards: Iterable[Shard], recipe: Recipe, epoch: int, unknown, tell) -> float:
    """One pass over the stays; the mean loss."""
    torch.manual_seed(recipe.seed * 1000 + epoch)
    rng, losses = np.random.default_rng([recipe.seed, epoch]), []
    hiding = partial(hide, unknown=unknown, hidden=recipe.hidden, unsaid=recipe.unsaid,
                     generator=torch.Generator().manual_seed(recipe.seed * 1000 + epoch))  # fmt: skip
    network.train()
    for number, shard in enumerate(shards):
        done = shard.before
        # several processes draw rows each for themselves: the order of stays then needs a generator that they share
        same = rng if parallel.size() == 1 else np.random.default_rng([recipe.seed, epoch, number])
        for lesson in lessons(shard, epoch_order(shard.seq, recipe, same), recipe, rng, hiding):
            optimizer.at(rate_at((epoch + done / shard.whole) / recipe.epochs, recipe))
            losses.append(step(network, optimizer, lesson, recipe))
            done += lesson.stays
            tell(epoch=epoch, done=done, total=shard.whole, loss=losses[-1])
    return float(np.mean(losses))


def lessons(
    shard: Shard, order: list[np.ndarray], recipe: Recipe, rng: np.random.Generator, hiding: Callable[[Batch], Batch]
) -> Iterator[Lesson]:
    """The batches of a shard, the next made by a thread while the network learns from one.

    It is made while gradients are, which needs no interpreter: two threads that both want it wait for each other.
    """
    lines, wanted = len(shard.seq.line_ids), shard.wanted
    draw, waiting, tasks = Draw(wanted, lines, recipe.shares, rng), deque(), iter(order)

    def lesson(stays: np.ndarray) -> Lesson:
        batch, rows, partners = assemble(shard.seq, parallel.mine(stays), draw)
        values, weights, named = tensors(wanted, rows, partners, lines)
        weights *= torch.from_numpy(draw.weights(rows))[:, None]
        return Lesson(hiding(batch), values, weights, named, len(stays), known(partners, named), begin)

    def begin() -> None:
        if not waiting:
            waiting.extend(pool.submit(lesson, stays) for stays in islice(tasks, 1))

    with ThreadPoolExecutor(1) as pool:
        begin()
        while waiting:
            yield waiting.popleft().result()
            begin()


def step(network, optimizer, lesson: Lesson, recipe: Recipe) -> float:
    """Learn from one batch of stays; its loss."""
    device = devices.device_of(network)
    batch, values, weights, named = (part.to(device) for part in lesson[:4])
    with devices.mixed(device):
        scores = Scores(*(part.float() for part in network(batch)))
    of_rows, of_named = parallel.shares(len(values), lesson.known)
    pointed = recipe.culprit_weight * culprit_loss(scores, batch, named) * of_named
    total = loss(scores, values, weights) * of_rows + pointed
    optimizer.zero_grad()
    lesson.meanwhile()
    total.backward()
    mean = parallel.average(network, total.detach())
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0, foreach=True)
    optimizer.step()
    return mean


def known(partners: Partners, named: torch.Tensor) -> int:
    """How many rows and types have a partner that a pharmacist named."""
    q, kind = torch.nonzero(named.cpu(), as_tuple=True)
    return len(set(zip(partners.row[q.numpy()].tolist(), kind.tolist(), strict=True)))


def keep(folder: Path, network, optimizer, state: State, better: bool) -> None:
    """The checkpoint of an epoch: everything that the next one needs, and the best weights so far."""
    folder.mkdir(parents=True, exist_ok=True)
    if better:
        write(folder / "best.pt", network.state_dict())
    whole = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "state": asdict(state)}
    write(folder / "last.pt", whole)


def write(path: Path, content: dict) -> None:
    torch.save(content, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def resume(folder: Path, network, optimizer, fingerprint: dict) -> State:
    """Where an earlier run of the same recipe and data stopped; the beginning when there is none."""
    mark = folder / "run.json"
    if parallel.first() and not mark.exists():
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps(fingerprint), "utf-8")
    parallel.wait()
    if json.loads(mark.read_text("utf-8")) != json.loads(json.dumps(fingerprint)):
        raise Refusal("training_differs", path=folder)
    if not (folder / "last.pt").exists():
        return State()
    kept = torch.load(folder / "last.pt", map_location=devices.device_of(network), weights_only=True)
    network.load_state_dict(kept["network"])
    optimizer.load_state_dict(kept["optimizer"])
    return State(**kept["state"])


def begun(folder: Path, network: Concomitance, measure: Callable[[Concomitance], float], tell: Progress) -> State:
    """The state before the first epoch of a network that goes on: what it reaches already."""
    value = measure(network)
    if parallel.first():
        write(folder / "best.pt", network.state_dict())
    parallel.wait()
    tell(epoch=0, validation=value)
    return State(best=value, curve=[{"epoch": 0, "loss": None, "validation": round(value, 5)}])


def idle(state: State) -> int:
    """Passes since the last that bettered those before it; a start is no pass: its rate rises before it falls again."""
    passes = [step["validation"] for step in state.curve if step["epoch"]]
    return len(passes) - 1 - int(np.argmax(passes)) if passes else 0


def counted(shards: Iterable[Shard], state: State) -> Iterator[Shard]:
    """The shards, each written down in ``state`` as it passes."""
    pairs = {tuple(pair) for pair in state.pairs}
    for shard in shards:
        pairs |= set(positive_pairs(shard.seq, shard.wanted))
        state.pairs, state.further_stays = (
            sorted(pairs),
            state.further_stays + len(shard.seq.stay_ids) * (shard.before > 0),
        )
        yield shard


def fit(
    config: Config,
    recipe: Recipe,
    seq: Sequences,
    wanted: Targets,
    unknown: dict[int, int],
    measure: Callable[[Concomitance], float],
    folder: Path,
    fingerprint: dict,
    tell: Progress,
    last_epoch: int | None = None,
    device: str = "cpu",
    further: Further | None = None,
    start: dict[str, torch.Tensor] | None = None,
) -> tuple[Concomitance, State]:
    """The network of the best epoch on validation, on the processor; ``last_epoch`` stops earlier, to be resumed.

    ``start`` holds the weights to begin with, chance ones else; they stay the best until an epoch is better.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = build(config).to(devices.chosen(device))
    network.load_state_dict(start or network.state_dict())
    optimizer = Muons(network, recipe.learning_rate, recipe.weight_decay)
    state = resume(folder, network, optimizer, fingerprint)
    if start and not state.epoch:
        state = begun(folder, network.eval(), measure, tell)
    while state.epoch < (last_epoch or recipe.epochs) and idle(state) < recipe.patience:
        shards = counted(course(seq, wanted, further, state.epoch), state)
        mean = run_epoch(network, optimizer, shards, recipe, state.epoch, unknown, tell)
        network.eval()
        value = measure(network)
        state.epoch += 1
        better = value > state.best
        if better:
            state.best, state.best_epoch = value, state.epoch
            state.best_pairs, state.best_further_stays = state.pairs, state.further_stays
        state.curve.append({"epoch": state.epoch, "loss": round(mean, 5), "validation": round(value, 5)})
        if parallel.first():
            keep(folder, network, optimizer, state, better)
        parallel.wait()
        tell(epoch=state.epoch, validation=value, loss=mean)
    network.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    return network.cpu().eval(), state
