"""Uniform draws that belong to a fact and not to a moment of the program: the same key, the same number."""

import numpy as np

STEP = np.uint64(0x9E3779B97F4A7C15)


def mixed(value: np.ndarray) -> np.ndarray:
    """SplitMix64 finaliser (Steele, Lea and Flood, OOPSLA 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def draw(seed: int, *keys: np.ndarray | int) -> np.ndarray:
    """Uniform numbers in [0, 1), one for each row of the keys; arithmetic is modulo 2**64."""
    state = np.full(1, seed, np.uint64)
    for key in keys:
        state = mixed((state + STEP) ^ mixed(np.atleast_1d(key).astype(np.int64).view(np.uint64) + STEP))
    return (state >> np.uint64(11)).astype(float) / float(1 << 53)
