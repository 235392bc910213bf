"""How long the rules take for one stay of 40 concomitant lines, and for many: ``python -m tests.benchmarks.rules``."""

import json
import statistics
import time
from types import SimpleNamespace

import pandas as pd

from core.knowledge.doses import limits_by_key
from core.knowledge.rules import detect

LINES, STAYS = 40, 500
START = pd.Timestamp("2024-01-01")


def tables(stays: int, lines: int) -> SimpleNamespace:
    """Stays whose lines all run at once, drugs taken in turn from the reference of doses."""
    known = [(key, route, limits.usual_low) for (key, route), limits in limits_by_key().items() if route in ("oral", "iv")]
    rows = []
    for stay in range(stays):
        for number in range(lines):
            key, route, low = known[(stay * 7 + number * 11) % len(known)]
            rows.append((f"S{stay}", f"S{stay}L{number}", key, key, route, low, "mg", 1.0, number % 5 == 0))
    names = ["stay_id", "line_id", "drug", "substances", "route", "dose", "unit", "times_per_day", "prn"]
    table = pd.DataFrame(rows, columns=names).assign(started_at=START, ended_at=START + pd.Timedelta(days=3))
    patients = [(f"S{stay}", 70.0, "F", "I50.1") for stay in range(stays)]
    seen = [(f"S{stay}", "creatinine", 90.0, START) for stay in range(stays)]
    return SimpleNamespace(
        lines=table.astype({"started_at": "datetime64[us]", "ended_at": "datetime64[us]"}),
        stays=pd.DataFrame(patients, columns=["stay_id", "age_years", "sex", "diagnoses"]),
        observations=pd.DataFrame(seen, columns=["stay_id", "kind", "value", "observed_at"]),
    )


def seconds(work) -> float:  # noqa: ANN001
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    one, many = tables(1, LINES), tables(STAYS, LINES)
    cold = seconds(lambda: detect(one))
    warm = statistics.median(seconds(lambda: detect(one)) for _ in range(20))
    whole = seconds(lambda: detect(many))
    figures = {"lines": LINES, "cold_s": cold, "warm_ms": warm * 1000, "lines_a_second": LINES * STAYS / whole}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
