"""What is doubtful among the rows that were kept: each check counts, none mends."""

from dataclasses import dataclass

import duckdb

from core.data import store
from core.data.describe import source
from core.schema import OBSERVATIONS, TABLES
from core.settings import Workspace

EXAMPLES = 5
PLAUSIBLE = {  # far outside what a living adult shows: a unit or a decimal gone wrong (bounds set wide on purpose)
    "creatinine": (10, 3000), "egfr": (0, 250), "potassium": (1, 12), "inr": (0.5, 30), "weight": (2, 400),
    "qtc": (200, 900), "temperature": (25, 45), "glucose": (0.5, 100), "sodium": (90, 200),
}  # fmt: skip
USUAL = {  # a hospital's median lies near the reference range of adults, bounds set wide on purpose: mg/L, mg/dL, g/L or
    # mmol/L for µmol/L are 5 to 1000 times off (assets/reference/observation_units.csv), °F 62 degrees
    "creatinine": (30, 600), "glucose": (3, 20), "potassium": (3, 6), "sodium": (120, 160), "temperature": (35, 39),
}  # fmt: skip
LEAST = 20  # measurements of a kind under which their median says nothing
CHECKS = {  # code: rows of lines (l) and stays (s) it holds for
    "unknown_drug": "coalesce(l.substances, '') = ''",
    "dose_missing": "l.dose IS NULL",
    "dose_zero": "l.dose = 0",
    "times_missing": "l.times_per_day IS NULL",
    "line_never_active": "l.ended_at = l.started_at",
    "line_before_stay": "l.started_at < s.admitted_at - INTERVAL 1 DAY",
    "line_after_stay": "l.started_at > s.discharged_at + INTERVAL 1 DAY",
    "line_open_after_stay": "l.ended_at IS NULL AND s.discharged_at IS NOT NULL",
    "line_over_a_year": "l.ended_at > l.started_at + INTERVAL 366 DAY",
}
TWICE = (
    "SELECT count(*) - count(DISTINCT (stay_id, drug, route, dose, unit, started_at, ended_at)) AS n,"
    " NULL AS examples FROM lines"
)


@dataclass(frozen=True)
class Issue:
    """``rows`` rows of ``table`` that a check holds for, with the identifiers of some."""

    code: str
    table: str
    rows: int
    examples: tuple[str, ...] = ()


def quality(workspace: Workspace) -> list[Issue]:
    """Issues that hold for at least one row, most rows first."""
    if not store.counts(workspace)["stays"]:
        return []
    with duckdb.connect() as db:
        for table in TABLES:
            db.execute(f"CREATE VIEW {table.name} AS SELECT * FROM {source(workspace, table.name)}")
        found = [*line_issues(db), *value_issues(db), unit_issues(db), twice(db), without_lines(db)]
    return sorted((issue for issue in found if issue.rows), key=lambda issue: (-issue.rows, issue.code))


def line_issues(db: duckdb.DuckDBPyConnection) -> list[Issue]:
    """All checks on lines in one pass."""
    counts = ", ".join(f"count(*) FILTER ({test})" for test in CHECKS.values())
    some = ", ".join(f"(list(l.line_id) FILTER ({test}))[1:{EXAMPLES}]" for test in CHECKS.values())
    row = db.execute(f"SELECT {counts}, {some} FROM lines l JOIN stays s USING (stay_id)").fetchone()
    half = len(CHECKS)
    triples = zip(CHECKS, row[:half], row[half:], strict=True)
    return [Issue(code, "lines", n, tuple(examples or ())) for code, n, examples in triples]


def value_issues(db: duckdb.DuckDBPyConnection) -> list[Issue]:
    """Measurements that cannot be."""
    assert PLAUSIBLE.keys() == OBSERVATIONS.keys()
    outside = " OR ".join(f"(kind = '{k}' AND NOT value BETWEEN {a} AND {b})" for k, (a, b) in PLAUSIBLE.items())
    sql = f"SELECT count(*), list(observation_id)[1:{EXAMPLES}] FROM observations WHERE {outside}"
    n, examples = db.execute(sql).fetchone()
    return [Issue("value_implausible", "observations", n, tuple(examples or ()))]


def unit_issues(db: duckdb.DuckDBPyConnection) -> Issue:
    """Measurements of the kinds whose median is that of another unit."""
    rows = db.execute("SELECT kind, count(*), median(value), list(observation_id)[1:1] FROM observations GROUP BY 1").fetchall()
    odd = [row for row in rows if row[0] in USUAL and row[1] >= LEAST and not USUAL[row[0]][0] <= row[2] <= USUAL[row[0]][1]]
    return Issue("unit_doubtful", "observations", sum(n for _, n, _, _ in odd), tuple(one for *_, some in odd for one in some))


def twice(db: duckdb.DuckDBPyConnection) -> Issue:
    """Lines that repeat another one of the same stay in everything but their identifier."""
    return Issue("line_twice", "lines", db.execute(TWICE).fetchone()[0])


def without_lines(db: duckdb.DuckDBPyConnection) -> Issue:
    sql = f"SELECT count(*), list(stay_id)[1:{EXAMPLES}] FROM stays WHERE stay_id NOT IN (SELECT stay_id FROM lines)"
    n, examples = db.execute(sql).fetchone()
    return Issue("stay_without_lines", "stays", n, tuple(examples or ()))
