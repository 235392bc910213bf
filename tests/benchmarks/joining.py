"""How the chances of a line's instants are best joined, on stays made afresh: sums of powers of each, the highest alone.

``python -m tests.benchmarks.joining --json``: one row a shipped network, scope and hospital, share of the oracle's
AUPRC by power. A power of 1 is the union of independent chances, which is what the oracle itself is made of.
"""

import argparse
import json
import sys

import numpy as np

from core.detection import evaluation, features, metrics, model, sources
from core.detection.predict import scored
from core.detection.sequences import prepare
from core.detection.targets import targets
from core.settings import TRAINED

POWERS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
COLUMNS = {"single": list(features.SINGLE), "several": list(features.SEVERAL)}


def joined(made: model.Model, seq) -> dict[str, dict[str, np.ndarray]]:
    """By scope and power, the score of each line: minus the log of what its chances to that power leave."""
    lines = len(seq.line_ids)
    found = {scope: {str(power): np.zeros(lines) for power in POWERS} | {"highest": np.zeros(lines)} for scope in COLUMNS}
    for batch in scored(made, seq):
        chance = 1 / (1 + np.exp(-batch.line.astype(float)))
        for scope, columns in COLUMNS.items():
            for power in POWERS:
                weight = -np.log1p(-(chance[:, columns] ** power)).sum(1)
                np.add.at(found[scope][str(power)], batch.rows.line, weight)
            np.maximum.at(found[scope]["highest"], batch.rows.line, -np.log1p(-chance[:, columns]).sum(1))
    return found


def measure(stays: int, seed: int) -> list[dict]:
    rows = []
    for hospital in ("main", "other"):
        tables, oracle = sources.invented(hospital, stays, seed, lambda **_: None)
        for kind in ("gru", "lstm"):
            made = model.load(TRAINED / kind)
            seq = prepare(tables, made.words)
            known = evaluation.judged(seq, tables, targets(seq, tables.interventions), oracle)
            for scope, scores in joined(made, seq).items():
                best = metrics.average_precision(known.truth[scope], known.oracle[scope])
                ratio = {name: metrics.average_precision(known.truth[scope], score) / best for name, score in scores.items()}
                rows.append({
                    "model": kind, "hospital": hospital, "scope": scope, "stays": stays, "seed": seed,
                    "oracle_ratio": {name: round(value, 4) for name, value in ratio.items()},
                })  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stays", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=31337)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(measure(options.stays, options.seed), indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()
