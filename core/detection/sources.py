"""Where training and evaluation take their stays from: a workspace, an invented hospital, or both."""

from collections.abc import Callable, Iterator
from dataclasses import fields

import pandas as pd

from core.data import store
from core.data.sources import sources as origins
from core.errors import Refusal
from core.schema import INVENTED
from core.settings import Workspace
from core.simulator import HOSPITALS, Chunk, output, simulate

STAYS_A_PART = 4000  # held at once where stays are measured part by part


def joined(parts: list[store.Tables]) -> store.Tables:
    names = [field.name for field in fields(store.Tables)]
    return store.Tables(**{name: pd.concat([getattr(p, name) for p in parts], ignore_index=True) for name in names})


def filled(workspace: Workspace) -> dict[str, int]:
    """Rows by table of a workspace; refused when it is not there or holds no line."""
    if not workspace.path.exists():
        raise Refusal("workspace_missing", path=workspace.path)
    counts = store.counts(workspace)
    if not counts["lines"]:
        raise Refusal("workspace_without_lines", path=workspace.path)
    return counts


def chunks(hospital: str, stays: int, seed: int) -> Iterator[Chunk]:
    """Stays of an invented hospital, block by block; refused when none is asked for."""
    if stays < 1:
        raise Refusal("not_positive", option="--stays", value=stays)
    return simulate(HOSPITALS[hospital], stays, seed)


def invented(hospital: str, stays: int, seed: int, tell: Callable[..., None]) -> tuple[store.Tables, pd.DataFrame]:
    """Stays of an invented hospital and what its oracle knows of them."""
    tables, oracles, done = [], [], 0
    for chunk in chunks(hospital, stays, seed):
        tables.append(chunk.tables)
        oracles.append(chunk.oracle)
        done += len(chunk.tables.stays)
        tell(stage="invent", done=done, total=stays)
    return joined(tables), pd.concat(oracles, ignore_index=True)


def invented_parts(
    hospital: str, stays: int, seed: int, tell: Callable[..., None]
) -> Iterator[tuple[store.Tables, pd.DataFrame]]:
    """The same stays some thousands at a time, told of once the next are asked for."""
    done = 0
    for chunk in output.parts(chunks(hospital, stays, seed)):
        yield chunk.tables, chunk.oracle
        done += len(chunk.tables.stays)
        tell(stage="evaluate", done=done, total=stays)


def stored_parts(workspace: Workspace, tell: Callable[..., None]) -> Iterator[tuple[store.Tables, pd.DataFrame | None]]:
    """The stays of a workspace some thousands at a time, with what its oracle knows of them where it was simulated;
    refused as ``filled`` says."""
    counts, simulated, done = filled(workspace), knows_all(workspace), 0
    for tables in store.stream(workspace, STAYS_A_PART):
        if len(tables.lines):
            yield tables, output.read_hidden(workspace, "oracle", tables.lines["line_id"]) if simulated else None
        done += len(tables.stays)
        tell(stage="evaluate", done=done, total=counts["stays"])


def knows_all(workspace: Workspace) -> bool:
    """Whether an oracle knows every stay of a workspace: all were simulated, none came from a hospital."""
    simulated = (workspace.path / "truth").exists()
    return simulated and origins(workspace) == {INVENTED}


def oracle_of(workspace: Workspace) -> pd.DataFrame | None:
    """What the oracle knows of a workspace; None where it does not know every stay."""
    return output.read_hidden(workspace, "oracle") if knows_all(workspace) else None


def stored(workspace: Workspace) -> store.Tables:
    """Every stay of a workspace; refused when it is not there or holds no line."""
    filled(workspace)
    return store.read_all(workspace)
