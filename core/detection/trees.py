"""Trees learn from the same rows as the networks, with the same things hidden."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from core.detection import features
from core.detection.batches import Rows, assemble, cost, every, groups
from core.detection.drawing import Draw, Shares
from core.detection.hiding import hide
from core.detection.recipe import Recipe
from core.detection.targets import Targets, row_labels
from core.detection.withheld import blank
from core.errors import Refusal
from models import context, forest
from models.batch import Batch

SHARES = Shares(1.0, 1.0, 0.03)
BUDGET = 240_000.0  # partners a batch


def counted(line_codes: np.ndarray) -> np.ndarray:
    """Codes of the ATC classes that the training lines hold, sorted."""
    codes = np.unique(line_codes[:, context.CLASS_COLUMN])
    return codes[codes > 0]


Unknown = dict[int, int]


def hidden(seq, recipe: Recipe, unknown: Unknown, chosen: Callable[[Rows], np.ndarray]) -> Iterator[tuple[Batch, Rows]]:
    """The batches of all stays, with what networks too are not told."""
    torch.manual_seed(recipe.seed)
    for stays in groups(cost(seq), np.arange(len(seq.stay_ids)), BUDGET):
        batch, rows, _ = assemble(seq, stays, chosen)
        yield blank(hide(batch, unknown, recipe.hidden, recipe.unsaid), seq.without), rows


def starts(seq, wanted: Targets, recipe: Recipe, unknown: Unknown) -> tuple[np.ndarray, np.ndarray]:
    """Table and labels (N, types) of every line where it begins; positive for a type that it ever has."""
    tables, labels = [], []
    first = Targets(**{**vars(wanted), "first": seq.line_start[wanted.line]})
    for batch, rows in hidden(seq, recipe, unknown, begun):
        tables.append(forest.line_table(batch))
        labels.append(row_labels(first, rows, len(seq.line_ids))[0])
    return np.concatenate(tables), np.concatenate(labels)


def learnable(seq, wanted: Targets, recipe: Recipe, unknown: Unknown) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Table, labels (R, types) and weights (R,) of sampled rows of which everything is known."""
    rng, lines, found = np.random.default_rng(recipe.seed), len(seq.line_ids), []
    draw, classes = Draw(wanted, lines, SHARES, rng), counted(seq.line_codes)
    for batch, rows in hidden(seq, recipe, unknown, draw):
        values, known = row_labels(wanted, rows, lines)
        kept = known.min(1) > 0
        weight = draw.weights(rows) * known.max(1)
        found.append((context.context_table(batch, classes)[kept], values[kept], weight[kept]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def fit(kind: str, seq, wanted: Targets, recipe: Recipe, unknown: Unknown):
    """Forest or boosting with context, fitted."""
    with threadpool_limits(recipe.threads):
        table, labels, weights = learnable(seq, wanted, recipe, unknown)
        if labels.sum(0).max() < context.LEAST:
            raise Refusal("few_of_a_type", model=kind, most=int(labels.sum(0).max()), least=context.LEAST)
        return context.fit(kind, table, labels, weights, counted(seq.line_codes), recipe.seed, recipe.threads)


def rows_asked(kind: str):
    """The forest on the line alone is asked once, where the line begins; everything else at every instant."""
    return begun if kind == "forest" else every


def begun(rows: Rows) -> np.ndarray:
    return rows.began


def row_logits(kind: str, fitted, batch) -> np.ndarray:
    """(R, types) logits of a forest or of a boosting."""
    table = forest.line_table(batch) if kind == "forest" else context.context_table(batch, fitted.counted_)
    return forest.logits_of(fitted, table, len(features.TYPES))
