"""What the state of the patient says of a list of drugs: the rules of the alerts, for lines that all run at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.knowledge.checks.patient import asked, true_of, unsuited, values_of, without_value
from core.knowledge.checks.situation import FOREVER, Situation
from core.knowledge.doses import limits
from core.knowledge.interactions import Patient

ASSUMED_ROUTE = "oral"  # of a drug written without its route
NOW = pd.Timestamp("2000-01-01")  # any instant: a list has none
MEASURED = ("egfr", "potassium")


@dataclass(frozen=True)
class State:
    """``unsuited`` are findings as the rules tell them, ``true`` the rules whose condition holds whatever the dose,
    ``lacking`` the kinds of value asked for and not given, by substance."""

    unsuited: list[dict]
    true: pd.DataFrame
    lacking: dict[str, list[str]]


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


def situation_of_list(doses: pd.DataFrame, lines: pd.DataFrame, patient: Patient) -> Situation:
    """Lines that all run at once, beside what was given of the patient."""
    drugs = doses.merge(lines[["line_id", "stay_id", "route", "prn"]], on="line_id").assign(
        route=lambda rows: rows["route"].replace("", ASSUMED_ROUTE), since=NOW, until=FOREVER,
        low=lambda rows: rows["mg_per_day_low"], high=lambda rows: rows["mg_per_day_high"],
    )  # fmt: skip
    seen = [("one", kind, getattr(patient, kind), NOW) for kind in MEASURED]
    measures = pd.DataFrame(seen, columns=["stay_id", "kind", "value", "at"]).dropna()
    return Situation(drugs, measures, pd.DataFrame([("one", patient.age_years)], columns=["stay_id", "age_years"]))


def state_of(doses: pd.DataFrame, lines: pd.DataFrame, patient: Patient) -> State:
    """What the rules say of the patient for each substance; one contra-indicated needs no lower maximum beside.

    A line whose frequency is not known is not too much for sure, so no rule on its dose speaks of it.
    """
    situation = situation_of_list(doses, lines, patient)
    found = [finding["detail"] for finding in unsuited(situation)]
    stopped = {key for one in found if one["rule"] == "contra_indicated" for key in one["substances"]}
    sure = [one for one in found if one["rule"] == "contra_indicated" or one["mg_high"] is not None]
    kept = [one for one in sure if one["rule"] == "contra_indicated" or not stopped & set(one["substances"])]
    gaps = without_value(situation)
    kinds = gaps["reason"].str.removeprefix("no_").groupby(gaps["substance"]).agg(lambda names: sorted(set(names)))
    return State(
        [one for place, one in enumerate(kept) if one not in kept[:place]],
        true_of(values_of(situation, asked(situation))), kinds.to_dict(),
    )  # fmt: skip


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
