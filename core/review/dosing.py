"""The dose of an alert on it, beside what is usual and what rules on the patient leave of that."""

from dataclasses import asdict, replace

import pandas as pd

from core.knowledge.caps import capped
from core.knowledge.checks.patient import holding, holding_at, rules_of
from core.knowledge.checks.situation import measures_of, situation_of, weights_of
from core.knowledge.daily import daily_doses
from core.knowledge.doses import limits
from core.knowledge.names import own_key
from core.knowledge.state import Limit, limit_of
from core.review.case import Case, active, culprit_lines, substances_of
from core.review.telling import reasons, substances_in_question
from core.schema import LOCAL_ROUTES

DOSES = ("3.1", "4.1", "4.2")
USUAL = ("usual", "below_usual")  # rules that tell what is usual for any adult


def told(case: Case) -> list[dict]:
    """What rules say of the alert itself, a usual dose as the patient may have it."""
    return of_patient(case, [*reasons(case), *doses(case)])


def doses(case: Case) -> list[dict]:
    """mg a day of the substances in question beside what is usual by their route, where a dose is the problem and no rule of the
    alert says why; none where it cannot be said."""
    if case.alert["error_type"] not in DOSES or reasons(case):
        return []
    lines = pd.DataFrame(culprit_lines(case))
    measures = measures_of(case)
    found = daily_doses(lines, weights_of(lines, measures)).merge(lines[["line_id", "route"]].reset_index(drop=True), on="line_id")
    told = []
    for key, rows in found[found["substance"] != ""].groupby("substance", sort=False):
        known, high = limits(key, rows["route"].iloc[0]), rows["mg_per_day_high"].sum(skipna=False)
        if known and high == high:
            told.append({"rule": "usual", "substances": [key], "mg_low": float(rows["mg_per_day_low"].sum()), "mg_high": float(high),
                         "usual_low": known.usual_low, "usual_high": known.usual_high, "source": known.source})  # fmt: skip
    return told


def of_patient(case: Case, rules: list[dict]) -> list[dict]:
    """Rules, of which those on a usual dose say what the rules that hold at the alert leave of it (``held``); what is usual for an
    adult is no more told where the patient may not have as much."""
    usual = [key for rule in rules if rule["rule"] in USUAL for key in rule["substances"]]
    if not any(rules_of(own_key(key), line["route"]) for key in usual for line in culprit_lines(case)):
        return rules
    lines = pd.DataFrame(culprit_lines(case))
    true = holding_at(holding(situation_of(replace(case, lines=lines))), case.at)
    return [held(rule, limit_for(lines, rule["substances"][0], true)) if rule["rule"] in USUAL else rule for rule in rules]


def limit_for(lines: pd.DataFrame, key: str, true: pd.DataFrame) -> Limit:
    """The highest dose of a substance by the routes of its lines."""
    return limit_of(own_key(key), [line["route"] for _, line in lines.iterrows() if key in substances_of(line)], true)


def held(rule: dict, limit: Limit) -> dict:
    """A rule on a usual dose with a lower maximum of the patient."""
    if not limit.condition:
        return rule
    mine = {name: rule.get(name) for name in ("substances", "mg_low", "mg_high")} | asdict(limit)
    if limit.stop:
        return mine | {"rule": "contra_indicated"}
    if limit.maximum <= rule["usual_low"]:
        return mine | {"rule": "not_adapted"}
    return rule | {"held": asdict(limit)}


def capped_here(case: Case) -> list[dict]:
    """Doses at the alert that are surely above what a partner leaves, where the alert is on the substance or on the partner."""
    lines = active(case)
    lines = lines[~lines["route"].isin(LOCAL_ROUTES)]
    found = daily_doses(lines, weights_of(lines, measures_of(case)))
    found = found.assign(key=found["substance"].map(own_key))
    mg = {key: (low, high) for key, low, high in sums_of(found[found["substance"] != ""])}
    mine = {own_key(key) for key in substances_in_question(case)}
    return [rule for rule in capped(mg, mg) if rule["above"] and mine & {rule["partner"], *rule["substances"]}]


def sums_of(doses: pd.DataFrame) -> list[tuple[str, float, float | None]]:
    """Substance, lowest and highest mg a day over its lines; None where the highest of one is not known."""
    sums = doses.groupby("key")[["mg_per_day_low", "mg_per_day_high"]].sum(skipna=False, min_count=1)
    return [(key, float(low), None if pd.isna(high) else float(high)) for key, low, high in sums.itertuples()]
