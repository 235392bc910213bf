"""Places of substances: an index is the place of a substance in ``all_substances()``, -1 for one not known."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.knowledge.substances import all_substances

NOT_CHECKED = -1


@cache
def place_of() -> dict[str, int]:
    return {item.key: place for place, item in enumerate(all_substances())}


def substance_index(keys: Sequence[str]) -> np.ndarray:
    """(n,) int16 places of the keys, -1 where a key is not known."""
    places = place_of()
    return np.fromiter((places.get(key, NOT_CHECKED) for key in keys), np.int16, len(keys))
