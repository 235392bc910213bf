"""Places of substances: an index is the place of a substance in ``all_substances()``, -1 for one not known."""

from collections.abc import Sequence
from functools import cache
from itertools import repeat

import numpy as np

from core.knowledge.substances import all_substances

NOT_CHECKED = -1


@cache
def place_of() -> dict[str, int]:
    return {item.key: place for place, item in enumerate(all_substances())}


def substance_index(keys: Sequence[str]) -> np.ndarray:
    """(n,) int16 places of the keys, -1 where a key is not known."""
    places = place_of()
    return np.array([*map(places.get, keys, repeat(NOT_CHECKED))], np.int16)
