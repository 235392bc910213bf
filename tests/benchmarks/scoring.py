"""Lines scored a second at all of their instants, where the time goes, and the time to explain an alert.

python -m tests.benchmarks.scoring --json

Seconds are by the clock and of one run. ``matrix_rate_share`` is the one of ``tests.benchmarks.training``: the best of
several runs, in the processor's seconds.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import torch

from core.data import store
from core.detection import model, scoring, sources
from core.detection.batches import assemble, cost, groups
from core.detection.explain import explained
from core.detection.predict import BUDGET
from core.detection.sequences import prepare
from core.settings import Workspace
from core.simulator import MAIN
from core.simulator.output import populate
from tests.benchmarks.training import matrix_rate, scoring_rate


def timed(run) -> tuple[float, object]:
    began = time.perf_counter()
    found = run()
    return time.perf_counter() - began, found


def parts(workspace: Workspace, made: model.Model) -> dict:
    """Seconds of reading, preparing, building batches and the network itself, over the whole workspace."""
    seconds = dict.fromkeys(("read", "prepare", "batch", "network"), 0.0)
    stream = store.stream(workspace, scoring.STAYS_A_BATCH)
    while True:
        spent, tables = timed(lambda: next(stream, None))
        seconds["read"] += spent
        if tables is None:
            return seconds
        spent, seq = timed(lambda: prepare(tables, made.words))  # noqa: B023
        seconds["prepare"] += spent
        costs = cost(seq)
        for stays in groups(costs, costs.argsort(), BUDGET):
            spent, (batch, _, _) = timed(lambda: assemble(seq, stays))  # noqa: B023
            seconds["batch"] += spent
            with torch.inference_mode():
                spent, _ = timed(lambda: made.network(batch))  # noqa: B023
            seconds["network"] += spent


def explaining(workspace: Workspace, made: model.Model, alerts, many: int = 100) -> list[float]:
    """Milliseconds of single alerts, each from its stay as it is read, and how many lines stood beside it."""
    found = []
    for alert in alerts.head(many).to_dict("records"):
        tables = store.read_stay(workspace, alert["stay_id"])
        spent, _ = timed(lambda: explained(prepare(tables, made.words), alert, made))  # noqa: B023
        found.append(1000 * spent)
    return found


def measure(stays: int, seed: int) -> dict:
    made, threads = model.shipped("gru"), torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        populate(workspace, MAIN, stays, seed)
        outcome = scoring.score(workspace, made, rules=False)
        seconds = parts(workspace, made)
        times = explaining(workspace, made, outcome.alerts)
    torch.set_num_threads(1)
    share = scoring_rate(sources.invented("main", stays, seed, lambda **_: None)[0]) / matrix_rate()
    return {
        "stays": stays, "lines": outcome.lines, "alerts": len(outcome.alerts),
        "lines_per_second": round(outcome.lines / outcome.seconds),
        **{f"{name}_seconds": round(value, 3) for name, value in seconds.items()},
        "matrix_rate_share": round(share, 3),
        "explain_p50_ms": round(statistics.median(times), 1), "explain_p95_ms": round(sorted(times)[int(len(times) * 0.95)], 1),
        "threads": threads,
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print(json.dumps(measure(options.stays, options.seed)))
