"""What the state of the patient says of a list of drugs: the rules of the alerts, for lines that all run at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from core.knowledge.checks.diagnoses import forbidden_by_disease
from core.knowledge.checks.patient import asked, true_of, unsuited, values_of, without_value
from core.knowledge.checks.situation import FOREVER, Situation
from core.knowledge.doses import ROUNDING, limits, systemic_routes
from core.knowledge.interactions import Patient

ASSUMED_ROUTE = "oral"  # of a drug written without its route, unless it is known by others alone
NOW = pd.Timestamp("2000-01-01")  # any instant: a list has none
MEASURED = ("egfr", "potassium")


@dataclass(frozen=True)
class State:
    """``unsuited`` are findings as the rules tell them, ``true`` the rules whose condition holds whatever the dose,
    ``lacking`` the kinds of value asked for and not given, by substance; ``diagnosed`` what a disease of the patient forbids."""

    unsuited: list[dict]
    true: pd.DataFrame
    lacking: dict[str, list[str]]
    diagnosed: list[dict]


@dataclass(frozen=True)
class Limit:
    """The highest dose a day of a substance for this patient in mg; ``stop`` where it should not be given at all.

    ``condition`` and ``value`` are the rule that lowers it and what was measured; empty where any adult has it.
    ``mg_per_kg`` is what the maximum of a rule by weight was reckoned from.
    """

    maximum: float | None
    source: str
    stop: bool = False
    condition: str = ""
    value: float | None = None
    mg_per_kg: float | None = None


def supposed(key: str) -> str:
    """The route of a substance that was written without: by mouth, or by what it is known for where that is another."""
    known = systemic_routes(key)
    return ASSUMED_ROUTE if ASSUMED_ROUTE in known or not known else known[0]


def situation_of_list(doses: pd.DataFrame, lines: pd.DataFrame, patient: Patient) -> Situation:
    """Lines that all run at once, beside what was given of the patient; ``written`` is the route as it stands in the line."""
    drugs = doses.merge(lines[["line_id", "stay_id", "route", "prn"]], on="line_id").assign(
        written=lambda rows: rows["route"], since=NOW, until=FOREVER,
        route=lambda rows: rows["route"].where(rows["route"] != "", rows["substance"].map(supposed)),
        low=lambda rows: rows["mg_per_day_low"], high=lambda rows: rows["mg_per_day_high"],
    )  # fmt: skip
    seen = [("one", kind, getattr(patient, kind), NOW) for kind in MEASURED]
    measures = pd.DataFrame(seen, columns=["stay_id", "kind", "value", "at"]).dropna()
    stay = {"stay_id": "one", "age_years": patient.age_years, "diagnoses": patient.diagnoses}
    return Situation(drugs, measures, pd.DataFrame([stay]))


def by_every_route(situation: Situation) -> Situation:
    """The lines, and those without a written route once more by each route that the reference knows."""
    drugs = situation.drugs
    unwritten = drugs[drugs["written"] == ""]
    others = unwritten.assign(route=unwritten["substance"].map(systemic_routes)).explode("route").dropna(subset="route")
    return replace(situation, drugs=pd.concat([drugs, others.assign(line_id=others["line_id"] + ":" + others["route"])]))


def state_of(doses: pd.DataFrame, lines: pd.DataFrame, patient: Patient) -> State:
    """What the rules say of the patient for each substance; one contra-indicated needs no lower maximum beside.

    A line whose frequency is not known is not too much for sure, so no rule on its dose speaks of it.
    """
    situation = situation_of_list(doses, lines, patient)
    every = by_every_route(situation)
    true = true_of(values_of(every, asked(every)))
    unwritten = {*lines.loc[lines["route"] == "", "line_id"]}
    found = [one["detail"] for one in unsuited(situation) if one["line_id"] not in unwritten or whatever_route(one["detail"], true)]
    stopped = {key for one in found if one["rule"] == "contra_indicated" for key in one["substances"]}
    sure = [one for one in found if one["rule"] == "contra_indicated" or one["mg_high"] is not None]
    kept = [one for one in sure if one["rule"] == "contra_indicated" or not stopped & set(one["substances"])]
    gaps = without_value(situation)
    kinds = gaps["reason"].str.removeprefix("no_").groupby(gaps["substance"]).agg(lambda names: sorted(set(names)))
    diagnosed = [one["detail"] for one in forbidden_by_disease(situation)]
    return State(different(kept), true, kinds.to_dict(), different(diagnosed))


def different(rules: list[dict]) -> list[dict]:
    return [one for place, one in enumerate(rules) if one not in rules[:place]]


def whatever_route(found: dict, true: pd.DataFrame) -> bool:
    """Whether a rule on a line without a route says what no other route would undo."""
    most = limits_of(found["substances"][0], [""], true)[0].maximum
    return found["rule"] == "contra_indicated" or found["mg_high"] is None or bool(most and found["mg_high"] > most * ROUNDING)


def by_route(key: str, route: str, true: pd.DataFrame) -> Limit:
    """The strictest of the rules that hold, else the maximum of any adult."""
    route = "oral" if route == "enteral" else route
    mine = true[(true["substance"] == key) & (true["route"] == route)]
    usual = limits(key, route)
    if len(mine):
        row = mine.sort_values("maximum", na_position="first").iloc[0]
        stop = pd.isna(row["maximum"])
        if stop or not (usual and usual.maximum and usual.maximum < row["maximum"]):
            found, by_kg = (None if pd.isna(row[name]) else float(row[name]) for name in ("maximum", "mg_per_kg"))
            return Limit(found, row["source"], bool(stop), row["when"], float(row["value"]), by_kg)
    return Limit(usual.maximum, usual.source) if usual and usual.maximum else Limit(None, "")


def limit_of(key: str, routes: Sequence[str], true: pd.DataFrame) -> Limit:
    """Contra-indicated by any route used, or the highest maximum among them, by the rules that hold."""
    found = [by_route(key, route, true) for route in dict.fromkeys(routes)]
    return next((one for one in found if one.stop), max(found, key=lambda one: one.maximum or 0.0))


def limits_of(key: str, routes: Sequence[str], true: pd.DataFrame) -> tuple[Limit, Limit]:
    """(what no route allows more than, what the routes written or supposed allow) of lines whose route is '' where none was
    written; the first has no maximum where another route may allow more than is known."""
    usual = limit_of(key, [route or supposed(key) for route in routes], true)
    known = systemic_routes(key)
    if all(routes) or usual.stop or known in ((), (ASSUMED_ROUTE,)):
        return usual, usual
    every = [by_route(key, route, true) for route in (*filter(None, routes), *known)]
    told = ASSUMED_ROUTE in known and all(one.maximum for one in every)
    return max((usual, *every), key=lambda one: one.maximum) if told else Limit(None, ""), usual
