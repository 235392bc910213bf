"""Where training and evaluation take their stays from: a workspace, an invented hospital, or both."""

from collections.abc import Callable
from dataclasses import fields

import pandas as pd

from core.data import store
from core.errors import Refusal
from core.settings import Workspace
from core.simulator import HOSPITALS, simulate


def joined(parts: list[store.Tables]) -> store.Tables:
    names = [field.name for field in fields(store.Tables)]
    return store.Tables(**{name: pd.concat([getattr(p, name) for p in parts], ignore_index=True) for name in names})


def invented(hospital: str, stays: int, seed: int, tell: Callable[..., None]) -> tuple[store.Tables, pd.DataFrame]:
    """Stays of an invented hospital and what its oracle knows of them."""
    if stays < 1:
        raise Refusal("not_positive", option="--stays", value=stays)
    tables, oracles, done = [], [], 0
    for chunk in simulate(HOSPITALS[hospital], stays, seed):
        tables.append(chunk.tables)
        oracles.append(chunk.oracle)
        done += len(chunk.tables.stays)
        tell(stage="invent", done=done, total=stays)
    return joined(tables), pd.concat(oracles, ignore_index=True)


def stored(workspace: Workspace) -> store.Tables:
    """Every stay of a workspace; refused when it holds no line."""
    tables = store.read_all(workspace)
    if not len(tables.lines):
        raise Refusal("workspace_without_lines", path=workspace.path)
    return tables
