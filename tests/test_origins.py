"""Who says so: the model, the rules, or both."""

import json

import pandas as pd

from core.detection import model as trained
from core.detection import sources
from core.detection.origins import joined, same_problem
from core.detection.scoring import once, score
from core.settings import TRAINED
from tests import small_stays as small


def rules_saying(line: str, partners: str, kind: str, level: str | None):
    """One rule alert on the first stay."""
    detail = json.dumps({"rules": [{"rule": "interaction"}], "of": [[line, *filter(None, partners.split("+"))]]})
    return small.alerts().iloc[[0]].assign(
        alert_id="rule", line_id=line, partner_line_ids=partners, error_type=kind, level=level, origin="rule", detail=detail
    )  # fmt: skip


def test_a_rule_on_the_same_lines_makes_it_both():
    alerts = small.alerts().assign(origin="model")
    found = joined(alerts, rules_saying("S1-00-0", "S1-00-1", "6.2", "pe"), small.lines()).set_index("alert_id")
    assert found.loc["al1", "origin"] == "both" and len(found) == len(alerts)
    assert json.loads(found.loc["al1", "detail"])["rules"]


def test_a_strong_rule_that_no_model_shares_is_kept_and_a_weak_one_is_not():
    alerts = small.alerts().assign(origin="model")
    strong, weak = (rules_saying("S1-00-2", "S1-00-3", "6.4", level) for level in ("ci", "apec"))
    assert "rule" in set(joined(alerts, strong, small.lines())["alert_id"])
    assert "rule" not in set(joined(alerts, weak, small.lines())["alert_id"])


def test_the_level_is_what_holds_for_these_lines():
    """Aspirin: one level for an analgesic dose, another for an antiplatelet one."""
    alerts = small.alerts().assign(origin="model", level="ci")
    weak, strong = (rules_saying("S1-00-0", "S1-00-1", "6.2", level) for level in ("apec", "ad"))
    found = joined(alerts, pd.concat([weak, strong.assign(alert_id="other")]), small.lines()).set_index("alert_id")
    assert found.loc["al1", "level"] == "ad"
    assert joined(alerts, weak, small.lines()).set_index("alert_id").loc["al1", "level"] == "apec"


def test_one_line_in_common_is_not_the_same_problem_of_several():
    alert = small.alerts().iloc[0].to_dict()
    rule = rules_saying("S1-00-0", "S1-00-3", "6.2", "pe").iloc[0].to_dict()
    assert not same_problem(alert, rule)


def test_the_same_drug_twice_beside_an_interaction_is_an_alert_of_its_own():
    """Potassium with two lines of enoxaparin: that there are two of them is another problem than that they interact."""
    alert = small.alerts().iloc[[0]].assign(origin="model", partner_line_ids="S1-00-0+S1-00-4", at=small.hour(40))
    twice = rules_saying("S1-00-4", "S1-00-0", "4.2", None)
    found = joined(alert, twice, small.lines())
    assert list(found["origin"]) == ["model", "rule"]
    same = rules_saying("S1-00-1", "S1-00-4", "6.3", "ad").assign(alert_id="same")
    assert list(joined(alert, same, small.lines())["origin"]) == ["both"]
    assert same_problem(alert.iloc[0].to_dict() | {"error_type": "5.3"}, twice.iloc[0].to_dict())


def test_a_strong_interaction_of_the_partners_with_each_other_is_not_lost_in_the_alert():
    alert = small.alerts().iloc[[0]].assign(origin="model", partner_line_ids="S1-00-0+S1-00-4", at=small.hour(40))
    found = joined(alert, rules_saying("S1-00-4", "S1-00-0", "6.4", "ci"), small.lines())
    assert list(found["origin"]) == ["model", "rule"]


def test_a_rule_is_told_beside_an_alert_of_its_time_and_of_lines_that_run_then():
    """Furosemide ends at the 72nd hour; the rule that speaks of it speaks of no alert after that."""
    alert = small.alerts().iloc[[0]].assign(origin="model", error_type="6.2", at=small.hour(80))
    pair, gone = rules_saying("S1-00-1", "S1-00-0", "6.2", "pe"), rules_saying("S1-00-1", "S1-00-3", "6.2", "pe")
    of = [json.loads(rule["detail"].iloc[0])["of"][0] for rule in (pair, gone)]
    detail = json.dumps({"rules": [{"rule": "stands"}, {"rule": "gone"}], "of": of})
    told = joined(alert, pair.assign(partner_line_ids="S1-00-0+S1-00-3", detail=detail), small.lines())["detail"]
    assert json.loads(told.iloc[0])["rules"] == [{"rule": "stands"}]
    dose = rules_saying("S1-00-4", "", "4.1", None).assign(at=small.hour(90))
    early = small.alerts().iloc[[1]].assign(origin="model")
    assert list(joined(early, dose, small.lines())["origin"]) == ["model", "rule"]
    assert list(joined(early, dose.assign(at=small.hour(31)), small.lines())["origin"]) == ["both"]


