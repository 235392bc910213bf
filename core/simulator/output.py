"""A simulated hospital in a workspace: tables in the store, truth and oracle beside it under truth/."""

import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.sources import unmixed
from core.data.store import Tables, append
from core.schema import INVENTED
from core.settings import Workspace
from core.simulator.hospital import Hospital
from core.simulator.simulate import BLOCK, Chunk, simulate

BLOCKS_A_PART = 8  # 4,000 stays a Parquet part: few files, little memory
HIDDEN = ("truth", "oracle")


def populate(  # noqa: PLR0913  each is one thing that a caller decides
    workspace: Workspace, hospital: Hospital, stays: int, seed: int, *, processes: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:  # fmt: skip
    """Simulate into a workspace, part by part at constant memory; rows written, by table.

    ``progress`` is told stays done and stays wanted. Raises Refusal when these stays are stored already or where stays of patients are.
    """
    unmixed(workspace, {INVENTED})
    import_id, written, done = import_of(hospital.name, seed), dict.fromkeys((f.name for f in fields(Tables)), 0), 0
    for number, chunk in enumerate(parts(simulate(hospital, stays, seed, processes))):
        append(workspace, chunk.tables, import_id)
        for name in HIDDEN:
            write_hidden(workspace, name, f"{import_id}-{number:04d}", getattr(chunk, name))
        for name in written:
            written[name] += len(getattr(chunk.tables, name))
        done += len(chunk.tables.stays)
        progress(done, stays)
    return written


def import_of(hospital: str, seed: int) -> str:
    """The name of the import of simulated stays: what one needs to make them again, but for their number."""
    return f"simulated-{hospital}-{seed}"


def parts(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Chunks put together, ``BLOCKS_A_PART`` at a time."""
    waiting: list[Chunk] = []
    for chunk in chunks:
        waiting.append(chunk)
        if len(waiting) == BLOCKS_A_PART or len(chunk.tables.stays) < BLOCK:
            yield whole(waiting)
            waiting = []
    if waiting:
        yield whole(waiting)


def whole(chunks: list[Chunk]) -> Chunk:
    tables = Tables(**{
        field.name: pd.concat([getattr(c.tables, field.name) for c in chunks], ignore_index=True)
        for field in fields(Tables)
    })  # fmt: skip
    return Chunk(tables, *(pd.concat([getattr(c, name) for c in chunks], ignore_index=True) for name in HIDDEN))


def write_hidden(workspace: Workspace, name: str, part: str, frame: pd.DataFrame) -> None:
    folder = workspace.path / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}-{part}"
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), temporary, compression="zstd")
    os.replace(temporary, folder / f"{name}-{part}.parquet")


def read_hidden(workspace: Workspace, name: str, line_ids: pd.Series | None = None) -> pd.DataFrame:
    """``truth`` or ``oracle`` of everything simulated into a workspace; columns as in core/simulator/README.md.

    With ``line_ids`` only what stands between the first and the last of them is read: a part has ids of its own.
    """
    files: list[Path] = sorted((workspace.path / "truth").glob(f"{name}-*.parquet"))
    between = None
    if line_ids is not None:
        between = [("line_id", ">=", line_ids.min()), ("line_id", "<=", line_ids.max())]
    return pd.concat([pd.read_parquet(file, filters=between) for file in files], ignore_index=True)
