"""What the thesaurus asks to watch while the culprit lines are together, and whether it has been."""

from dataclasses import dataclass

import pandas as pd

from core.knowledge.controls import asked_of
from core.review.case import Case, listed
from core.schema import OBSERVATIONS


@dataclass(frozen=True)
class Missing:
    """A control that is asked for and has not come since the lines are together; ``last`` is the one before, if any."""

    kind: str
    last: float | None
    last_at: pd.Timestamp | None


def missing(case: Case) -> list[Missing]:
    """Kinds asked for by the entries between the culprits without a result between their meeting and the alert."""
    asked = {kind for _, _, entry in listed(case) for kind in asked_of(entry)}
    lines = case.lines[case.lines["line_id"].isin(case.culprits)]
    together, seen = lines["started_at"].max(), case.observations[case.observations["observed_at"] <= case.at]
    found = []
    for kind in [kind for kind in OBSERVATIONS if kind in asked]:
        mine = seen[seen["kind"] == kind].sort_values("observed_at")
        if mine.empty:
            found.append(Missing(kind, None, None))
        elif mine["observed_at"].iloc[-1] < together:
            found.append(Missing(kind, float(mine["value"].iloc[-1]), mine["observed_at"].iloc[-1]))
    return found
