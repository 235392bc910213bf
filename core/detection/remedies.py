"""What may be done about a problem, each as a rewriting of a stay's tables.

A line changed is changed from its start: begun anew it would be a new prescription, and the score would move
for that reason alone. A line stopped ends at the instant asked about, an addition begins there; one that would end as it
begins is never written, for it would be read as a single dose.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.store import Tables
from core.errors import Refusal
from core.knowledge.bands import band
from core.knowledge.doses import limits
from core.knowledge.substances import substance
from core.schema import ERROR_TYPES, OBSERVATIONS, ROUTES, SEPARATOR

INTERVENTION = {  # SFPC intervention that a remedy stands for
    "stop": "2", "halve": "7", "space": "7", "double": "7", "more": "7", "shift": "6", "route": "4",
    "substance": "3", "monitor": "5", "corrector": "1",
}  # fmt: skip
ON_A_LINE = ("stop", "halve", "space", "double", "more", "shift", "route", "substance")
LOWERED, RAISED = ("halve", "space"), ("double", "more")
DOSES = {"3.1": RAISED, "3.2": ()}  # remedies of the dose by error type, the others LOWERED: 3.2 asks for more days
FIRST = {"3.1": RAISED, "2.4": ("corrector",)}  # what mends the problem itself stands before what takes the drug away
# What hours can mend: two drugs that meet, how and when one is taken. A dose or a drug that is wrong stays so.
TIMED = (*(code for code in ERROR_TYPES if code.startswith("6")), "8.4", "8.5", "9.1")
UNSEEN = ("shift",)  # the data hold no hour of administration but the first, so a score can hardly follow
ADDED = "added"  # line_id or observation_id of what a remedy adds
SHIFT_HOURS = 2.0  # the gap that product characteristics ask for most often between a chelator and a chelated drug


@dataclass(frozen=True)
class Remedy:
    """``kind`` is a key of INTERVENTION; the other fields are read by those kinds that need them.

    ``times_per_day`` and ``dose_mg`` may be left to their defaults: one time less or more, the lowest usual dose.
    """

    kind: str
    line_id: str = ""
    substance: str = ""
    route: str = ""
    times_per_day: float | None = None
    hours: float = SHIFT_HOURS
    observation: str = ""
    value: float | None = None
    dose_mg: float | None = None


def kinds_for(error_type: str) -> list[str]:
    """Kinds of remedy that can mend a problem of this type, those of the problem itself first."""
    away = {*LOWERED, *RAISED, *(() if error_type in TIMED else ("shift",))} - {*DOSES.get(error_type, LOWERED)}
    return sorted((kind for kind in INTERVENTION if kind not in away), key=lambda kind: kind not in FIRST.get(error_type, ()))


def fits(kind: str, line: pd.Series) -> bool:
    """Whether the line has what the remedy changes: one time less leaves one, one more is asked of a daily drug."""
    least = {"halve": ("dose", 0), "double": ("dose", 0), "space": ("times_per_day", 2), "more": ("times_per_day", 1)}
    column, low = least.get(kind, ("", 0))
    return not column or bool(pd.notna(line[column]) and line[column] >= low)


def known_at(tables: Tables, at: pd.Timestamp) -> Tables:
    """The stay as it was known at ``at``: nothing begun, ended or measured later."""
    lines = tables.lines[tables.lines["started_at"] <= at]
    seen = tables.observations[tables.observations["observed_at"] <= at]
    lines = lines.assign(ended_at=lines["ended_at"].where(lines["ended_at"] <= at))
    return replace(tables, lines=lines, observations=seen, interventions=tables.interventions.iloc[:0])


def applied(tables: Tables, remedy: Remedy, at: pd.Timestamp) -> Tables:
    """The stay as known at ``at``, with the remedy; Refusal when it cannot be applied."""
    if remedy.kind not in INTERVENTION:
        raise Refusal("remedy_unknown", remedy=remedy.kind, known=", ".join(INTERVENTION))
    tables = known_at(tables, at)
    if remedy.kind == "monitor":
        return replace(tables, observations=measured(tables, remedy, at))
    if remedy.kind == "corrector":
        return replace(tables, lines=joined(tables.lines, corrector(tables, remedy, at)))
    place = tables.lines.index[(tables.lines["line_id"] == remedy.line_id) & tables.lines["ended_at"].isna()]
    if not len(place):
        raise Refusal("line_not_active", line=remedy.line_id, at=at)
    if remedy.kind == "stop" and tables.lines.loc[place[0], "started_at"] == at:
        return replace(tables, lines=tables.lines.drop(place[0]).reset_index(drop=True))
    change = CHANGES[remedy.kind](tables.lines.loc[place[0]], remedy, at)
    lines = tables.lines.copy()
    for column, value in change.items():
        lines.loc[place[0], column] = value
    return replace(tables, lines=lines)


# Changes of a line: columns and their new values


def stop(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    return {"ended_at": at}


def dosed(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    """Half or twice the dose of each administration."""
    if not fits(remedy.kind, line):
        raise Refusal("remedy_needs", remedy=remedy.kind, needs="dose")
    return {"dose": line["dose"] / 2 if remedy.kind == "halve" else line["dose"] * 2}


def timed(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    """Fewer or more administrations a day, each of the same dose."""
    wanted = remedy.times_per_day
    if wanted is None and not fits(remedy.kind, line):
        raise Refusal("remedy_needs", remedy=remedy.kind, needs="times_per_day")
    step = 1 if remedy.kind == "more" else -1
    return {"times_per_day": wanted if wanted is not None else line["times_per_day"] + step}


def shift(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    """Other hours: a line that begins at ``at`` begins later, after ``at``; one that runs is never made to begin
    anew, so that it begins later where that is still before ``at``, otherwise as much earlier."""
    by, began = pd.Timedelta(hours=remedy.hours), line["started_at"]
    return {"started_at": began + by if began == at or began + by < at else began - by}


def route(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    if remedy.route not in ROUTES:
        raise Refusal("remedy_needs", remedy="route", needs="route")
    return {"route": remedy.route}


def switched(line: pd.Series, remedy: Remedy, at: pd.Timestamp) -> dict:
    """Another substance by the same route, at its lowest usual dose where no dose is given."""
    return drug(remedy, remedy.route or line["route"])


CHANGES = {
    "stop": stop, "halve": dosed, "double": dosed, "space": timed, "more": timed, "shift": shift, "route": route,
    "substance": switched,
}  # fmt: skip


# Additions


def drug(remedy: Remedy, way: str) -> dict:
    """Columns of a line that carries the substance of a remedy."""
    found = substance(remedy.substance)
    if found is None:
        raise Refusal("remedy_needs", remedy=remedy.kind, needs="substance")
    usual = limits(found.key, way)
    daily = remedy.dose_mg if remedy.dose_mg is not None else usual.usual_low if usual else np.nan
    times = remedy.times_per_day or 1.0
    return {
        "drug": found.name_fr, "substances": found.key, "atc": found.atc, "route": way, "dose": daily / times,
        "unit": "mg", "times_per_day": times,
    }  # fmt: skip


def corrector(tables: Tables, remedy: Remedy, at: pd.Timestamp) -> dict:
    """A line begun at ``at``, regular and open."""
    stay = tables.stays.iloc[0]
    written = {"line_id": ADDED, "stay_id": stay["stay_id"], "prn": False, "started_at": at, "ended_at": pd.NaT}
    return drug(remedy, remedy.route or "oral") | written | {"ward": stay["ward"]}


def measured(tables: Tables, remedy: Remedy, at: pd.Timestamp) -> pd.DataFrame:
    """One more result at ``at``: the value given, otherwise the last one known, otherwise the middle of the band."""
    if remedy.observation not in OBSERVATIONS:
        raise Refusal("remedy_needs", remedy="monitor", needs="observation")
    value = remedy.value if remedy.value is not None else expected(tables, remedy.observation)
    if value is None:
        raise Refusal("remedy_needs", remedy="monitor", needs="value")
    row = {"observation_id": ADDED, "stay_id": tables.stays["stay_id"].iloc[0], "kind": remedy.observation}
    return joined(tables.observations, row | {"value": value, "observed_at": at})


def expected(tables: Tables, kind: str) -> float | None:
    """What a result is taken to be: the last known, otherwise normal; None where no band says what that is."""
    seen = tables.observations[tables.observations["kind"] == kind]
    if len(seen):
        return float(seen.sort_values("observed_at")["value"].iloc[-1])
    keys = tables.lines["substances"][tables.lines["ended_at"].isna()].fillna("").str.split(SEPARATOR).explode()
    taken = [known.atc for key in keys if (known := substance(key))]
    normal = band(kind, tables.stays["sex"].iloc[0], taken)
    bounds = [bound for bound in (normal.low, normal.high) if bound is not None] if normal else []
    return sum(bounds) / len(bounds) if bounds else None


def joined(frame: pd.DataFrame, row: dict) -> pd.DataFrame:
    """The frame with one row more, its dtypes kept."""
    fresh = pd.DataFrame([row], columns=frame.columns).astype(frame.dtypes)
    return pd.concat([frame, fresh], ignore_index=True)
