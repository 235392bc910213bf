"""What can be read in the time there is, and what that leaves out, from calibrated probabilities."""

from dataclasses import dataclass
from statistics import median

from sqlite_utils import Database

from core.review.database import connect
from core.settings import Workspace

SECONDS_AT_FIRST = 40.0  # an alert takes this long until the register knows better
VERDICTS_NEEDED = 20  # so many verdicts make the reader's own median


@dataclass(frozen=True)
class Plan:
    """Alerts read and left, and the errors expected among each: sums of probabilities."""

    read: int
    left: int
    found: float
    missed: float
    seconds_each: float


def plan(workspace: Workspace, minutes: float, reviewer: str = "") -> Plan:
    """Open alerts by risk, as many as the minutes allow at the reader's own pace (without a reader, everybody's).

    Rules alone have no probability: they count for nothing.
    """
    with connect(workspace) as db:
        each = pace(db, reviewer)
        chance = "CASE origin WHEN 'rule' THEN 0 ELSE score_now END"
        total = "SELECT count(*), coalesce(sum({}), 0) FROM alerts WHERE state = 'open'"
        count, expected = db.execute(total.format(chance)).fetchone()
        read = min(int(minutes * 60 / max(each, 1.0)), count)
        first = f"SELECT {chance} AS p FROM alerts WHERE state = 'open' ORDER BY score_now DESC, alert_id LIMIT ?"
        found = db.execute(f"SELECT coalesce(sum(p), 0) FROM ({first})", [read]).fetchone()[0]
    return Plan(read, count - read, found, max(expected - found, 0.0), each)


def pace(db: Database, reviewer: str = "") -> float:
    """Median seconds an alert of the last verdicts, one person's or everybody's."""
    whose, values = ("AND reviewer = ?", [reviewer]) if reviewer else ("", [])
    spent = db.execute(
        f"SELECT seconds_spent FROM reviews WHERE seconds_spent IS NOT NULL {whose} ORDER BY review_id DESC LIMIT 200",
        values,
    ).fetchall()
    return median(row[0] for row in spent) if len(spent) >= VERDICTS_NEEDED else SECONDS_AT_FIRST
