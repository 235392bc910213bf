"""What it costs and brings to learn from fewer rows of each stay (core.detection.drawing).

``python -m tests.benchmarks.drawing --json``, for several shares:

- ``rows``: drawn of those of 2,500 stays made afresh, in percent;
- ``noise`` by scope: mean square of what rows add to the gradient of their logits (the chance that the shipped LSTM gives less
  what was so, weighed as drawn), over that of all rows. Little where nearly sure rows are left out, much where others are;
- ``sharpest``, of all rows alone: the share of that sum which the twentieth of the rows with most of it has;
- ``oracle_ratio`` by scope on 8,000 fresh stays, and the processor's ``seconds``, of a GRU that learns from ``--stays`` stays with
  them, six passes, one figure a seed.
"""

import argparse
import json
import sys
import time

import numpy as np
import torch

from core.detection import evaluation, metrics, model, passes, sources, training, vocabulary
from core.detection.batches import Rows
from core.detection.drawing import FEW, Draw, Shares
from core.detection.model import Model
from core.detection.optimizing import Muons
from core.detection.predict import score_lines, scored
from core.detection.recipe import Recipe
from core.detection.targets import row_labels
from models.peers import build

SHARES = {"all": Shares(1, 1, 1), "usual": Shares(), "few": FEW, "fewer": Shares(0.1, 0.06, 0.06)}
PASSES, WIDTH = 6, 48


def made(stays: int, seed: int, words: vocabulary.Vocabulary | None = None):
    """Invented stays, what their oracle knows, their words unless given, and all of it prepared."""
    tables, oracle = sources.invented("main", stays, seed, lambda **_: None)
    words = words or vocabulary.learn(tables.lines, tables.stays)
    return training.prepared(tables, words), oracle, words


def noise(seed: int) -> dict[str, dict]:
    """By shares, the rows drawn in percent and the noise of each scope."""
    shipped = model.shipped("lstm")
    part, _, _ = made(2500, seed, shipped.words)
    found, added = [], {scope: [] for scope in evaluation.SCOPES}
    for some in scored(shipped, part.seq):
        labels, known = row_labels(part.wanted, some.rows, len(part.seq.line_ids))
        apart = (1 / (1 + np.exp(-some.line)) - labels) * known
        found.append(some.rows)
        for scope, types in evaluation.SCOPES.items():
            added[scope].append((apart[:, list(types)] ** 2).sum(1))
    rows = Rows(*(np.concatenate(each) for each in zip(*found, strict=True)))
    squares = {scope: np.concatenate(each) for scope, each in added.items()}
    answer = {}
    for name, shares in SHARES.items():
        chance = Draw(part.wanted, len(part.seq.line_ids), shares, np.random.default_rng()).chances(rows)
        answer[name] = {"rows": round(100 * float(chance.mean()), 1)}
        answer[name] |= {
            "noise": {scope: round(float((s / chance).sum() / s.sum()), 2) for scope, s in squares.items()}
        }
    sharpest = {scope: np.sort(s)[-len(s) // 20 :].sum() / s.sum() for scope, s in squares.items()}
    answer["all"]["sharpest"] = {scope: round(float(share), 4) for scope, share in sharpest.items()}
    return answer


def learned(shares: Shares, part: training.Prepared, words: vocabulary.Vocabulary, seed: int) -> tuple[Model, float]:
    """A GRU that learned with these shares, and seconds of the processor."""
    torch.manual_seed(seed)
    recipe = Recipe(seed=seed, epochs=PASSES, partners_a_batch=60_000, shares=shares)
    network = build(training.config(training.Order("gru", recipe, WIDTH), words))
    optimizer, began = Muons(network, recipe.learning_rate, recipe.weight_decay), time.process_time()
    for number in range(PASSES):
        shards = passes.course(part.seq, part.wanted, None, number)
        passes.run_epoch(network, optimizer, shards, recipe, number, words.unknown, lambda **_: None)
    return Model("gru", {"model": "gru"}, words, network=network.eval()), time.process_time() - began


def ratios(learner: Model, fresh: training.Prepared, oracle) -> dict[str, float]:
    lines = evaluation.judged(fresh.seq, fresh.tables, fresh.wanted, oracle)
    found = score_lines(learner, fresh.seq)
    return {
        scope: round(metrics.average_precision(lines.truth[scope], getattr(found, scope))
                     / metrics.average_precision(lines.truth[scope], lines.oracle[scope]), 4)
        for scope in evaluation.SCOPES
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stays", type=int, default=20_000, help="0: rows and noise alone")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--shares", nargs="+", choices=list(SHARES), default=["usual", "few", "fewer"])
    options = parser.parse_args()
    torch.set_num_threads(1)
    answer = noise(303)
    if options.stays:
        part, _, words = made(options.stays, 101)
        fresh, oracle, _ = made(8000, 202, words)
        for name in options.shares:
            runs = [learned(SHARES[name], part, words, seed) for seed in range(1, options.seeds + 1)]
            answer[name]["seconds"] = [round(seconds, 1) for _, seconds in runs]
            answer[name]["oracle_ratio"] = [ratios(learner, fresh, oracle) for learner, _ in runs]
            sys.stderr.write(f"{name}: {answer[name]}\n")
    sys.stdout.write(json.dumps(answer, indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()
