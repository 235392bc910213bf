"""Stays judged for their alerts teach weights, and say neither how many alerts to raise nor how often there is an error."""

from dataclasses import replace

import numpy as np
import pytest

from core.detection import adapting, habits, model, scoring, sources, splits, training
from core.detection.targets import LABEL_COLUMNS
from tests.test_detection import RECIPE, SILENT, folder_with


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> model.Model:
    tables, oracle = sources.invented("main", 300, 5, SILENT["tell"])
    order = training.Order("gru", replace(RECIPE, epochs=2), width=16, data="invented")
    folder = tmp_path_factory.mktemp("begun")
    return model.load(folder_with(training.train(order, tables, oracle, folder / "steps", **SILENT), folder / "model"))


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("other", 300, 6, SILENT["tell"])[0]


@pytest.fixture(scope="module")
def alone(hospital):
    """The hospital as it is where nobody records interventions."""
    return replace(hospital, interventions=hospital.interventions.iloc[:0])


@pytest.fixture(scope="module")
def verdicts(begun, hospital, alone):
    """What a pharmacist says of the 80 highest alerts."""
    raised = scoring.score(alone, begun, threshold=0.01, rules=False).alerts.head(80)
    right = raised["line_id"].isin(hospital.interventions["line_id"]).astype(float)
    return raised.assign(label=right, weight=1.0, source="review")[list(LABEL_COLUMNS)]


@pytest.fixture(scope="module")
def on(begun, alone, verdicts, tmp_path_factory) -> model.Model:
    """The start after passes over its judged stays that are kept whatever validation says of them."""
    rose = iter(np.linspace(0.1, 0.9, 9))
    order = training.Order("gru", replace(RECIPE, learning_rate=0.02), width=16, data="workspace", start=begun)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "watch", lambda *given: lambda network: next(rose))
        return training.train(order, alone, None, tmp_path_factory.mktemp("on"), **SILENT, labels=verdicts)


def chances(made: model.Model, tables, scope: str) -> np.ndarray:
    return model.calibrated(made, scope, adapting.scored(made, tables, 0, SILENT["tell"])[scope])


def flagged(made: model.Model, tables) -> float:
    """Lines of 100 from the threshold on."""
    return 100 * float((chances(made, tables, "any") >= made.card["threshold"]["score"]).mean())


def test_as_many_alerts_are_raised_on_all_stays_as_the_start_was_asked_for(on, alone):
    assert on.card["training"]["best_epoch"] == RECIPE.epochs
    assert flagged(on, alone) == pytest.approx(5, abs=0.5)


@pytest.mark.parametrize("scope", ["any", "single", "several"])
def test_as_many_errors_are_announced_on_all_stays_as_by_the_start(on, begun, alone, scope):
    before = replace(begun, words=on.words)
    assert chances(on, alone, scope).mean() == pytest.approx(chances(before, alone, scope).mean(), rel=0.02)


def test_without_a_start_too_the_threshold_is_that_of_all_stays(alone, verdicts, tmp_path):
    made = training.train(training.Order("forest", RECIPE, data="workspace"), alone, None, tmp_path, **SILENT, labels=verdicts)
    assert flagged(made, alone) == pytest.approx(5, abs=1.5)


def test_what_is_usual_is_told_by_all_stays(on, begun, alone):
    assert on.words.habits == habits.learn(alone.lines, adapting.AT_HOME).above(begun.words.habits)


def test_the_share_of_errors_in_judged_stays_is_not_what_another_hospital_has_to_expect(on, begun):
    assert adapting.errors_expected(on) == adapting.errors_expected(begun) != {}


def test_a_start_past_belief_is_lowered_as_adapting_does(begun, alone, verdicts, tmp_path):
    rate = chances(begun, alone, "any").mean() / 8
    told = [row | {"base_rate": rate} for row in begun.card["metrics"]]
    start = replace(begun, card=begun.card | {"metrics": told})
    still = replace(RECIPE, epochs=1, learning_rate=0.0)
    order = training.Order("gru", still, width=16, data="workspace", start=start)
    made = training.train(order, alone, None, tmp_path, **SILENT, labels=verdicts)
    assert chances(made, alone, "any").mean() == pytest.approx(adapting.errors_expected(start)["any"], rel=0.05)
    assert flagged(made, alone) == pytest.approx(5, abs=0.5)


def test_where_interventions_are_known_the_threshold_stays_that_of_validation(begun, hospital, verdicts, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "at_home", None)
    still = replace(RECIPE, epochs=1, learning_rate=0.0)
    order = training.Order("gru", still, width=16, data="workspace", start=begun)
    made = training.train(order, hospital, None, tmp_path, **SILENT, labels=verdicts)
    valid = splits.taken(hospital, splits.split(hospital.stays).valid)
    assert flagged(made, valid) == pytest.approx(5, abs=0.5)


def test_of_very_many_lines_some_stays_are_read(begun, alone, monkeypatch):
    monkeypatch.setattr(adapting, "MOST_LINES", len(alone.lines) // 3 + 1)
    (few,) = adapting.some(alone)
    assert set(few.stays["stay_id"]) == set(sorted(alone.stays["stay_id"])[::3]) and set(few.lines["stay_id"]) <= set(few.stays["stay_id"])
