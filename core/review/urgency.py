"""How long a pharmacist has before acting comes too late: said of the tables alone.

Acting comes too late once the next dose has been given, the line has ended or the patient has left. No table holds
the hours of administration, so that a regular line is taken to be given evenly from its start; of a line taken when
needed, or of unknown frequency, nobody knows the next dose: a day is left.
"""

from datetime import datetime

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)
LIVE_DAYS = 2  # an alert kept so soon after its instant speaks of today's patients: its hours are counted from now
HOURS = (  # SQL; one value, the local time now
    "round(24 * (julianday(a.act_by) - julianday("
    f"CASE WHEN abs(julianday(a.kept_at) - julianday(a.at)) <= {LIVE_DAYS} THEN ? ELSE a.at END)), 1)"
)


def local_now() -> str:
    """The clock of the hospital, as its tables write it: without zone."""
    return datetime.now().isoformat(timespec="seconds")


def act_by(alerts: pd.DataFrame, lines: pd.DataFrame, stays: pd.DataFrame) -> pd.Series:
    """Instant by which each alert has to be acted on, in the order of the alerts; NaT for a line that is not there."""
    at = alerts["at"]
    line = lines.drop_duplicates("line_id").set_index("line_id").reindex(alerts["line_id"]).set_index(alerts.index)
    leaves = stays.set_index("stay_id")["discharged_at"].reindex(alerts["stay_id"]).set_axis(alerts.index)
    limits = pd.DataFrame({"dose": next_dose(at, line), "end": line["ended_at"], "leaves": leaves})
    late = limits.where(limits.gt(at, axis=0)).min(axis=1)
    return late.where(line["started_at"].notna())


def next_dose(at: pd.Series, line: pd.DataFrame) -> pd.Series:
    """The first administration after an instant; a day later where no rhythm is known."""
    regular = (line["times_per_day"] > 0) & ~line["prn"].fillna(True).astype(bool)
    step = (DAY / line["times_per_day"].where(regular, 1.0)).astype("timedelta64[us]")
    given = np.floor((at - line["started_at"]) / step).clip(lower=-1) + 1
    return (line["started_at"] + given.fillna(0).astype("int64") * step).where(regular, at + DAY)
