"""A prescription written again as it was, when it ended or beside itself: what it is alerted for is one problem."""

import pandas as pd
from sqlite_utils import Database

from core.schema import SEPARATOR

GAP = pd.Timedelta(hours=4)  # between the end of the one and the start of the other: about one administration
SOON = pd.Timedelta(days=1)  # between the two alerts: later, what is known of the patient is no longer the same
GIVEN = ["drug", "route", "dose", "unit", "times_per_day", "prn"]
SAME = ["stay_id", "error_type", "level", "beside", *GIVEN]


def rewritten(alerts: pd.DataFrame, lines: pd.DataFrame) -> list[list[str]]:
    """Alerts of one error, of one level and with partners alike, on lines of one drug as written, dose, rhythm and route that
    follow one another, in the order of the lines, or at one instant."""
    rows = alerts[["alert_id", "stay_id", "line_id", "at", "error_type", "level"]].assign(beside=partners(alerts, lines))
    rows = rows.merge(lines[["line_id", "started_at", "ended_at", *GIVEN]], on="line_id").sort_values("started_at", kind="stable")
    groups = rows.groupby(SAME, dropna=False)
    gap, apart = rows["started_at"] - groups["ended_at"].shift(), rows["at"] - groups["at"].shift()
    again = gap.between(pd.Timedelta(0), GAP) & apart.le(SOON) | apart.eq(pd.Timedelta(0))
    rows["chain"] = (~again).groupby(groups.ngroup()).cumsum()
    chains = rows.groupby([*SAME, "chain"], dropna=False)["alert_id"].agg(list)
    return [chain for chain in chains if len(chain) > 1]


def partners(alerts: pd.DataFrame, lines: pd.DataFrame) -> list[str]:
    """How the partners of each alert are prescribed: one of another dose is another problem."""
    given = {line_id: str(rest) for line_id, *rest in lines[["line_id", *GIVEN]].itertuples(index=False)}
    ids = alerts["partner_line_ids"].fillna("").str.split(SEPARATOR)
    return ["".join(sorted(given.get(line, line) for line in each)) for each in ids]


def retire_rewritten(db: Database, chains: list[list[str]]) -> None:
    """The last line is the one to act on, and is asked even where an error was confirmed of one before: it was written again all
    the same. What was rejected is no error of the last either."""
    for chain in chains:
        marks = ", ".join("?" * len(chain))
        states = dict(db.execute(f"SELECT alert_id, state FROM alerts WHERE alert_id IN ({marks})", chain).fetchall())
        rejected = "rejected" in states.values()
        asked = [one for one in (chain if rejected else chain[:-1]) if states[one] == "open"]
        for one in asked:
            db.execute("UPDATE alerts SET state = 'retired' WHERE alert_id = ?", [one])
