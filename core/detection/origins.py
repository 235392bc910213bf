"""Model and rule, model only, rule only: who says so, side by side."""

import json

import pandas as pd

from core.data.check import conform
from core.detection.splits import taken
from core.detection.vocabulary import components
from core.knowledge import rules
from core.schema import ALERTS, SEVERAL_LINE_TYPES

RULES_KEPT = 3  # entries of rules told with an alert


def agrees(alert: dict, rule: dict) -> bool:
    """Whether a rule speaks of the same problem: the same line alone, or the same two lines in either order."""
    alone = alert["error_type"] not in SEVERAL_LINE_TYPES
    if alone or not components(alert["partner_line_ids"]):
        return rule["line_id"] == alert["line_id"] and (rule["error_type"] not in SEVERAL_LINE_TYPES) == alone
    named, told = components(alert["partner_line_ids"]), {rule["line_id"], *components(rule["partner_line_ids"])}
    return alert["line_id"] in told and bool(told & set(named))


def marked(alert: dict, told: list[dict]) -> dict:
    """The alert with its origin, and the rules that agree beside it in its detail."""
    agreeing = [rule for rule in told if agrees(alert, rule)]
    if not agreeing:
        return alert
    entries = [
        {"alert_id": rule["alert_id"], "error_type": rule["error_type"], "level": rule["level"],
         "detail": json.loads(rule["detail"])}
        for rule in agreeing[:RULES_KEPT]
    ]  # fmt: skip
    return alert | {"origin": "both", "detail": json.dumps(json.loads(alert["detail"]) | {"rules": entries})}


def with_rules(tables, alerts: pd.DataFrame) -> pd.DataFrame:
    """Model alerts with origin 'both' where a rule agrees; only stays that have an alert are asked."""
    if alerts.empty:
        return alerts
    told = rules.detect(taken(tables, frozenset(alerts["stay_id"]))).to_dict("records")
    by_line: dict[str, list[dict]] = {}
    for rule in told:
        for line in (rule["line_id"], *components(rule["partner_line_ids"])):
            by_line.setdefault(line, []).append(rule)
    rows = [marked(alert, by_line.get(alert["line_id"], [])) for alert in alerts.to_dict("records")]
    return conform(ALERTS, pd.DataFrame(rows, columns=ALERTS.names))


def rule_only(tables, alerts: pd.DataFrame) -> pd.DataFrame:
    """Alerts of rules that no model alert covers; their score orders them and is no probability."""
    found = rules.detect(tables)
    covered = {entry["alert_id"] for detail in alerts["detail"] for entry in json.loads(detail).get("rules", [])}
    return found[~found["alert_id"].isin(covered)].reset_index(drop=True)
