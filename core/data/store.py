"""The one copy of a hospital's data: a Parquet dataset that is only appended to.

``data/<table>/part-<import_id>-NNN.parquet``. Within a part, stays are sorted and cut into blocks of
``BLOCK`` stays; row group b of each of the four tables holds exactly the rows of block b, so one number
finds a stay in all four. ``data/parts.json`` names the parts that count: it is replaced last, so a part
that was half written is never seen.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.check import conform, empty
from core.data.workspace import create, locked, parts, writable, write_json
from core.errors import Refusal
from core.schema import LINES, STAYS, TABLES, Table
from core.settings import Workspace

BLOCK = 32  # stays a row group: about 1,000 lines, read in 1 to 2 ms (tests/benchmarks/store.py)
ARROW = {"text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "flag": pa.bool_(),
         "time": pa.timestamp("us")}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """Stays with all that belongs to them; columns and dtypes as in core.schema."""

    stays: pd.DataFrame
    lines: pd.DataFrame
    observations: pd.DataFrame
    interventions: pd.DataFrame


def arrow_schema(table: Table) -> pa.Schema:
    return pa.schema([(column.name, ARROW[column.kind]) for column in table.columns])


def conformed(tables: Tables) -> Tables:
    """Every table with exactly its columns and dtypes."""
    return Tables(**{table.name: conform(table, getattr(tables, table.name)) for table in TABLES})


def no_rows() -> Tables:
    return Tables(**{table.name: empty(table) for table in TABLES})


# Writing


def append(workspace: Workspace, tables: Tables, import_id: str) -> None:
    """Add stays with their rows as one part, seen by readers all at once or not at all.

    May be called again with the same ``import_id``. Raises Refusal for rows without their stay in the
    same call ("rows_without_stay") and for a stay that is already stored ("stay_already_stored").
    """
    tables = conformed(tables)
    refuse_orphans(tables)
    create(workspace)
    staging = workspace.data / f".staging-{uuid.uuid4().hex}"
    try:
        with writable(workspace):
            staging.mkdir()
            write_blocks(tables, staging)
            with locked(workspace):
                publish(workspace, tables, staging, import_id)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_orphans(tables: Tables) -> None:
    for table in TABLES:
        orphans = ~getattr(tables, table.name)["stay_id"].isin(tables.stays["stay_id"])
        if orphans.any():
            raise Refusal("rows_without_stay", table=table.name, count=int(orphans.sum()))
    if tables.stays["stay_id"].duplicated().any():
        raise Refusal("stay_already_stored", count=int(tables.stays["stay_id"].duplicated().sum()))


def write_blocks(tables: Tables, folder: Path) -> None:
    """One file a table; row group b of each holds the stays of block b (it may hold no row)."""
    order = pd.Series(np.arange(len(tables.stays)) // BLOCK, index=tables.stays["stay_id"].sort_values().to_numpy())
    for table in TABLES:
        frame = getattr(tables, table.name)
        block = frame["stay_id"].map(order).to_numpy(np.int64)
        frame = frame.assign(block=block).sort_values(["block", "stay_id"], kind="stable")
        edges = np.searchsorted(frame["block"].to_numpy(), np.arange(int(order.max() if len(order) else -1) + 2))
        rows = pa.Table.from_pandas(frame[table.names], schema=arrow_schema(table), preserve_index=False)
        rows = rows.replace_schema_metadata(None)  # pandas' own would cost a third of read_stay
        with pq.ParquetWriter(folder / table.name, rows.schema, compression="zstd") as writer:
            for low, high in zip(edges[:-1], edges[1:], strict=True):
                writer.write_table(rows.slice(low, high - low), row_group_size=max(1, high - low))


def publish(workspace: Workspace, tables: Tables, staging: Path, import_id: str) -> None:
    """Move the files of a part into place, then name it in parts.json."""
    known = parts(workspace)
    coming = np.sort(tables.stays["stay_id"].to_numpy("S"))
    again = sum(shared(coming, stay_ids(workspace, part)) for part in known)
    if again:
        raise Refusal("stay_already_stored", count=again)
    name = f"part-{import_id}-{sum(part['import_id'] == import_id for part in known):03d}"
    for table in TABLES:
        (workspace.data / table.name).mkdir(exist_ok=True)
        os.replace(staging / table.name, part_path(workspace, table.name, name))
    rows = {table.name: len(getattr(tables, table.name)) for table in TABLES}
    write_json(workspace.data / "parts.json", [*known, {"import_id": import_id, "name": name, "rows": rows}])


def shared(a: np.ndarray, b: np.ndarray) -> int:
    """How many values two sorted arrays have in common."""
    apart = not len(a) or not len(b) or a[-1] < b[0] or b[-1] < a[0]
    return 0 if apart else len(np.intersect1d(a, b, assume_unique=True))


# Reading


def part_path(workspace: Workspace, table: str, name: str) -> Path:
    return workspace.data / table / f"{name}.parquet"


@lru_cache(maxsize=8192)
def footer(path: Path, changed_ns: int) -> pq.FileMetaData:
    """A part never changes, so its footer is parsed once."""
    return pq.read_metadata(path)


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A part to read from; one that is gone or damaged raises Refusal."""
    try:
        with pq.ParquetFile(path, metadata=footer(path, path.stat().st_mtime_ns)) as source:
            yield source
    except (OSError, pa.ArrowInvalid) as damage:
        raise Refusal("part_damaged", path=path) from damage


