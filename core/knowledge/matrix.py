"""Every pair of substances at once: dense relations for callers that ask for whole stays.

An index is the place of a substance in ``all_substances()``; -1 is a substance not known.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.knowledge.substances import all_substances, members_of, read_facts, substances_by_key

CODES = {"": 0, "apec": 1, "pe": 2, "ad": 3, "ci": 4}
NOT_CHECKED = -1


@cache
def place_of() -> dict[str, int]:
    return {item.key: place for place, item in enumerate(all_substances())}


def substance_index(keys: Sequence[str]) -> np.ndarray:
    """(n,) int16 places of the keys, -1 where a key is not known."""
    places = place_of()
    return np.fromiter((places.get(key, NOT_CHECKED) for key in keys), np.int16, len(keys))


def bearers(label: str) -> np.ndarray:
    """(m,) places of the substances that a label of the thesaurus stands for."""
    keys = set(members_of().get(label, ())) | ({label} & substances_by_key().keys())
    return substance_index(sorted(keys)).astype(np.intp)


@cache
def dense_levels() -> np.ndarray:
    """(n + 1, n + 1) int8, strongest level that may apply; last row and column are -1, diagonal 0."""
    size = len(all_substances())
    levels = np.zeros((size + 1, size + 1), np.int8)
    for row in read_facts("pairs.csv"):
        code = CODES[row["levels"].split("+")[0]]
        left, right = bearers(row["a"]), bearers(row["b"])
        block = np.ix_(left, right)
        levels[block] = np.maximum(levels[block], code)
    levels = np.maximum(levels, levels.T)
    np.fill_diagonal(levels, 0)
    levels[-1, :] = levels[:, -1] = NOT_CHECKED
    levels.flags.writeable = False
    return levels


def level_matrix(keys: Sequence[str]) -> np.ndarray:
    """(n, n) int8: 0 nothing listed, 1 apec, 2 pe, 3 ad, 4 ci (strongest possible), -1 not checked."""
    places = substance_index(keys)
    return dense_levels()[np.ix_(places, places)]
