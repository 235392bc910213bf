"""Trees with context learn from the same rows as the networks."""

import numpy as np
from threadpoolctl import threadpool_limits

from core.detection import features
from core.detection.batches import Rows, assemble, cost, every, groups
from core.detection.fitting import row_weights, sampler
from core.detection.targets import Targets, row_labels
from models import context, forest

SHARE = 0.03  # of the rows that no label and no start marks, weighed by its inverse
BUDGET = 240_000.0  # partners a batch


def counted(line_codes: np.ndarray) -> np.ndarray:
    """Codes of the ATC classes that the training lines hold, sorted."""
    codes = np.unique(line_codes[:, context.CLASS_COLUMN])
    return codes[codes > 0]


def learnable(seq, wanted: Targets, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Table, labels (R, types) and weights (R,) of sampled rows of which everything is known."""
    rng, lines, found = np.random.default_rng(seed), len(seq.line_ids), []
    chosen, classes = sampler(wanted, lines, SHARE, rng), counted(seq.line_codes)
    for stays in groups(cost(seq), np.arange(len(seq.stay_ids)), BUDGET):
        batch, rows, _ = assemble(seq, stays, chosen)
        values, known = row_labels(wanted, rows, lines)
        kept = known.min(1) > 0
        weight = row_weights(rows, wanted, lines, SHARE) * known.max(1)
        found.append((context.context_table(batch, classes)[kept], values[kept], weight[kept]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def fit(kind: str, seq, wanted: Targets, seed: int, threads: int):
    """Forest or boosting with context, fitted."""
    with threadpool_limits(threads):
        return context.fit(kind, *learnable(seq, wanted, seed), counted(seq.line_codes), seed, threads)


def rows_asked(kind: str):
    """The forest on the line alone is asked once, where the line begins; everything else at every instant."""
    return begun if kind == "forest" else every


def begun(rows: Rows) -> np.ndarray:
    return rows.began


def row_logits(kind: str, fitted, batch) -> np.ndarray:
    """(R, types) logits of a forest or of a boosting."""
    table = forest.line_table(batch) if kind == "forest" else context.context_table(batch, fitted.counted_)
    return forest.logits_of(fitted, table, len(features.TYPES))
