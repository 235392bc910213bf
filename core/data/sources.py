"""Where the stays of a workspace come from, remembered until a part is added."""

from functools import lru_cache

import pyarrow.compute as pc

from core.data.store import parts, read_table
from core.schema import STAYS
from core.settings import Workspace


@lru_cache(maxsize=8)
def _sources(workspace: Workspace, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(pc.unique(read_table(workspace, STAYS, ["source"])["source"]).to_pylist())


def sources(workspace: Workspace) -> frozenset[str]:
    """Codes of stays.source that occur; ``{"invented"}`` for the demo."""
    return _sources(workspace, tuple(part["name"] for part in parts(workspace)))
