"""Alerts of a model and of the rules put together: both, model only, rule only."""

import json
from collections import defaultdict

import pandas as pd

from core.data.check import conform
from core.knowledge.rules import detect
from core.schema import ALERTS, LEVELS, SEPARATOR, SEVERAL_LINE_TYPES

WORTH_ALONE = ("ci", "ad")  # of rule alerts on interactions, nine in ten are overridden; the weaker levels only support


def lines_of(alert: dict) -> frozenset[str]:
    partners = alert["partner_line_ids"]
    return frozenset([alert["line_id"], *(partners.split(SEPARATOR) if isinstance(partners, str) and partners else ())])


def same_problem(alert: dict, rule: dict) -> bool:
    """Two lines in common where several make the problem, the same index line and kind where one does."""
    several = {alert["error_type"] in SEVERAL_LINE_TYPES, rule["error_type"] in SEVERAL_LINE_TYPES}
    if several == {True}:
        return len(lines_of(alert) & lines_of(rule)) >= 2
    dose = alert["error_type"].split(".")[0] == rule["error_type"].split(".")[0]
    return alert["line_id"] == rule["line_id"] and (several == {False} or dose)


def joined(alerts: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Every model alert, ``both`` with the rule's detail where a rule says the same; then the rules worth reading.

    Of an alert of several lines ``level`` is what the thesaurus says for sure of their doses, routes and patient, as the rules
    read it: a level that is printed for another dose is not theirs.
    """
    by_stay: dict[str, list[dict]] = defaultdict(list)
    for rule in rules.to_dict("records"):
        by_stay[rule["stay_id"]].append(rule)
    used, rows = set(), []
    for alert in alerts.to_dict("records"):
        found = [rule for rule in by_stay[alert["stay_id"]] if same_problem(alert, rule)]
        used |= {rule["alert_id"] for rule in found}
        rows.append(supported(alert, found) if found else alert)
    left = rules[~rules["alert_id"].isin(used)]
    left = left[left["level"].isna() | left["level"].isin(WORTH_ALONE)]
    return pd.DataFrame([*rows, *left.to_dict("records")], columns=list(alerts.columns))


def supported(alert: dict, found: list[dict]) -> dict:
    """A model alert with what the rules say of it."""
    said = [one for rule in found for one in json.loads(rule["detail"])["rules"]]
    sure = [level for level in LEVELS if any(rule["level"] == level for rule in found)]  # strongest first
    detail = json.loads(alert["detail"]) | {"rules": said}
    return alert | {"origin": "both", "level": next(iter(sure), None), "detail": json.dumps(detail, ensure_ascii=False)}


def with_rules(tables, alerts: pd.DataFrame) -> pd.DataFrame:
    """The alerts of a model on some stays, joined with those of the rules on the same stays."""
    return conform(ALERTS, joined(alerts, detect(tables)))
