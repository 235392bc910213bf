"""Checks of a line against the patient: kidney, age, weight, biology, each when the value becomes known."""

import re
from functools import cache

import numpy as np
import pandas as pd

from core.knowledge.checks.situation import Situation
from core.knowledge.conditions import COMPARE
from core.knowledge.doses import ROUNDING
from core.knowledge.substances import read_facts

STOP, TOO_MUCH = 0.40, 0.30  # an order, no probability
RULE = ("when", "value", "maximum", "mg_per_kg", "source")  # what a rule says
WHEN = re.compile(r"(\w+?)(>=|<=|<|>)([\d.]+)")


@cache
def rules_table() -> pd.DataFrame:
    """substance, route, when, kind, sign, bound, maximum (NaN: contra-indicated), mg_per_kg (NaN: at any weight), source."""
    table = pd.DataFrame(read_facts("adjustments.csv"))
    parts = table["when"].str.extract(WHEN.pattern).set_axis(["kind", "sign", "bound"], axis=1)
    numbers = {"bound": parts["bound"].astype(float), "maximum": pd.to_numeric(table["maximum"])}
    table = table.drop(columns="maximum").assign(kind=parts["kind"], sign=parts["sign"], **numbers)
    by_weight = pd.DataFrame(read_facts("by_weight.csv")).astype({"mg_per_kg": float})
    both = table.merge(by_weight, on=["substance", "route", "when"], how="left", suffixes=("", "_by_weight"))
    return both.assign(source=both["source_by_weight"].fillna(both["source"])).drop(columns="source_by_weight")


@cache
def preventive_table() -> pd.DataFrame:
    """The columns of ``rules_table`` for doses that prevent, up to ``up_to`` mg a day."""
    table = pd.DataFrame(read_facts("preventive.csv")).astype({"up_to": float, "maximum": float})
    parts = table["when"].str.extract(WHEN.pattern).set_axis(["kind", "sign", "bound"], axis=1).astype({"bound": float})
    return table.join(parts).assign(mg_per_kg=np.nan)


@cache
def rules_of(substance: str, route: str) -> frozenset[str]:
    """Kinds of value that the rules ask of a substance by a route; a tube is an oral route."""
    table = rules_table()
    here = (table["substance"] == substance) & (table["route"] == ("oral" if route == "enteral" else route))
    return frozenset(table["kind"][here])


def asked(situation: Situation) -> pd.DataFrame:
    """Lines by rule that speaks of them; of a dose known to prevent, its own rules in place of those of treatment."""
    drugs = situation.drugs
    routed = drugs.assign(route=drugs["route"].replace({"enteral": "oral"}))
    columns = ["line_id", "stay_id", "substance", "route", "low", "high", "prn", "since", "until"]
    prevents = routed[columns].merge(preventive_table(), on=["substance", "route"])
    prevents = prevents[prevents["high"] <= prevents["up_to"]].drop(columns="up_to")
    both = pd.concat([routed[columns].merge(rules_table(), on=["substance", "route"]), prevents], ignore_index=True)
    return both.drop_duplicates(["line_id", "substance", "when"], keep="last", ignore_index=True)


def values_of(situation: Situation, lines: pd.DataFrame) -> pd.DataFrame:
    """Each line and rule with the last value before its start and every one that comes while it is active."""
    ages = situation.stays.rename(columns={"age_years": "value"})[["stay_id", "value"]].dropna()
    by_age = lines[lines["kind"] == "age"].merge(ages, on="stay_id").assign(at=lambda t: t["since"])
    known = situation.measures.rename(columns={"at": "seen"})
    measured = lines.merge(known, on=["stay_id", "kind"])
    measured = measured[measured["seen"] < measured["until"]]
    before = (
        measured[measured["seen"] <= measured["since"]]
        .sort_values("seen", kind="stable")
        .drop_duplicates(["line_id", "substance", "when"], keep="last")
    )
    during = measured[measured["seen"] > measured["since"]]
    return weighed(pd.concat([by_age, before.assign(at=before["since"]), during.assign(at=during["seen"])]))


def weighed(values: pd.DataFrame) -> pd.DataFrame:
    """The maximum of a rule by weight is the lower of its own and so many mg for each kg measured."""
    by_kg = (values["mg_per_kg"] * values["value"]).where(values["kind"] == "weight")
    return values.assign(maximum=values["maximum"].where(~(by_kg < values["maximum"]), by_kg.round(1)))


