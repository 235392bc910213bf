"""Small array helpers: rows of the same stay meet, values are carried forward."""

import numpy as np


def meet(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (row of left, row of right) of the same stay; right must be sorted by stay."""
    low, high = np.searchsorted(right, left, "left"), np.searchsorted(right, left, "right")
    return expand(low, high)


def expand(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows i repeated over range(low[i], high[i])."""
    count = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(low)), count)
    first = np.cumsum(count) - count
    return rows, np.arange(len(rows)) - np.repeat(first, count) + np.repeat(low, count)


def choose(options: list[tuple[list, np.ndarray]], which: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """For each row the value of options[which] at the quantile ``draw`` of its cumulated shares."""
    width = max(len(values) for values, _ in options)
    shares = np.array([np.pad(share, (0, width - len(share)), constant_values=2.0) for _, share in options])
    values = np.array([list(value) + [value[-1]] * (width - len(value)) for value, _ in options])
    return values[which, (draw[:, None] >= shares[which]).sum(1).clip(max=width - 1)]


def total(rows: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(rows, values, size)


def best_before(value: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Highest earlier value of the same group, 0 for its first row; groups are contiguous and grow."""
    best = np.maximum.accumulate(value + group * 2.0) - group * 2.0
    first = np.r_[True, group[1:] != group[:-1]]
    return np.where(first, 0.0, np.r_[0.0, best[:-1]])
