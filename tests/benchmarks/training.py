"""Lines learned from a second, by ours and by PyHealth 1.1.6's RNN, on the same stays, width and machine.

``python -m tests.benchmarks.training --json`` (``--width 64`` as the shipped networks): in turns, the best epoch of each,
with one thread of torch and with two.

Lines a second are by the clock (``wall``) and by the processor (``cpu``: of the whole process, the thread that makes the
next batches too; other programs do not stretch it). All are given the same data (codes, numbers and the
patient's state of each line) and as many stays a batch. Each ratio is by the clock, but for one:

- ``speed_ratio``, ``speed_ratio_cpu``: the champion over PyHealth's RNN, one thread each, by the clock and by the processor;
- ``speed_ratio_two_threads``: with ``--threads 2``, over PyHealth's RNN with the threads that suit it better;
- ``speed_ratio_more_rows``: the same with ``--more-rows``;
- ``speed_ratio_ids``: the champion over PyHealth's RNN that is given the drug ids alone.

Ours learn every error type of the rows drawn with all of their pairs; PyHealth's RNN learns one label a stay.
``matrix_rate_share`` is the rate of the shipped GRU in scoring, counted in the network's own products, over the rate
of a large matrix product on one thread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from core.detection import features, model, passes, sources, training, vocabulary
from core.detection.batches import assemble, cost, groups
from core.detection.drawing import MORE, Shares
from core.detection.optimizing import Muons
from core.detection.predict import BUDGET
from core.detection.recipe import Recipe
from core.detection.sequences import prepare
from core.settings import CHAMPION
from models.peers import build

WANTED = (
    ("numpy<2", "torch==2.13.0"),
    ("numpy<2", "pandas<2", "mne<1.9", "rdkit", "scikit-learn<1.6", "scipy<1.14", "networkx", "tqdm", "pandarallel",
     "urllib3<1.26.16"),
    ("--no-deps", "setuptools<75", "pyhealth==1.1.6"),
)  # fmt: skip
SAME = ("atc", "route", "unit", "numbers", "state")
OURS = {
    "lstm": ("lstm", Shares(), 1), "gru": ("gru", Shares(), 1), "lstm_two_threads": ("lstm", Shares(), 2),
    "gru_two_threads": ("gru", Shares(), 2), "lstm_more_rows": ("lstm", MORE, 2), "gru_more_rows": ("gru", MORE, 2),
}  # fmt: skip
PEERS = {"peer": (SAME, 1), "peer_two_threads": (SAME, 2), "peer_ids": (SAME[:1], 1)}
ROUNDS, EPOCHS = 3, 3


def added(onto: torch.Size, a: torch.Size, b: torch.Size, **_) -> int:
    """Operations of a product that is added in place, which torch does not count by itself."""
    return 2 * a[0] * a[1] * b[1]


def peer_python() -> Path:
    """The interpreter of PyHealth's environment: PHARMIAGE_PYHEALTH, or one made in the temporary folder."""
    if given := os.environ.get("PHARMIAGE_PYHEALTH"):
        return Path(given)
    folder = Path(tempfile.gettempdir()) / "pharmiage-pyhealth"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        for packages in WANTED:
            subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "complete").touch()
    return python


def samples(prepared: training.Prepared) -> list[dict]:
    """One sample a stay: its lines in order, and whether a pharmacist intervened."""
    seq, wanted = prepared.seq, prepared.wanted
    hit = np.isin(np.arange(len(seq.line_ids)), wanted.line)
    atc, route, unit = (features.CODES.index(name) for name in ("atc5", "route", "unit"))
    found = []
    for stay, (low, high) in enumerate(zip(seq.stay_lines[:-1], seq.stay_lines[1:], strict=True)):
        codes, starts = seq.line_codes[low:high], seq.line_start[low:high]
        found.append({
            "patient_id": str(stay), "visit_id": str(stay), "label": int(hit[low:high].any()),
            "atc": [str(each) for each in codes[:, atc]], "route": [str(each) for each in codes[:, route]],
            "unit": [str(each) for each in codes[:, unit]], "numbers": seq.line_numbers[low:high].tolist(),
            "state": seq.state[starts].tolist(),
        })  # fmt: skip
    return found


