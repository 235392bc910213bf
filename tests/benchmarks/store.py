"""Reading one stay and streaming all of them: Arrow by row group beside DuckDB, on the same Parquet files.

``python -m tests.benchmarks.store --json`` makes a workspace of 100,000 stays and 3,000,000 lines that are all alike
(the content does not matter here), about 40 s on two cores, and measures in one run.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from core.data import store
from core.schema import TABLES
from core.settings import Workspace
from tests.stays import intervention_rows, line_rows, observation_rows, stay_rows

READS = 50


def filled(workspace: Workspace, stays: int, lines_per_stay: int, parts: int) -> list[str]:
    """Append ``parts`` imports whose stays interleave, as keyed pseudonyms do; returns all stay ids."""
    random = np.random.default_rng(0)
    ids = [f"{n:016x}" for n in random.permutation(stays).astype("uint64") * 0x9E3779B97F4A7C15]
    for number in range(parts):
        some = ids[number::parts]
        lines = line_rows([stay for stay in some for _ in range(lines_per_stay)])
        tables = store.Tables(stay_rows(some), lines, observation_rows(some), intervention_rows(list(lines["stay_id"])))
        store.append(workspace, tables, f"made{number}")
    return ids


def by_duckdb(connection: duckdb.DuckDBPyConnection, workspace: Workspace, stay_id: str) -> list:
    return [
        connection.execute(
            f"SELECT * FROM read_parquet('{workspace.data}/{table.name}/*.parquet') WHERE stay_id = ?", [stay_id]
        ).df()
        for table in TABLES
    ]  # fmt: skip


def milliseconds(read: Callable[[str], object], ids: list[str]) -> dict[str, float]:
    """First call, then median and 95th percentile of the others."""
    taken = []
    for stay_id in ids:
        start = time.perf_counter()
        read(stay_id)
        taken.append((time.perf_counter() - start) * 1000)
    rest = sorted(taken[1:])
    return {"first_ms": taken[0], "p50_ms": statistics.median(rest), "p95_ms": rest[int(0.95 * len(rest))]}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def stream_duckdb(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> int:
    """All lines in order of their stay, as frames."""
    query = connection.execute(
        f"SELECT * FROM read_parquet('{workspace.data}/lines/*.parquet') ORDER BY stay_id"
    )  # fmt: skip
    return sum(len(batch.to_pandas()) for batch in query.to_arrow_reader(30_000))


def measured(stays: int, lines_per_stay: int, parts: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w")
        write = seconds(lambda: filled(workspace, stays, lines_per_stay, parts))
        ids = list(np.random.default_rng(1).choice(store.read_stays(workspace)["stay_id"].to_numpy(), READS))
        connection = duckdb.connect()
        connection.execute("SET threads = 2")
        return {
            "stays": stays, "lines": store.counts(workspace)["lines"], "parts": parts, "write_s": write,
            "megabytes": sum(path.stat().st_size for path in workspace.data.rglob("*.parquet")) / 1e6,
            "read_stay_arrow": milliseconds(lambda stay: store.read_stay(workspace, stay), ids),
            "read_stay_duckdb": milliseconds(lambda stay: by_duckdb(connection, workspace, stay), ids[:10]),
            "stream_arrow_s": seconds(lambda: sum(len(t.lines) for t in store.stream(workspace, 1024))),
            "stream_duckdb_lines_only_s": seconds(lambda: stream_duckdb(connection, workspace)),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stays", type=int, default=100_000)
    parser.add_argument("--lines-per-stay", type=int, default=30)
    parser.add_argument("--parts", type=int, default=20)
    options = parser.parse_args()
    answer = measured(options.stays, options.lines_per_stay, options.parts)
    print(json.dumps(answer, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
