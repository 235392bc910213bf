"""The shipped models: they fit the code, hold what their cards say, and find errors of several lines."""

import json

import pytest

from core.__main__ import main
from core.detection import evaluation, model, scoring, sources
from core.detection.explain import explain_many
from core.report import digest
from core.settings import TRAINED
from models import store

KINDS = ("forest", "gru", "lstm")
STAYS = 500


@pytest.fixture(scope="module")
def fresh():
    """Stays that no model was trained on."""
    return sources.invented("main", STAYS, 4242, lambda **_: None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_model_is_small_and_its_card_can_be_read(kind):
    card = model.load(TRAINED / kind).card
    assert sum(path.stat().st_size for path in (TRAINED / kind).iterdir()) < 8_000_000
    assert f"--model {kind}" in card["command"]
    assert {"intended_use", "limits", "data", "calibration", "threshold", "thesaurus", "seed", "metrics"} <= card.keys()
    assert {"fr", "en"} == card["limits"].keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_model_holds_its_figures_on_fresh_stays(kind, fresh):
    """The average precision on fresh stays is no lower than the card's interval allows for so few of them."""
    made = model.load(TRAINED / kind)
    told = {row["scope"]: row for row in made.card["metrics"] if row["population"] == "test"}
    for row in evaluation.evaluate(made, [fresh], "test")[:2]:
        card = told[row["scope"]]
        assert row["auprc"] > 2 * row["base_rate"]
        assert row["auprc_low"] <= card["auprc_high"]
        assert row["auprc_high"] >= card["auprc_low"]


def test_the_networks_beat_the_forest_on_errors_of_several_lines():
    rows = {kind: store.read_card(TRAINED / kind)["metrics"] for kind in KINDS}
    several = {kind: next(r for r in found if r["scope"] == "several") for kind, found in rows.items()}
    for kind in ("gru", "lstm"):
        assert several[kind]["auprc_low"] > several["forest"]["auprc_high"]


def test_alerts_of_the_shipped_model_are_explained(fresh):
    made = model.shipped()
    alerts = scoring.score(fresh[0], made, rules=False).alerts
    assert 0.02 < len(alerts) / len(fresh[0].lines) < 0.10
    few = alerts.head(20)
    assert sum(found.content["trusted"] for found in explain_many(fresh[0], few, made)) >= 10


def test_figures_are_a_list_of_rows(capsys):
    assert main(["figures", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {row["model"] for row in rows if row["source"] == "card"} == set(KINDS)
    assert {"rules", "transformer"} <= {row["model"] for row in rows if row["source"] == "comparison"}
    for row in rows:
        assert {"model", "scope", "population", "auprc", "auprc_low", "auprc_high", "base_rate"} <= row.keys()
        assert row["scope"] in ("single", "several")


def test_a_command_with_a_broken_model_exits_with_two(tmp_path, capsys):
    (tmp_path / store.CARD).write_text("{", "utf-8")
    assert main(["evaluate", "--model", str(tmp_path), "--stays", "1"]) == 2
    assert store.CARD in capsys.readouterr().err


def test_the_shipped_comparison_has_equal_terms_and_names_its_champion_by_validation():
    kept = digest.shipped()
    whole = digest.picked(kept["rows"], variant=digest.WHOLE, scope="several", population="valid")
    best = max((row for row in whole if row["model"] != "rules"), key=lambda row: row["auprc"])
    assert best["auprc"] - kept["chosen"]["validation_auprc"] <= kept["chosen"]["margin"]
    assert {"rules", "forest", "gru", "lstm", "plain_gru", "plain_lstm", "transformer"} <= {row["model"] for row in whole}
    base_rates = {row["base_rate"] for row in whole}
    assert len(base_rates) == 1  # the same lines for all
    assert kept["curve"]["several"] and kept["learning"]["gru"]
