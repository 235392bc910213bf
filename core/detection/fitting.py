"""How a network learns: seeded, resumable after any epoch to the very same weights."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch

from core.detection import devices, parallel
from core.detection.novelty import positive_pairs
from core.detection.optimizing import Muons
from core.detection.passes import Further, Shard, course, run_epoch
from core.detection.recipe import Recipe
from core.detection.sequences import Sequences
from core.detection.targets import Targets
from core.errors import Refusal
from models.networks import Concomitance, Config
from models.peers import build

Progress = Callable[..., None]


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


def keep(folder: Path, network, optimizer, state: State, better: bool) -> None:
    """The checkpoint of an epoch: everything that the next one needs, and the best weights so far."""
    folder.mkdir(parents=True, exist_ok=True)
    if better:
        write(folder / "best.pt", optimizer.learned.state_dict())
    whole = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "state": asdict(state)}
    write(folder / "last.pt", whole)


def write(path: Path, content: dict) -> None:
    """Whole or not at all; refused where the disk is full or may not be written."""
    whole, part = BytesIO(), path.with_suffix(".part")
    try:
        torch.save(content, whole)
        part.write_bytes(whole.getbuffer())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        raise Refusal("training_unwritable", path=path, why=getattr(error, "strerror", None) or error) from error


def resume(folder: Path, network, optimizer, fingerprint: dict) -> State:
    """Where an earlier run of the same recipe and data stopped; the beginning when there is none."""
    mark = folder / "run.json"
    if parallel.first() and not mark.exists():
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps(fingerprint), "utf-8")
    parallel.wait()
    if unfinished(folder, lambda: json.loads(mark.read_text("utf-8"))) != json.loads(json.dumps(fingerprint)):
        raise Refusal("training_differs", path=folder)
    if not (folder / "last.pt").exists():
        return State()
    return unfinished(folder, lambda: taken_up(weights(folder / "last.pt", devices.device_of(network)), network, optimizer))


def taken_up(kept: dict, network, optimizer) -> State:
    """The state of a checkpoint, whose weights and steps network and optimizer take up."""
    network.load_state_dict(kept["network"])
    optimizer.load_state_dict(kept["optimizer"])
    return State(**kept["state"])


def weights(path: Path, device: torch.device | str = "cpu") -> dict:
    return torch.load(path, map_location=device, weights_only=True)


def unfinished(folder: Path, read: Callable[[], object]):
    """What an interrupted training left, as ``read`` finds it; refused where it is damaged, gone or something else."""
    try:
        return read()
    except (ValueError, TypeError, LookupError, AttributeError, RuntimeError, EOFError, OSError, UnpicklingError) as damage:
        raise Refusal("training_damaged", path=folder) from damage


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
    optimizer = Muons(network, recipe.learning_rate, recipe.weight_decay, recipe.average)
    state = resume(folder, network, optimizer, fingerprint)
    if start and not state.epoch:
        state = begun(folder, network.eval(), measure, tell)
    while state.epoch < min(last_epoch or recipe.epochs, recipe.epochs) and idle(state) < recipe.patience:
        shards = counted(course(seq, wanted, further, state.epoch), state)
        mean = run_epoch(network, optimizer, shards, recipe, state.epoch, unknown, tell)
        if not np.isfinite(mean):
            raise Refusal("training_diverged", epoch=state.epoch + 1, rate=recipe.learning_rate)
        value = measure(optimizer.learned.eval())
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
    unfinished(folder, lambda: network.load_state_dict(weights(folder / "best.pt")))
    return network.cpu().eval(), state
