"""Failures, one by one: a model that points at no line accuses none."""

import pytest

from core.detection import model, scoring, sources
from core.detection.failures import failures
from core.schema import SEVERAL_LINE_TYPES


@pytest.fixture(scope="module")
def stays():
    return sources.invented("main", 60, 9, lambda **_: None)


def raised(kind: str, stays) -> list[dict]:
    return [each for each in failures(model.shipped(kind), *stays, 8)
            if each["failure"] == "raised" and each["error_type"] in SEVERAL_LINE_TYPES]  # fmt: skip


def test_a_forest_blames_no_other_line_for_what_it_raised(stays):
    found = raised("forest", stays)
    assert found and [each["partners"] for each in found] == [[]] * len(found)
    assert any(each["partners"] for each in raised("lstm", stays))


@pytest.mark.parametrize("kind", ["forest", "lstm"])
def test_what_was_alerted_is_not_missed_and_what_was_not_is_not_raised(kind, stays):
    made = model.shipped(kind)
    found = {way: [each["chance"] for each in failures(made, *stays, 400) if each["failure"] == way] for way in ("missed", "raised")}
    assert found["missed"] and max(found["missed"]) < made.card["threshold"]["score"] <= min(found["raised"])


def test_alerts_of_a_forest_name_no_partner(stays):
    alerts = scoring.score(stays[0], model.shipped("forest"), rules=False).alerts
    several = alerts[alerts["error_type"].isin(SEVERAL_LINE_TYPES)]
    assert len(several) and set(several["partner_line_ids"].fillna("")) == {""}


def test_what_the_rules_say_too_supports_an_alert_without_partner(stays):
    alerts = scoring.score(stays[0], model.shipped("forest")).alerts
    both = alerts[alerts["origin"] == "both"]
    assert both["error_type"].isin(SEVERAL_LINE_TYPES).any()
