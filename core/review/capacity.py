"""What can be read in the time there is, and what that leaves out, from calibrated probabilities."""

from dataclasses import dataclass
from statistics import median

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


def plan(workspace: Workspace, minutes: float) -> Plan:
    """Open alerts by risk, as many as the minutes allow. Rules alone have no probability: they count for nothing."""
    with connect(workspace) as db:
        scores = db.execute(
            "SELECT CASE origin WHEN 'rule' THEN 0 ELSE score END FROM alerts WHERE state = 'open'"
            " ORDER BY score DESC, alert_id"
        ).fetchall()
        spent = db.execute(
            "SELECT seconds_spent FROM reviews WHERE seconds_spent IS NOT NULL ORDER BY review_id DESC LIMIT 200"
        ).fetchall()
    each = median(row[0] for row in spent) if len(spent) >= VERDICTS_NEEDED else SECONDS_AT_FIRST
    read = min(int(minutes * 60 / max(each, 1.0)), len(scores))
    values = [row[0] for row in scores]
    return Plan(read, len(values) - read, sum(values[:read]), sum(values[read:]), each)
