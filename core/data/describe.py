"""What a workspace holds, in figures: counts, period, lines a stay, concomitant lines, gaps, drugs, imports."""

import json

import duckdb
import numpy as np
import pandas as pd

from core.data import store
from core.data.workspace import parts
from core.schema import TABLES
from core.settings import Workspace

QUANTILES = (0.1, 0.5, 0.9, 1.0)
SAMPLE = 2000  # stays on which concomitance is counted; more changes the median by less than a line
TOP = 20


def describe(workspace: Workspace) -> dict:
    """JSON-ready; an empty workspace has counts of 0 and nothing else that could be wrong."""
    counts = store.counts(workspace)
    answer = {"workspace": str(workspace.path), "counts": counts, "imports": imports(workspace)}
    if not counts["stays"]:
        return answer
    with duckdb.connect() as db:
        for table in TABLES:
            db.execute(f"CREATE VIEW {table.name} AS SELECT * FROM {source(workspace, table.name)}")
        return answer | {
            "period": period(db), "sources": tally(db, "stays", "source"), "wards": tally(db, "stays", "ward"),
            "lines_per_stay": lines_per_stay(db), "concomitant_lines": concomitant(workspace),
            "missing": missing(db), "top_drugs": top_drugs(db), "unknown_drugs": unknown_drugs(db),
            "routes": tally(db, "lines", "route"), "observations": tally(db, "observations", "kind"),
        }  # fmt: skip


def source(workspace: Workspace, table: str) -> str:
    """Only the parts that count: a half-written one is never read."""
    paths = [str(store.part_path(workspace, table, part["name"])) for part in parts(workspace)]
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}])"


def imports(workspace: Workspace) -> list[dict]:
    """Reports of all imports, oldest first: rows, kept, set aside by reason, notes."""
    files = (workspace.path / "imports").glob("*.json")
    return sorted((json.loads(file.read_text("utf-8")) for file in files), key=lambda report: report["imported_at"])


def set_aside(workspace: Workspace) -> pd.DataFrame:
    """Rows set aside over all imports: import_id, table, row, reason, column, content (the row as it was)."""
    columns = ["import_id", "table", "row", "reason", "column", "content"]
    files = sorted((workspace.path / "imports").glob("*-set-aside.csv"))
    frames = [pd.read_csv(file).assign(import_id=file.name.removesuffix("-set-aside.csv")) for file in files]
    return pd.concat([pd.DataFrame(columns=columns), *(frame for frame in frames if len(frame))])[columns]


def tally(db: duckdb.DuckDBPyConnection, table: str, column: str) -> dict[str, int]:
    sql = f"SELECT {column}, count(*) AS n FROM {table} GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP}"
    return {str(name): n for name, n in db.execute(sql).fetchall()}


def period(db: duckdb.DuckDBPyConnection) -> dict:
    first, last, days = db.execute(
        "SELECT min(admitted_at), max(admitted_at), median(date_diff('hour', admitted_at, discharged_at)) / 24"
        " FROM stays"
    ).fetchone()  # fmt: skip
    return {"first_admission": str(first), "last_admission": str(last), "median_days": days}


def lines_per_stay(db: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Lines and distinct drugs of a stay, over stays that have lines."""
    cuts = list(QUANTILES)
    lines, drugs = db.execute(
        f"SELECT quantile_cont(n, {cuts}), quantile_cont(d, {cuts}) FROM (SELECT count(*) AS n,"
        " count(DISTINCT coalesce(nullif(substances, ''), drug)) AS d FROM lines GROUP BY stay_id)"
    ).fetchone()
    names = [f"p{int(cut * 100)}" for cut in QUANTILES]
    return {"lines": dict(zip(names, lines or [], strict=False)), "drugs": dict(zip(names, drugs or [], strict=False))}


def concomitant(workspace: Workspace) -> dict[str, float]:
    """Lines active at the start of a line, itself included; over the first SAMPLE stays."""
    batch = next(store.stream(workspace, SAMPLE), store.no_rows())
    active = [count for _, lines in batch.lines.groupby("stay_id", sort=False) for count in active_at_starts(lines)]
    return {f"p{int(cut * 100)}": float(np.quantile(active, cut)) for cut in QUANTILES} if active else {}


def active_at_starts(lines: pd.DataFrame) -> np.ndarray:
    """Per line of one stay: how many lines are active when it starts. (n,)"""
    starts = np.sort(lines["started_at"].to_numpy())
    ends = np.sort(lines["ended_at"].dropna().to_numpy())
    return starts.searchsorted(starts, "right") - ends.searchsorted(starts, "right")


def missing(db: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Share of lines without a value, for columns that may be empty."""
    columns = ("substances", "atc", "dose", "unit", "times_per_day", "ended_at", "ward")
    shares = ", ".join(f"avg(({c} IS NULL OR CAST({c} AS VARCHAR) = '')::INT)" for c in columns)
    return dict(zip(columns, db.execute(f"SELECT {shares} FROM lines").fetchone(), strict=True))


def top_drugs(db: duckdb.DuckDBPyConnection) -> list[dict]:
    sql = "SELECT substances, count(*) AS n FROM lines WHERE substances <> '' GROUP BY 1 ORDER BY n DESC, 1 LIMIT ?"
    return [{"substances": name, "lines": n} for name, n in db.execute(sql, [TOP]).fetchall()]


def unknown_drugs(db: duckdb.DuckDBPyConnection) -> dict:
    """Lines whose drug could not be resolved, and the most frequent names among them."""
    where = "FROM lines WHERE coalesce(substances, '') = ''"
    total = db.execute(f"SELECT count(*) {where}").fetchone()[0]
    rows = db.execute(f"SELECT drug, count(*) AS n {where} GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP}").fetchall()
    return {"lines": total, "names": [{"drug": name, "lines": n} for name, n in rows]}
