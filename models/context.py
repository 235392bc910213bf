"""Trees that are told what is active beside the line: the strongest of the usual ways.

A row is described by its line, its patient's state, how many lines of each ATC class are active
beside it, and the sums and maxima of its relations with them (listed levels, same substance or
class, summed dose over the maximum).
"""

import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier

from models.batch import Batch
from models.forest import line_table

CLASS_COLUMN = 1  # second level of the ATC among the codes of a line: some 90 therapeutic groups
LEAST = 5  # a type with fewer positive rows is not learned
ROWS_A_TREE = 100_000  # drawn anew for each tree of the forest


def context_table(batch: Batch, classes: np.ndarray) -> np.ndarray:
    """(R, columns) float32; ``classes`` are the sorted codes that are counted, one column each."""
    of, pair, rows = batch.partner_row, batch.partner_pair, len(batch.row_line)
    relations = batch.relations[pair]  # (Q, relations)
    empty = torch.zeros(rows, relations.shape[1])
    strongest = empty.scatter_reduce(0, of.unsqueeze(1).expand_as(relations), relations, "amax")
    code = batch.line_codes[batch.pair_other[pair], CLASS_COLUMN].numpy()
    column = np.searchsorted(classes, code).clip(max=max(len(classes) - 1, 0))
    known = classes[column] == code if len(classes) else np.zeros(len(code), dtype=bool)
    counts = np.zeros((rows, len(classes)), dtype=np.float32)
    np.add.at(counts, (of.numpy()[known], column[known]), 1)
    parts = (
        line_table(batch), batch.row_age.numpy(), torch.bincount(of, minlength=rows).unsqueeze(1).numpy(),
        empty.index_add(0, of, relations).numpy(), strongest.numpy(), counts,
    )  # fmt: skip
    return np.concatenate(parts, 1, dtype=np.float32, casting="unsafe")


def fit(  # noqa: PLR0913
    kind: str, table: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: np.ndarray, seed: int, threads: int
) -> RandomForestClassifier | MultiOutputClassifier:
    """Trees over the types that occur; ``labels`` (R, types) of 0 and 1, ``weights`` (R,)."""
    present = np.flatnonzero(labels.sum(0) >= LEAST)
    trees = MAKERS[kind](seed, threads, len(table))
    trees.fit(table, labels[:, present].astype(np.int8), sample_weight=weights)
    trees.types_, trees.counted_ = [int(each) for each in present], classes
    return trees


def boosting(seed: int, threads: int, rows: int) -> MultiOutputClassifier:
    """One boosting a type."""
    one = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.12, max_leaf_nodes=31, min_samples_leaf=40, l2_regularization=1.0,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    return MultiOutputClassifier(one, n_jobs=1)


def forest(seed: int, threads: int, rows: int) -> RandomForestClassifier:
    """As the forest on the line alone, each tree on a part of the rows."""
    return RandomForestClassifier(
        60, max_leaf_nodes=400, min_samples_leaf=5, max_features=0.3, random_state=seed, n_jobs=threads,
        max_samples=min(1.0, ROWS_A_TREE / rows),
    )  # fmt: skip


MAKERS = {"forest_context": forest, "boosting_context": boosting}
KINDS = tuple(MAKERS)
