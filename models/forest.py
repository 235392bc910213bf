"""The forest on the line alone, as its predecessor of 2023 did: an honest baseline."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from models.batch import Batch

LOW = -20.0
STAY_CODES = 128  # columns for ward, sex and diagnoses of a stay; codes beyond share the last


def line_table(batch: Batch) -> np.ndarray:
    """(R, columns) what stands on the line, its stay and the patient's state; nothing of its partners."""
    line, instant = batch.row_line.numpy(), batch.row_instant.numpy()
    stay = batch.instant_stay.numpy()[instant]
    parts = (batch.line_codes[:, :8].numpy()[line], batch.line_numbers.numpy()[line], batch.state.numpy()[instant],
             stay_table(batch)[stay], batch.row_limits.numpy())  # fmt: skip
    return np.concatenate(parts, 1).astype(np.float32)


def stay_table(batch: Batch) -> np.ndarray:
    """(B, STAY_CODES) 1 where a stay has the code."""
    codes = batch.stay_codes.numpy().clip(max=STAY_CODES - 1)
    table = np.zeros((len(codes), STAY_CODES), dtype=np.float32)
    table[np.arange(len(codes))[:, None], codes] = 1
    table[:, 0] = 0  # padding
    return table


def fit(table: np.ndarray, labels: np.ndarray, seed: int, threads: int, trees: int = 60) -> RandomForestClassifier:
    """A forest over the types that occur; ``labels`` (R, types) of 0 and 1."""
    forest = RandomForestClassifier(trees, max_leaf_nodes=400, min_samples_leaf=5, max_features=0.3,
                                    random_state=seed, n_jobs=threads)  # fmt: skip
    present = np.flatnonzero(labels.sum(0) > 0)
    forest.fit(table, labels[:, present].astype(np.int8))
    forest.types_ = [int(each) for each in present]
    return forest


def logits_of(forest: RandomForestClassifier, table: np.ndarray, types: int) -> np.ndarray:
    """(R, types) logits; types never seen in training stay at the floor."""
    logits = np.full((len(table), types), LOW, dtype=np.float32)
    if not len(logits):
        return logits
    found = forest.predict_proba(table)
    found = found if isinstance(found, list) else [found]
    for kind, chance in zip(forest.types_, found, strict=True):
        p = np.clip(chance[:, -1] if chance.shape[1] > 1 else np.zeros(len(logits)), 1e-6, 1 - 1e-6)
        logits[:, kind] = np.log(p / (1 - p))
    return logits