@lru_cache(maxsize=8192)
def _ids(path: Path, changed_ns: int) -> np.ndarray:
    with opened(path) as source:
        return source.read(["stay_id"])["stay_id"].to_pandas().to_numpy("S")


def stay_ids(workspace: Workspace, part: dict) -> np.ndarray:
    """Sorted stay ids of a part, as UTF-8 bytes: row i stands in block i // BLOCK."""
    path = part_path(workspace, STAYS.name, part["name"])
    return _ids(path, path.stat().st_mtime_ns if path.exists() else 0)


def locate(workspace: Workspace, stay_id: str) -> tuple[str, int]:
    """Part and block of a stay; an unknown stay raises Refusal."""
    wanted = np.bytes_(stay_id.encode())
    for part in parts(workspace):
        ids = stay_ids(workspace, part)
        row = int(ids.searchsorted(wanted))
        if row < len(ids) and ids[row] == wanted:
            return part["name"], row // BLOCK
    raise Refusal("unknown_stay", stay=stay_id)


def stays_named(workspace: Workspace, text: str, most: int = 5) -> list[str]:
    """The first stays whose id holds a text, in order."""
    found: list[str] = []
    for part in parts(workspace):
        ids = stay_ids(workspace, part)
        found += [one.decode() for one in ids[np.char.find(ids, text.encode()) >= 0][:most].tolist()]
    return sorted(found)[:most]


def framed(table: Table, rows: pa.Table) -> pd.DataFrame:
    """Arrow rows as a frame with the dtypes of the schema."""
    frame = rows.to_pandas()
    integers = {column.name: "Int64" for column in table.columns if column.kind == "integer"}
    return frame.astype(integers) if integers else frame


def read_stay(workspace: Workspace, stay_id: str) -> Tables:
    """One stay with its lines, observations and interventions, by reading one row group of each."""
    place = locate(workspace, stay_id)
    return Tables(**{table.name: rows_at(workspace, table, place, stay_id) for table in TABLES})


def read_lines(workspace: Workspace, stay_id: str) -> pd.DataFrame:
    """The lines of one stay, the other tables left unread."""
    return rows_at(workspace, LINES, locate(workspace, stay_id), stay_id)


def rows_at(workspace: Workspace, table: Table, place: tuple[str, int], stay_id: str) -> pd.DataFrame:
    name, block = place
    with opened(part_path(workspace, table.name, name)) as source:
        rows = source.read_row_group(block, use_threads=False)
    return framed(table, rows.filter(pc.equal(rows["stay_id"], stay_id)))


def read_table(workspace: Workspace, table: Table, columns: list[str] | None = None) -> pa.Table:
    """A whole table as Arrow, parts in order, ``columns`` only when given."""
    schema = arrow_schema(table)
    found = [(schema if columns is None else pa.schema([schema.field(name) for name in columns])).empty_table()]
    for part in parts(workspace):
        with opened(part_path(workspace, table.name, part["name"])) as source:
            found.append(source.read(columns))
    return pa.concat_tables(found)


def read_stays(workspace: Workspace) -> pd.DataFrame:
    """Every stay, without its lines."""
    return framed(STAYS, read_table(workspace, STAYS))


def read_all(workspace: Workspace) -> Tables:
    """Everything in memory: for small workspaces and tests."""
    return Tables(**{table.name: framed(table, read_table(workspace, table)) for table in TABLES})


def stream(workspace: Workspace, stays_per_batch: int = 1024) -> Iterator[Tables]:
    """Every stay once, in batches of at most ``max(stays_per_batch, BLOCK)`` stays, at constant memory."""
    step = max(1, stays_per_batch // BLOCK)
    for part in parts(workspace):
        paths = {table: part_path(workspace, table.name, part["name"]) for table in TABLES}
        with opened(paths[STAYS]) as source:
            blocks = range(source.num_row_groups)
        for low in blocks[::step]:
            yield Tables(**{table.name: read_blocks(table, path, blocks[low : low + step])
                            for table, path in paths.items()})  # fmt: skip


def read_blocks(table: Table, path: Path, blocks: range) -> pd.DataFrame:
    with opened(path) as source:
        return framed(table, source.read_row_groups(list(blocks), use_threads=False))


def counts(workspace: Workspace) -> dict[str, int]:
    """Rows by table, without opening a file."""
    return {table.name: sum(part["rows"][table.name] for part in parts(workspace)) for table in TABLES}
