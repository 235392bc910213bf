"""Alerts of a model and of the rules put together: both, model only, rule only."""

import json
from collections import defaultdict
from itertools import combinations

import pandas as pd

from core.data.check import conform
from core.knowledge.checks.amounts import TWICE_LASTING
from core.knowledge.rules import detect
from core.schema import ALERTS, LEVELS, SEPARATOR, SEVERAL_LINE_TYPES, TWICE, kind_of

WORTH_ALONE = ("ci", "ad")  # of rule alerts on interactions, nine in ten are overridden; the weaker levels only support
WAITS = TWICE_LASTING  # a rule waits as long at most before it says what began at an instant
CONTRA_INDICATED, DOSED = "1", ("3", "4")  # groups of the SFPC


def pairs_of(alert: dict) -> set[frozenset[str]]:
    """The index line with each of its partners; any two of the lines where all do the same."""
    partners = alert["partner_line_ids"]
    named = partners.split(SEPARATOR) if isinstance(partners, str) and partners else ()
    every = {frozenset(pair) for pair in combinations((alert["line_id"], *named), 2)}
    return every if kind_of(alert["error_type"]) == TWICE else {pair for pair in every if alert["line_id"] in pair}


def same_problem(alert: dict, rule: dict) -> bool:
    """A pair in common where several lines make the problem, the same index line where one does; of one kind, and not later.

    An interaction too weak to be an alert of its own is told of its pair whatever the pair is alerted for. What a line must
    not be given for counts for its dose too, and not the other way round. A model that points at no line (a forest) names no
    partner: its line and the kind of the problem have to do.
    """
    if rule["at"] > alert["at"] + WAITS:
        return False
    several = {alert["error_type"] in SEVERAL_LINE_TYPES, rule["error_type"] in SEVERAL_LINE_TYPES}
    if several == {True}:
        weak = rule["level"] in LEVELS and rule["level"] not in WORTH_ALONE
        same, mine = kind_of(alert["error_type"]) == kind_of(rule["error_type"]), pairs_of(alert)
        if not mine:
            return same and any(alert["line_id"] in pair for pair in pairs_of(rule))
        return (weak or same) and not mine.isdisjoint(pairs_of(rule))
    mine, other = (one["error_type"].split(".")[0] for one in (alert, rule))
    held = several == {False} and mine == CONTRA_INDICATED and other in DOSED
    return alert["line_id"] == rule["line_id"] and (mine == other or held)


def told_as_dose(rules: pd.DataFrame) -> dict[str, str]:
    """Rule alerts on what a line must not be given for (their ids) that the rules tell at the same instant as a dose too high
    too (the id of that alert): one finding."""
    told = defaultdict(list)
    for one in rules[rules["error_type"].str.startswith((f"{CONTRA_INDICATED}.", f"{DOSED[1]}."))].to_dict("records"):
        told[one["line_id"], one["at"], one["error_type"][0] == CONTRA_INDICATED].append((one["alert_id"], json.loads(one["detail"])["rules"]))
    return {
        never: dose
        for (line, at, stops), found in told.items() if stops
        for never, whole in found
        for dose, part in told.get((line, at, False), []) if all(rule in whole for rule in part)
    }  # fmt: skip


def joined(alerts: pd.DataFrame, rules: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Every model alert, ``both`` with the rule's detail where a rule says the same; then the rules worth reading.

    Beside an alert stands what the rules say of lines that are active at its instant. What rules alone tell as a
    contra-indication and as a dose too high is one alert, that of the contra-indication.

    Of an alert of several lines ``level`` is what the thesaurus says for sure of their doses, routes and patient, as the rules
    read it: a level that is printed for another dose is not theirs.
    """
    by_stay: dict[str, list[dict]] = defaultdict(list)
    for rule in rules.to_dict("records"):
        by_stay[rule["stay_id"]].append(rule)
    used, rows, spans = set(), [], lines.set_index("line_id")[["started_at", "ended_at"]]
    for alert in alerts.to_dict("records"):
        said = [(rule, told_at(rule, alert["at"], spans)) for rule in by_stay[alert["stay_id"]] if same_problem(alert, rule)]
        found = [(rule, told) for rule, told in said if told]
        used |= {rule["alert_id"] for rule, _ in found}
        rows.append(supported(alert, found) if found else alert)
    twins = told_as_dose(rules)
    used |= {never for never, dose in twins.items() if dose in used} | set(twins.values())
    left = rules[~rules["alert_id"].isin(used)]
    left = left[left["level"].isna() | left["level"].isin(WORTH_ALONE)]
    return pd.DataFrame([*rows, *left.to_dict("records")], columns=list(alerts.columns))


def told_at(rule: dict, at: pd.Timestamp, spans: pd.DataFrame) -> list[dict]:
    """What a rule says of lines that are all active at an instant."""
    detail = json.loads(rule["detail"])
    return [one for one, lines in zip(detail["rules"], detail["of"], strict=True) if active(spans.loc[lines], at)]


def active(spans: pd.DataFrame, at: pd.Timestamp) -> bool:
    return bool(((spans["started_at"] <= at) & ~(spans["ended_at"] <= at)).all())


def supported(alert: dict, found: list[tuple[dict, list[dict]]]) -> dict:
    """A model alert with what the rules say of it."""
    said = [one for _, told in found for one in told]
    sure = [level for level in LEVELS if any(rule["level"] == level for rule, _ in found)]  # strongest first
    detail = json.loads(alert["detail"]) | {"rules": said}
    return alert | {"origin": "both", "level": next(iter(sure), None), "detail": json.dumps(detail, ensure_ascii=False)}


def with_rules(tables, alerts: pd.DataFrame) -> pd.DataFrame:
    """The alerts of a model on some stays, joined with those of the rules on the same stays."""
    return conform(ALERTS, joined(alerts, detect(tables), tables.lines))