def test_what_a_line_must_not_be_given_for_is_no_matter_of_its_dose():
    dose, never = (rules_saying("S1-00-4", "", kind, None).iloc[0] for kind in ("4.1", "1.3"))
    assert not same_problem(dose, never) and same_problem(never, dose)


def test_two_lines_that_name_each_other_are_one_alert():
    """The riskiest speaks; of another instant or type, or of one line more, the problem is another."""
    one = {"stay_id": "s", "line_id": "a", "partner_line_ids": "b", "at": small.hour(1), "error_type": "4.2", "score": 0.5}
    other = one | {"line_id": "b", "partner_line_ids": "a"}
    assert once([one, other]) == once([other, one]) == [one]
    assert once([one, other | {"score": 0.6}]) == [other | {"score": 0.6}]
    for apart in ({"at": small.hour(2)}, {"error_type": "6.3"}, {"partner_line_ids": "a+c"}, {"partner_line_ids": ""}):
        assert len(once([one, other | apart])) == 2


def test_two_lines_that_name_each_other_for_one_kind_of_problem_are_one_alert():
    """Ketoprofen beside apixaban: that they interact, and that the pair asks for a corrector."""
    one = {"stay_id": "s", "line_id": "a", "partner_line_ids": "b", "at": small.hour(1), "error_type": "6.3", "score": 0.5}
    for first, second in (("6.3", "2.4"), ("6.2", "6.4"), ("4.2", "5.3")):
        pair = [one | {"error_type": first}, one | {"line_id": "b", "partner_line_ids": "a", "error_type": second, "score": 0.6}]
        assert once(pair) == pair[1:]


def of_patient(kind: str, rule: dict) -> pd.DataFrame:
    detail = json.dumps({"rules": [rule], "of": [["S1-00-4"]]})
    return rules_saying("S1-00-4", "", kind, None).assign(alert_id=kind, at=small.hour(31), detail=detail)


def test_what_must_not_be_given_and_is_too_high_a_dose_of_it_is_told_once():
    """Metformin at an eGFR below 30: the rules call it a contra-indication, and whatever dose there is too high."""
    rule = {"rule": "contra_indicated", "condition": "egfr<30"}
    both = pd.concat([of_patient("4.1", rule), of_patient("1.3", rule)])
    none, dose = small.alerts().iloc[:0], small.alerts().iloc[[1]].assign(origin="model", error_type="4.1", at=small.hour(31))
    assert list(joined(none, both, small.lines())["error_type"]) == ["1.3"]
    assert list(joined(dose.assign(line_id="S1-00-4"), both, small.lines())["origin"]) == ["both"]
    apart = pd.concat([of_patient("4.1", rule | {"condition": "egfr<45"}), of_patient("1.3", rule)])
    assert list(joined(none, apart, small.lines())["error_type"]) == ["4.1", "1.3"]
    later = pd.concat([of_patient("4.1", rule).assign(at=small.hour(50)), of_patient("1.3", rule)])
    assert list(joined(none, later, small.lines())["error_type"]) == ["4.1", "1.3"]


def test_a_strong_rule_alone_is_among_the_alerts_that_scoring_gives():
    tables, model = sources.invented("main", 60, 4242, lambda **_: None)[0], trained.load(TRAINED / "gru")
    alone, joint = (score(tables, model, rules=rules).alerts for rules in (False, True))
    assert set(alone["alert_id"]) <= set(joint["alert_id"])
    assert set(alone["origin"]) <= {"model"} and alone["level"].isna().all()
    assert joint.loc[joint["origin"] == "model", "level"].isna().all() and joint["level"].notna().any()
    assert (joint["origin"] == "rule").sum() == len(joint) - len(alone)
    assert all(json.loads(rule["detail"])["rules"] for rule in joint[joint["origin"] != "model"].to_dict("records"))


def test_an_alert_that_names_no_partner_is_joined_by_its_line_and_kind():
    alert = small.alerts().iloc[0].to_dict() | {"partner_line_ids": ""}
    rule = rules_saying("S1-00-0", "S1-00-1", "6.3", "ad").iloc[0].to_dict()
    assert same_problem(alert, rule)
    assert not same_problem(alert, rule | {"error_type": "4.2"})
    assert not same_problem(alert, rule | {"partner_line_ids": "S1-00-2"})
