"""What it costs and brings to learn from fewer rows of each stay (core.detection.drawing).

``python -m tests.benchmarks.drawing --json``, for several shares:

- ``rows``: drawn of those of 2,500 stays made afresh, in percent;
- ``noise`` by scope: mean square of what rows add to the gradient of their logits (the chance that the shipped LSTM gives less
  what was so, weighed as drawn), over that of all rows. Little where nearly sure rows are left out, much where others are;
- ``another`` and ``its_line``, no shares but guides: rows drawn by the chance that the shipped GRU gives the row, or by the highest
  that it gave the row's line where ``more`` rows of it are drawn (as if a pass before had kept it), the rest by a least share;
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
from core.detection.drawing import MORE, Draw, Shares
from core.detection.model import Model
from core.detection.optimizing import Muons
from core.detection.predict import score_lines, scored
from core.detection.recipe import Recipe
from core.detection.targets import row_labels
from models.peers import build

SHARES = {"all": Shares(1, 1, 1), "more": MORE, "usual": Shares(), "fewer": Shares(0.1, 0.06, 0.06)}
PASSES, WIDTH = 6, 48


def made(stays: int, seed: int, words: vocabulary.Vocabulary | None = None):
    """Invented stays, what their oracle knows, their words unless given, and all of it prepared."""
    tables, oracle = sources.invented("main", stays, seed, lambda **_: None)
    words = words or vocabulary.learn(tables.lines, tables.stays)
    return training.prepared(tables, words), oracle, words


def every_chance(shipped: Model, seed: int) -> tuple[training.Prepared, Rows, np.ndarray]:
    """2,500 stays made afresh, all of their rows in order, and the chances (R, types) that the network gives."""
    part, _, _ = made(2500, seed, shipped.words)
    found = [(some.rows, 1 / (1 + np.exp(-some.line))) for some in scored(shipped, part.seq)]
    rows = Rows(*(np.concatenate(each) for each in zip(*(rows for rows, _ in found), strict=True)))
    order = np.lexsort((rows.instant, rows.line))
    return part, Rows(*(each[order] for each in rows)), np.concatenate([chance for _, chance in found])[order]


def guided(guess: np.ndarray, said: np.ndarray, times: float, least: float) -> np.ndarray:
    """(R,) chance of each row to be drawn: some times the guess that it is an error, at least ``least``; 1 where it was said to be one."""
    return np.where(said, 1.0, np.clip(times * guess, least, 1.0))


def noise(seed: int) -> dict[str, dict]:
    """By shares, the rows drawn in percent and the noise of each scope."""
    shipped = model.shipped("lstm")
    part, rows, chances = every_chance(shipped, seed)
    lines = len(part.seq.line_ids)
    labels, known = row_labels(part.wanted, rows, lines)
    apart = (chances - labels) * known
    squares = {scope: (apart[:, list(types)] ** 2).sum(1) for scope, types in evaluation.SCOPES.items()}
    drawn = {name: Draw(part.wanted, lines, shares, np.random.default_rng(seed)) for name, shares in SHARES.items()}
    ways = {name: draw.chances(rows) for name, draw in drawn.items()}
    _, same, others = every_chance(model.shipped("gru"), seed)
    if not all(map(np.array_equal, rows, same)):
        raise RuntimeError("both networks score the same rows in one order")
    guess, seen, highest = others.max(1), drawn["more"](rows), np.zeros(lines)
    np.maximum.at(highest, rows.line[seen], guess[seen])
    said = (labels * known).max(1) > 0
    ways |= {"another": guided(guess, said, 5, 0.02), "its_line": guided(highest[rows.line], said, 10, 0.03)}
    answer = {}
    for name, chance in ways.items():
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
    parser.add_argument("--shares", nargs="+", choices=list(SHARES), default=["more", "usual", "fewer"])
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
