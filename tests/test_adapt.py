"""A model at home in another hospital: its habits, its share of alerts, its own name; nothing else changes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.__main__ import main
from core.data.store import read_all
from core.detection import adapting, cards, habits, metrics, model, scoring
from core.errors import Refusal
from core.review.explaining import folder_of
from core.settings import Workspace
from core.simulator import HOSPITALS
from core.simulator.output import populate
from tests.test_detection import equal, folder_with, hospital, trained  # noqa: F401


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Workspace:
    """An invented hospital that the model did not learn from."""
    workspace = Workspace(tmp_path_factory.mktemp("home") / "w")
    populate(workspace, HOSPITALS["other"], 200, 9)
    return workspace


@pytest.fixture(scope="module")
def begun(trained, tmp_path_factory) -> model.Model:  # noqa: F811
    return model.load(folder_with(trained, tmp_path_factory.mktemp("begun")))


@pytest.fixture(scope="module")
def here(begun, home) -> model.Model:
    return adapting.adapted(begun, home, 5)


def test_habits_are_those_of_the_drugs_seen_often_enough_and_the_models_own_beside_them(begun, here, home):
    lines = read_all(home).lines
    own, past = habits.learn(lines, adapting.AT_HOME), begun.words.habits
    assert here.words.habits.routes == past.routes | own.routes
    assert here.words.habits.doses == past.doses | own.doses
    assert own.routes.keys() & past.routes.keys()
    assert set(past.routes) - set(own.routes)
    often = habits.names(lines, habits.DRUG).value_counts()
    assert set(own.routes) == set(often.index[often >= adapting.AT_HOME])


@pytest.mark.parametrize("share", [2, 5, 20])
def test_as_many_alerts_as_were_asked_for(begun, home, share):
    there = adapting.adapted(begun, home, share)
    lines = len(read_all(home).lines)
    alerts = scoring.score(home, there, rules=False).alerts
    assert len(alerts) == pytest.approx(lines * share / 100, rel=0.25, abs=2)
    assert there.card["threshold"]["alerts_per_100_lines"] == share


def test_weights_and_codes_stay_and_no_figure_is_claimed(begun, here):
    assert equal(begun, here)
    assert here.words.line == begun.words.line
    assert here.card["metrics"] == []
    assert begun.card["metrics"]


def expecting(made: model.Model, rate: float) -> model.Model:
    """The model as if it had been measured where pharmacists intervene on a share ``rate`` of the lines in each scope."""
    told = [row | {"base_rate": rate} for row in made.card["metrics"]]
    return replace(made, card=made.card | {"metrics": told})


def test_chances_that_can_be_believed_stay_as_they_are(begun, home):
    there = adapting.adapted(expecting(begun, 0.4), home, 5)
    assert there.card["calibration"] == begun.card["calibration"]
    assert there.card["adapted"]["lowered"] is False


def test_chances_past_belief_are_lowered_to_what_is_expected_in_the_same_order(begun, home):
    told, lines = adapting.adapted(expecting(begun, 0.4), home, 5).card["adapted"], len(read_all(home).lines)
    rate = told["announced"]["any"] / 8
    there = adapting.adapted(expecting(begun, rate), home, 5)
    logits = adapting.scored(there, home, lines, lambda **_: None)
    changed = []
    for scope, expected in there.card["adapted"]["expected"].items():
        before, after = (model.calibrated(each, scope, logits[scope]) for each in (begun, there))
        if before.mean() > adapting.PAST_BELIEF * expected:
            changed.append(scope)
            assert after.mean() == pytest.approx(expected, rel=0.02)
            assert (after < before).all()
            assert (np.argsort(after, kind="stable") == np.argsort(before, kind="stable")).all()
    assert "any" in changed
    assert there.card["adapted"]["lowered"] is True
    assert there.card["threshold"]["logit"] == adapting.adapted(begun, home, 5).card["threshold"]["logit"]


def test_the_card_says_so_when_the_chances_of_one_scope_alone_were_lowered(begun, home):
    told = adapting.adapted(begun, home, 5).card["adapted"]["announced"]
    rates = {"single": told["single"], "several": told["several"] / 3}
    alone = replace(begun, card=begun.card | {"metrics": [row | {"base_rate": rates[row["scope"]]}
                                                          for row in begun.card["metrics"]]})  # fmt: skip
    there = adapting.adapted(alone, home, 5).card
    assert there["calibration"]["several"] != begun.card["calibration"]["several"]
    assert there["calibration"]["any"] == begun.card["calibration"]["any"]
    assert there["adapted"]["lowered"] is True


def test_chances_that_are_all_but_certain_can_be_lowered():
    logit = np.linspace(-10, 10, 2000)
    knots = metrics.knots(logit > 6, logit)
    assert knots["probability"][-1] > 0.999
    down = adapting.lowered(knots, -3.0)
    assert np.isfinite(down).all()
    assert (down < knots["probability"]).all()


def test_an_adapted_model_is_adapted_again_by_what_it_had_been_measured_to_expect(begun, home):
    once = adapting.adapted(begun, home, 5)
    assert adapting.errors_expected(once) == adapting.errors_expected(begun)
    assert adapting.adapted(once, home, 5).card["adapted"]["expected"] == once.card["adapted"]["expected"]


def test_the_command_says_that_chances_were_lowered(begun, home, tmp_path, capsys):
    for rate, said in ((0.4, False), (0.0001, True)):
        folder = str(folder_with(expecting(begun, rate), tmp_path / f"from-{rate}"))
        out = str(tmp_path / f"to-{rate}")
        assert main(["adapt", "--workspace", str(home.path), "--model", folder, "--out", out, "--lang", "en"]) == 0
        assert ("were lowered" in capsys.readouterr().out) is said


def test_the_card_says_from_which_model_and_what_was_read(begun, here, home):
    told, lines = here.card["adapted"], read_all(home).lines
    assert told["from"] == begun.id
    assert (told["stays"], told["lines"]) == (200, len(lines))
    assert told["begin"] < told["end"]


def test_it_has_a_name_of_its_own_by_which_its_alerts_are_explained(begun, here, home):
    saved = model.save(home.models / "gru", here)
    model.save(home.models / "before", begun)
    assert saved.id != begun.id
    assert folder_of(home, saved.id) == home.models / "gru"
    assert folder_of(home, begun.id) == home.models / "before"
    again = model.load(home.models / "gru")
    assert again.id == saved.id
    assert again.words.habits == here.words.habits


def test_of_many_lines_some_are_read_from_one_end_to_the_other(begun, home, monkeypatch):
    monkeypatch.setattr(adapting, "STAYS_A_BATCH", 32)
    monkeypatch.setattr(adapting, "MOST_LINES", 1300)
    monkeypatch.setattr(adapting, "LEAST_LINES", 100)
    few = adapting.adapted(begun, home, 5).card["adapted"]
    every = -(-len(read_all(home).lines) // 1300)
    assert every > 1
    ids = read_all(home).stays["stay_id"].sort_values().to_list()
    kept = {name for i in range(0, len(ids), 32 * every) for name in ids[i : i + 32]}
    assert few["stays"] == len(kept)
    assert few["lines"] == int(read_all(home).lines["stay_id"].isin(kept).sum())


def test_too_few_lines_are_refused(begun, home, monkeypatch):
    monkeypatch.setattr(adapting, "LEAST_LINES", 100_000)
    with pytest.raises(Refusal, match="adapt_few_lines"):
        adapting.adapted(begun, home, 5)


def test_an_empty_workspace_is_refused(begun, tmp_path):
    with pytest.raises(Refusal, match="adapt_few_lines"):
        adapting.adapted(begun, Workspace(tmp_path), 5)


@pytest.mark.parametrize("alerts", ["0", "100", "-1"])
def test_a_share_that_is_none_is_refused(alerts, home, capsys):
    assert main(["adapt", "--workspace", str(home.path), "--alerts", alerts, "--lang", "en"]) != 0
    assert "--alerts" in capsys.readouterr().err


def test_the_command_writes_a_model_that_scores(begun, home, tmp_path, capsys):
    learned = "python -m core train --invented 60 --seed 77 --out m"
    first = str(folder_with(replace(begun, card=begun.card | {"command": learned}), tmp_path / "first"))
    given = ["--workspace", str(home.path), "--model", first, "--out", str(tmp_path / "own"), "--json"]
    assert main(["adapt", *given]) == 0
    answer = json.loads(capsys.readouterr().out)
    own = model.load(tmp_path / "own")
    assert answer["model"] == own.id
    assert answer["drugs"] == len(habits.learn(read_all(home).lines, adapting.AT_HOME).routes) > 0
    assert own.card["command"].startswith(f"{learned} && python -m core adapt --model {first} --workspace {home.path} --alerts 5 ")
    assert 77 in cards.seeds(own.card)


def test_a_threshold_is_that_of_the_lines_it_is_given(begun):
    logits = np.linspace(-6, 6, 1001)
    found = model.threshold(begun, logits, 10)
    assert found["logit"] == pytest.approx(4.8)
    assert found["score"] == pytest.approx(float(model.calibrated(begun, "any", np.array([4.8]))[0]), abs=1e-3)
    unsure = replace(begun, card=begun.card | {"calibration": {"any": {"logit": [-6, 6], "probability": [0, 1]}}})
    assert model.threshold(unsure, logits, 10)["score"] == pytest.approx(0.9)


def test_where_no_error_was_measured_nothing_is_past_belief():
    assert adapting.past_belief(0.3, 0.1) and not adapting.past_belief(0.3, 0.0)
