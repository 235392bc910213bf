"""Where the stays of a workspace come from, remembered until a part is added."""

from collections.abc import Iterable
from functools import lru_cache

import pyarrow.compute as pc

from core.data.store import parts, read_table
from core.errors import Refusal
from core.schema import INVENTED, STAYS
from core.settings import Workspace


@lru_cache(maxsize=8)
def _sources(workspace: Workspace, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(pc.unique(read_table(workspace, STAYS, ["source"])["source"]).to_pylist())


def sources(workspace: Workspace) -> frozenset[str]:
    """Codes of stays.source that occur; ``{"invented"}`` for the demo."""
    return _sources(workspace, tuple(part["name"] for part in parts(workspace)))


def unmixed(workspace: Workspace, coming: Iterable[str]) -> None:
    """Refusal where invented stays and those of patients would come to lie together: figures, labels and alerts of one would be
    taken for those of the other."""
    there, coming = sources(workspace), frozenset(coming)
    if INVENTED in there | coming and len(there | coming) > 1:
        code = "workspace_invented" if INVENTED in there else "workspace_of_patients" if there else "stays_mixed"
        raise Refusal(code, path=workspace.path)
