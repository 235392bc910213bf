"""What the thesaurus asks to watch while the culprit lines are together, and whether it has been."""

from dataclasses import dataclass

import pandas as pd

from core.knowledge.controls import CONCENTRATION, asked_of
from core.review.case import Case, listed, substances_of
from core.schema import OBSERVATIONS

FIRST = ("inr",)  # the drug's own effect, before what it does to the kidney


@dataclass(frozen=True)
class Missing:
    """A control that is asked for and has not come since the two lines are together.

    ``hours`` since they are, 0 where they meet at the alert and it is still to be planned; ``last`` is the result before.
    """

    kind: str
    hours: float
    last: float | None
    last_at: pd.Timestamp | None


def missing(case: Case) -> list[Missing]:
    """Kinds asked for by the entries between the culprits, without a result between their meeting and the alert; blood levels of a
    drug first, of which the data have none."""
    met = meetings(case)
    seen = case.observations[case.observations["observed_at"] <= case.at].sort_values("observed_at")
    found = [Missing(CONCENTRATION, 0.0, None, None)] if CONCENTRATION in met else []
    for kind in [kind for kind in dict.fromkeys((*FIRST, *OBSERVATIONS)) if kind in met]:
        mine = seen[seen["kind"] == kind]
        last = None if mine.empty else mine.iloc[-1]
        if last is None or last["observed_at"] < met[kind]:
            hours = (case.at - met[kind]) / pd.Timedelta(hours=1)
            before = (None, None) if last is None else (float(last["value"]), last["observed_at"])
            found.append(Missing(kind, max(hours, 0.0), *before))
    return found


def meetings(case: Case) -> dict[str, pd.Timestamp]:
    """By kind asked for, since when the first two lines that ask for it are together."""
    lines = case.lines[case.lines["line_id"].isin(case.culprits)]
    start: dict[str, pd.Timestamp] = {}
    for _, line in lines.iterrows():
        for key in substances_of(line):
            start[key] = min(line["started_at"], start.get(key, line["started_at"]))
    met: dict[str, pd.Timestamp] = {}
    for a, b, entry in listed(case):
        for kind in () if entry.may_not_apply else asked_of(entry):
            together = max(start[a], start[b])
            met[kind] = min(together, met.get(kind, together))
    return met
