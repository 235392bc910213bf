"""The register with 100,000 alerts and 20,000 reviews: what each gesture costs, median and 95th percentile.

``python -m tests.benchmarks.register --json``; alerts are made over 33,000 stays of 10 lines.
Takes five minutes on two busy cores, most of it the 20,000 writes, each synced to disk.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.data import store
from core.review.alerts import alert, alerts_of_stay, keep_alerts
from core.review.capacity import plan
from core.review.register import record, reviews, verify
from core.review.session import session
from core.review.worklist import Filters, count, neighbours, stay_list, worklist
from core.settings import Workspace
from tests.benchmarks.store import filled, seconds
from tests.kept import alert_rows


def milliseconds(work: Callable[[int], object], times: int = 30) -> dict[str, float]:
    taken = sorted(seconds(lambda n=n: work(n)) * 1000 for n in range(times))
    return {"p50_ms": round(statistics.median(taken), 2), "p95_ms": round(taken[int(0.95 * times)], 2)}


def measured(alerts: int, decided: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w")
        filled(workspace, alerts // 3, 10, 5)
        rows = alert_rows(store.read_all(workspace)).sample(alerts, random_state=0).assign(
            ward="", error_type=["6.2", "6.3", "4.2", "5.3"] * (alerts // 4)
        )  # fmt: skip
        keep = seconds(lambda: keep_alerts(workspace, rows))
        ids = rows["alert_id"].tolist()
        start = time.perf_counter()
        for number, alert_id in enumerate(ids[:decided]):
            record(workspace, {"alert_id": alert_id, "verdict": ("confirmed", "rejected")[number % 2], "reviewer": "a"})
        each = (time.perf_counter() - start) * 1000 / max(1, decided)
        left = ids[decided:]
        asked = {
            "page": lambda n: worklist(workspace, page=n),
            "page_far": lambda n: worklist(workspace, page=500 + n),
            "page_filtered": lambda n: worklist(workspace, Filters(error_type="4.2", ward="cardiology")),
            "page_search": lambda n: worklist(workspace, Filters(search="warf")),
            "page_search_nothing": lambda n: worklist(workspace, Filters(search="nothing")),
            "count": lambda n: count(workspace),
            "count_filtered": lambda n: count(workspace, Filters(error_type="4.2")),
            "stays": lambda n: stay_list(workspace, page=n),
            "alert": lambda n: alert(workspace, left[n]),
            "alerts_of_stay": lambda n: alerts_of_stay(workspace, rows["stay_id"].iloc[n]),
            "neighbours": lambda n: neighbours(workspace, left[n]),
            "record": lambda n: record(workspace, {"alert_id": left[n], "verdict": "unsure", "reviewer": "b"}),
            "register_page": lambda n: reviews(workspace, limit=100),
            "session": lambda n: session(workspace, "a"),
            "plan": lambda n: plan(workspace, 45, "a"),
        }
        again = seconds(lambda: keep_alerts(workspace, rows.assign(score=rows["score"] ** 2)))
        return {
            "alerts": alerts, "reviews": decided, "keep_alerts_s": keep, "keep_again_s": again, "record_mean_ms": each,
            "verify_s": seconds(lambda: verify(workspace)),
            **{name: milliseconds(work) for name, work in asked.items()},
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=20_000)
    options = parser.parse_args()
    answer = measured(options.alerts, options.reviews)
    print(json.dumps(answer, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