def true_of(values: pd.DataFrame) -> pd.DataFrame:
    """Rows whose condition is true, whatever the dose."""
    true = np.zeros(len(values), bool)
    for sign, compare in COMPARE.items():
        here = (values["sign"] == sign).to_numpy()
        true[here] = compare(values["value"].to_numpy(float)[here], values["bound"].to_numpy(float)[here])
    return values[true]


def held(values: pd.DataFrame) -> pd.DataFrame:
    """Rows whose condition is true and whose dose is above what it allows."""
    values = true_of(values)
    allowed = values["maximum"].to_numpy(float) * ROUNDING
    most = values["high"].fillna(values["low"]).to_numpy(float)
    return values[np.isnan(allowed) | (most > allowed)]


def holding(situation: Situation) -> pd.DataFrame:
    """Rules whose condition holds whatever the dose: each from ``at``, where a value makes it so, to ``till``, where
    the next value comes or its line ends."""
    return spans_of(values_of(situation, asked(situation)))


def spans_of(values: pd.DataFrame) -> pd.DataFrame:
    values = values.sort_values("at", kind="stable")
    following = values.groupby(["line_id", "substance", "route", "when"], sort=False)["at"].shift(-1)
    return true_of(values.assign(till=following.fillna(values["until"])))


def holding_at(rules: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Those of ``holding`` that hold at one instant."""
    return rules[(rules["at"] <= at) & (rules["till"] > at)]


def unsuited(situation: Situation) -> list[dict]:
    """First instant at which each line is too much for the patient, or should not be there: strictest rule first."""
    lines = asked(situation)
    if lines.empty:
        return []
    values = values_of(situation, lines)
    found = held(values).sort_values(["at", "maximum"], na_position="first", kind="stable")
    found = forbidden(found.assign(stop=found["maximum"].isna()), spans_of(values))
    steps = found[found["maximum"].notna()].drop_duplicates(["line_id", "substance", "kind"])  # once it may be given again
    first = found.drop_duplicates(["line_id", "substance", "kind", "stop"])
    return [unsuited_line(row) for row in found.loc[first.index.union(steps.index)].itertuples()]


def forbidden(found: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """A dose too high of what the patient must not have at that instant names that rule: no step of dose is allowed then."""
    stops = rules.loc[rules["maximum"].isna(), ["line_id", "substance", "at", "till", *RULE]]
    found = found.reset_index(drop=True)
    both = found.reset_index(names="row").merge(stops, on=["line_id", "substance"], suffixes=("_step", ""))
    here = both[~both["stop"] & (both["at"] <= both["at_step"]) & (both["till"] > both["at_step"])].drop_duplicates("row")
    kept = found.astype({"maximum": float, "mg_per_kg": float})
    kept.loc[here["row"], list(RULE)] = here[list(RULE)].to_numpy(object)
    return kept


def unsuited_line(row) -> dict:
    return {
        "stay_id": row.stay_id, "line_id": row.line_id, "partners": [], "at": row.at, "level": None,
        "error_type": "1.3" if row.stop else "4.1", "score": (STOP if row.stop else TOO_MUCH) * (0.5 if row.prn else 1.0),
        "detail": {"substances": [row.substance], "mg_high": None if pd.isna(row.high) else float(row.high), **rule_of(row)},
    }  # fmt: skip


def rule_of(row) -> dict:
    """What a rule on the patient says, JSON-ready: no maximum where it contra-indicates."""
    maximum, by_kg = (None if pd.isna(number) else float(number) for number in (row.maximum, row.mg_per_kg))
    return {
        "rule": "contra_indicated" if maximum is None else "not_adapted", "condition": row.when, "value": float(row.value),
        "maximum": maximum, "mg_per_kg": by_kg, "source": row.source,
    }  # fmt: skip


def without_value(situation: Situation) -> pd.DataFrame:
    """line_id, substance, check, reason: a rule speaks of the line and the value was never measured."""
    lines = asked(situation)
    known = set(map(tuple, situation.measures[["stay_id", "kind"]].drop_duplicates().to_numpy()))
    known |= {(stay, "age") for stay in situation.stays.loc[situation.stays["age_years"].notna(), "stay_id"]}
    missing = np.array([pair not in known for pair in zip(lines["stay_id"], lines["kind"], strict=True)], bool)
    rows = lines[missing].drop_duplicates(["line_id", "substance", "kind"])
    return pd.DataFrame(
        {"line_id": rows["line_id"], "substance": rows["substance"], "check": "patient", "reason": "no_" + rows["kind"]}
    )
