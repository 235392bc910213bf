"""Which rows are learned from: those that a label speaks of, and a share of the others, weighed by its inverse.

Most rows are no error and much like each other. Each weighs as much as it stands for, so that the sum over a batch stays the same; divided by
the rows that were drawn, the loss told is some three times the mean with ``MORE``, and more where stays are long.
"""

from typing import NamedTuple

import numpy as np

from core.detection.batches import Rows
from core.detection.targets import Targets


class Shares(NamedTuple):
    """How many of the rows that no label speaks of are drawn: where lines begin, later where the line has a label at
    another instant, and all others."""

    begins: float = 0.3
    labelled: float = 0.2
    others: float = 0.1


# Twice as many rows, of which the shipped networks and the committed race learned: a third more time, no better at 20,000
# and at 100,000 stays, and better to go on from a shipped network (tests/benchmarks/README.md).
MORE = Shares(1.0, 1.0, 0.15)


class Draw:
    """Draws rows of sequences that have ``lines`` lines."""

    def __init__(self, wanted: Targets, lines: int, shares: Shares, rng: np.random.Generator) -> None:
        self.shares, self.rng = shares, rng
        self.first, self.last = np.full(lines, np.iinfo(np.int64).max), np.full(lines, -1)
        np.minimum.at(self.first, wanted.line, wanted.first)
        np.maximum.at(self.last, wanted.line, wanted.last)

    def __call__(self, rows: Rows) -> np.ndarray:
        """(R,) bool, the rows that are drawn."""
        return self.rng.random(len(rows.line)) < self.chances(rows)

    def chances(self, rows: Rows) -> np.ndarray:
        """(R,) of each row to be drawn."""
        first, last = self.first[rows.line], self.last[rows.line]
        spoken = (rows.instant >= first) & (rows.instant <= last)
        later = np.where(last >= 0, self.shares.labelled, self.shares.others)
        return np.where(spoken, 1.0, np.where(rows.began, self.shares.begins, later))

    def weights(self, rows: Rows) -> np.ndarray:
        """(R,) float32, how many rows each stands for."""
        return (1 / self.chances(rows)).astype(np.float32)
