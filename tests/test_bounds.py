"""What a patient may have a day: beside the dose over time, and beside a remedy."""

import json

import pytest

from core.knowledge.rules import detect
from pages.review.answers import reply
from pages.review.reference import rule_words
from pages.review.whatif import above
from pages.shell.session import Session
from tests import hand_made as hand
from tests.tiny_workspace import make


@pytest.fixture
def session(tmp_path):
    return Session(make(tmp_path / "w"), "fr", "pharmacien-a")


def ledgers(session, monkeypatch, stay):
    """The mg a day of a stay made by hand, as the workbench is told them."""
    monkeypatch.setattr("core.review.moments.read_stay", lambda *_: stay)
    return reply(session, {"questions": [{"id": 7, "name": "ledgers", "stay": "s"}]}, {})["answers"]["7"]["ledgers"]


def stay_with_kidneys(drug, *rates):
    """A stay of one drug and its eGFR day by day."""
    seen = [hand.observation("s", day, "egfr", rate, 24 * day) for day, rate in enumerate(rates)]
    return hand.tables([hand.stay_row("s", "p")], [hand.line("s", 0, drug, 0, 72)], seen)


def test_the_ledger_follows_what_the_patient_may_have(session, monkeypatch):
    """A result that comes changes the maximum from then on, as the rule that tells of it."""
    stay = stay_with_kidneys(("perindopril", "oral", 10, 1), 80, 52, 90)
    spans = ledgers(session, monkeypatch, stay)[0]["spans"]
    assert [(span["maximum"], span["condition"]) for span in spans] == [(10.0, ""), (2.5, "egfr<60"), (10.0, "")]
    assert [span["high"] for span in spans] == [10.0] * 3
    assert "maximum 2,5 si DFG" in spans[1]["bound"] and "(ici 52)" in spans[1]["bound"] and "COVERSYL" in spans[1]["bound"]


def test_the_ledger_says_what_should_not_be_given(session, monkeypatch):
    stay = stay_with_kidneys(("metformine", "oral", 1000, 2), 22)
    span = ledgers(session, monkeypatch, stay)[0]["spans"][0]
    assert span["stop"] and span["maximum"] is None and span["bound"].startswith("contre-indication si DFG")


@pytest.mark.parametrize(("high", "warned"), [(5.0, True), (2.5, False)])
def test_a_remedy_that_does_not_lower_enough_is_warned_of(session, high, warned):
    day = lambda mg: {"low": mg, "high": mg, "known": True}  # noqa: E731
    row = {"substance": "perindopril", "today": day(10.0), "tomorrow": day(high), "maximum": 2.5, "source": "RCP COVERSYL",
           "stop": False, "condition": "egfr<60", "value": 52.0, "mg_per_kg": None}  # fmt: skip
    said = above(session, {"ledger": [row]})
    assert bool(said) == warned and all("maximum 2,5 si DFG" in one for one in said)
    never = above(session, {"ledger": [row | {"stop": True, "maximum": None}]})[0]
    assert never.count("contre-indication si DFG") == 1 and "trop" not in never  # no dose of it is the right one
    assert not above(session, {"ledger": [row | {"stop": True, "maximum": None, "tomorrow": None}]})


def test_a_maximum_by_weight_is_told_with_its_arithmetic(session, monkeypatch):
    seen = [hand.observation("s", 0, "weight", 38, 0)]
    stay = hand.tables([hand.stay_row("s", "p")], [hand.line("s", 0, ("paracetamol", "iv", 1000, 4), 0, 72)], seen)
    told = "2\u202f280, soit 60 mg/kg × 38 kg, si poids < 50 kg (RCP PERFALGAN)"
    assert ledgers(session, monkeypatch, stay)[0]["spans"][0]["bound"] == f"maximum {told}"
    rule = json.loads(detect(stay)["detail"].iloc[0])["rules"][0]
    said = rule_words(session, rule)[0]
    assert said == f"Paracétamol : 4\u202f000 mg par jour, maximum {told}".replace("280,", "280 mg,")
