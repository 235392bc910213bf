"""Runs of different length laid end to end, without a Python loop."""

import numpy as np


def offsets(counts: np.ndarray) -> np.ndarray:
    """Where each run begins, and the end of the last: (len(counts) + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def ranges(first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """first[0], first[0] + 1, …, then the run of first[1], …: (counts.sum(),)."""
    begin = offsets(counts)
    return np.arange(begin[-1]) - np.repeat(begin[:-1], counts) + np.repeat(first, counts)
