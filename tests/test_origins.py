"""Who says so: the model, the rules, or both."""

import json

import pandas as pd

from core.detection import model as trained
from core.detection import sources
from core.detection.origins import joined, same_problem
from core.detection.scoring import score
from core.settings import TRAINED
from tests import small_stays as small


def rules_saying(line: str, partners: str, kind: str, level: str | None):
    """One rule alert on the first stay."""
    detail = json.dumps({"rules": [{"rule": "interaction"}]})
    return small.alerts().iloc[[0]].assign(
        alert_id="rule", line_id=line, partner_line_ids=partners, error_type=kind, level=level, origin="rule", detail=detail
    )  # fmt: skip


def test_a_rule_on_the_same_lines_makes_it_both():
    alerts = small.alerts().assign(origin="model")
    found = joined(alerts, rules_saying("S1-00-0", "S1-00-1", "6.2", "pe")).set_index("alert_id")
    assert found.loc["al1", "origin"] == "both" and len(found) == len(alerts)
    assert json.loads(found.loc["al1", "detail"])["rules"]


def test_a_strong_rule_that_no_model_shares_is_kept_and_a_weak_one_is_not():
    alerts = small.alerts().assign(origin="model")
    strong, weak = (rules_saying("S1-00-2", "S1-00-3", "6.4", level) for level in ("ci", "apec"))
    assert "rule" in set(joined(alerts, strong)["alert_id"])
    assert "rule" not in set(joined(alerts, weak)["alert_id"])


def test_the_level_is_what_holds_for_these_lines():
    """Aspirin: one level for an analgesic dose, another for an antiplatelet one."""
    alerts = small.alerts().assign(origin="model", level="ci")
    weak, strong = (rules_saying("S1-00-0", "S1-00-1", "6.2", level) for level in ("apec", "ad"))
    found = joined(alerts, pd.concat([weak, strong.assign(alert_id="other")])).set_index("alert_id")
    assert found.loc["al1", "level"] == "ad"
    assert joined(alerts, weak).set_index("alert_id").loc["al1", "level"] == "apec"


def test_one_line_in_common_is_not_the_same_problem_of_several():
    alert = small.alerts().iloc[0].to_dict()
    rule = rules_saying("S1-00-0", "S1-00-3", "6.2", "pe").iloc[0].to_dict()
    assert not same_problem(alert, rule)


def test_a_strong_rule_alone_is_among_the_alerts_that_scoring_gives():
    tables, model = sources.invented("main", 60, 4242, lambda **_: None)[0], trained.load(TRAINED / "gru")
    alone, joint = (score(tables, model, rules=rules).alerts for rules in (False, True))
    assert set(alone["alert_id"]) <= set(joint["alert_id"])
    assert set(alone["origin"]) <= {"model"} and alone["level"].isna().all()
    assert joint.loc[joint["origin"] == "model", "level"].isna().all() and joint["level"].notna().any()
    assert (joint["origin"] == "rule").sum() == len(joint) - len(alone)
    assert all(json.loads(rule["detail"])["rules"] for rule in joint[joint["origin"] != "model"].to_dict("records"))
