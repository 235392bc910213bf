"""Every pair of substances at once: the strongest level that their names leave possible."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.knowledge.conditions import BITS, unknown_facts
from core.knowledge.firing import firing, judge
from core.knowledge.matrix import NOT_CHECKED, substance_index
from core.knowledge.substances import all_substances

CODES = {"": 0, "apec": 1, "pe": 2, "ad": 3, "ci": 4}


def strongest(bits: np.ndarray) -> np.ndarray:
    """(n,) 0 to 4 of the strongest level in each mask."""
    found = np.zeros(len(bits), np.int8)
    for level in ("apec", "pe", "ad", "ci"):
        found[bits & BITS[level] > 0] = CODES[level]
    return found


@cache
def dense_levels() -> np.ndarray:
    """(n + 1, n + 1) int8, strongest level that may apply; last row and column are -1, diagonal 0."""
    size = len(all_substances())
    codes = np.unique(firing()[0])
    left, right = np.divmod(codes, size)
    judged = judge(unknown_facts(left, right))
    levels = np.zeros((size + 1, size + 1), np.int8)
    np.maximum.at(levels, (left[judged.pair], right[judged.pair]), strongest(judged.bits))
    levels = np.maximum(levels, levels.T)
    levels[-1, :] = levels[:, -1] = NOT_CHECKED
    levels.flags.writeable = False
    return levels


def level_matrix(keys: Sequence[str]) -> np.ndarray:
    """(n, n) int8: 0 nothing listed, 1 apec, 2 pe, 3 ad, 4 ci (strongest possible), -1 not checked."""
    places = substance_index(keys)
    return dense_levels()[np.ix_(places, places)]