def ours(  # noqa: PLR0913
    prepared: training.Prepared, words: vocabulary.Vocabulary, width: int, kind: str, shares: Shares, threads: int
) -> dict:
    """CPU and wall seconds of each epoch of a network, and its stays a batch."""
    torch.set_num_threads(threads)
    recipe = Recipe(threads=threads, partners_a_batch=60_000, shares=shares)  # batches of the shipped networks
    network = build(training.config(training.Order(kind, recipe, width), words))
    optimizer = Muons(network, recipe.learning_rate, recipe.weight_decay)
    found, batches = [], []
    for epoch in range(EPOCHS):
        wall, cpu = time.perf_counter(), time.process_time()
        shards = passes.course(prepared.seq, prepared.wanted, None, epoch)
        passes.run_epoch(
            network, optimizer, shards, recipe, epoch, words.unknown, lambda done, **_: batches.append(done)
        )
        found.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    weights = sum(part.numel() for part in network.parameters())
    return {"epochs": found, "weights": weights, "stays_a_batch": len(prepared.seq.stay_ids) * EPOCHS // len(batches)}


def peer(python: Path, path: Path, sizes: tuple[int, int], keys: tuple[str, ...], threads: int) -> dict:
    """The same of the peer; ``sizes`` are its width and its stays a batch."""
    script = Path(__file__).with_name("pyhealth_rnn.py")
    command = [python, script, path, *map(str, sizes), str(EPOCHS), str(threads), *keys]
    alone = os.environ | {"OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=path.parent, env=alone)
    return json.loads(done.stdout.splitlines()[-1])


def matrix_rate(size: int = 1024) -> float:
    """Floating-point operations a CPU second of a large product on one thread, the best of several."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    seconds = []
    for _ in range(8):
        began = time.process_time()
        a @ b
        seconds.append(time.process_time() - began)
    return 2 * size**3 / min(seconds)


def scoring_rate(tables) -> float:
    """Floating-point operations a CPU second of the shipped GRU's products while it scores, the best of several."""
    made = model.shipped("gru")
    network, seq = made.network, prepare(tables, made.words)
    order = np.argsort(np.diff(seq.stay_instants), kind="stable")
    batches = [assemble(seq, stays)[0] for stays in list(groups(cost(seq), order, BUDGET))[::8]]
    rates = []
    with torch.inference_mode():
        for batch in batches:
            with FlopCounterMode(display=False, custom_mapping={torch.ops.aten.addmm_: added}) as counter:
                network(batch)
            seconds = []
            for _ in range(5):
                began = time.process_time()
                network(batch)
                seconds.append(time.process_time() - began)
            rates.append((counter.get_total_flops(), min(seconds)))
    return sum(flops for flops, _ in rates) / sum(seconds for _, seconds in rates)


def best(runs: list[dict], clock: str) -> float:
    return min(epoch[clock] for run in runs for epoch in run["epochs"])


def measure(stays: int, seed: int, width: int) -> dict:
    tables, _ = sources.invented("main", stays, seed, lambda **_: None)
    words = vocabulary.learn(tables.lines, tables.stays)
    prepared = training.prepared(tables, words)
    lines, python, runs, spawned = len(prepared.seq.line_ids), peer_python(), defaultdict(list), get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.json"
        path.write_text(json.dumps(samples(prepared)), "utf-8")
        for _ in range(ROUNDS):
            for name, how in OURS.items():
                with spawned.Pool(1) as alone:  # as `train` is: threads of an earlier run would stand beside its own
                    runs[name].append(alone.apply(ours, (prepared, words, width, *how)))
            batch = runs[CHAMPION.name][0]["stays_a_batch"]
            for name, how in PEERS.items():
                runs[name].append(peer(python, path, (width, batch), *how))
    torch.set_num_threads(1)
    speed = {
        name: {clock: round(lines / best(found, clock)) for clock in ("wall", "cpu")} for name, found in runs.items()
    }
    rate, scoring, name = matrix_rate(), scoring_rate(tables), CHAMPION.name
    best_peer = max(speed["peer"]["wall"], speed["peer_two_threads"]["wall"])
    return {
        "stays": stays, "lines": lines, "width": width, "stays_a_batch": runs[CHAMPION.name][0]["stays_a_batch"],
        "lines_a_second": speed, "weights": {name: found[0]["weights"] for name, found in runs.items()},
        "champion": name,
        "speed_ratio": round(speed[name]["wall"] / speed["peer"]["wall"], 3),
        "speed_ratio_cpu": round(speed[name]["cpu"] / speed["peer"]["cpu"], 3),
        "speed_ratio_two_threads": round(speed[f"{name}_two_threads"]["wall"] / best_peer, 3),
        "speed_ratio_more_rows": round(speed[f"{name}_more_rows"]["wall"] / best_peer, 3),
        "speed_ratio_ids": round(speed[name]["wall"] / speed["peer_ids"]["wall"], 3),
        "matrix_rate_gflops": round(rate / 1e9, 1), "scoring_gflops": round(scoring / 1e9, 2),
        "matrix_rate_share": round(scoring / rate, 3),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stays", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--width", type=int, default=48)  # the race's; shipped networks have 64
    options = parser.parse_args()
    found = measure(options.stays, options.seed, options.width)
    sys.stdout.write(json.dumps(found, indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()
