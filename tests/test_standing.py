"""What a lower chance must not hide: contra-indications that a remedy leaves as they are, doses that it makes too low."""

import pandas as pd
import pytest

from core.detection.remedies import Remedy, applied
from core.detection.standing import below_usual, listed_pairs, of_patient, situation_at, standing
from pages.review.whatif import stands
from pages.shell.session import Session
from tests.hand_made import DAY, line, observation, stay_row, tables
from tests.test_bench import asked, network, read_by_network, session  # noqa: F401
from tests.test_whatif import MODEL, try_out

ROWS = [
    line("s", 0, ("ciclosporine", "oral", 100, 2), 0, None), line("s", 1, ("rosuvastatine", "oral", 10, 1), 6, None),
    line("s", 2, ("apixaban", "oral", 2.5, 2), 6, None),
]  # fmt: skip
AT = DAY + pd.Timedelta(hours=6)


def stay(*results: tuple[str, float, float]):
    return tables([stay_row("s", "p")], ROWS, [observation("s", i, *one) for i, one in enumerate(results)])


def told(remedy: Remedy, *results: tuple[str, float, float]) -> list[tuple]:
    here, names = situation_at(applied(stay(*results), remedy, AT), AT), ["s-0", "s-1"]
    found = standing(here, AT, names, listed_pairs(here, names))
    return sorted((rule["rule"], *rule["substances"]) for rule in found)


@pytest.mark.parametrize("kind", ["halve", "shift"])
def test_a_pair_that_must_not_be_stands_until_one_of_it_is_stopped(kind):
    assert told(Remedy(kind, "s-1")) == [("interaction", "rosuvastatine", "ciclosporine")]
    assert told(Remedy("stop", "s-1")) == told(Remedy("stop", "s-0")) == []


def test_what_the_patient_must_not_have_stands_as_long_as_the_last_result_says_so():
    """A kidney that has recovered is no reason any more."""
    must_not = ("contra_indicated", "rosuvastatine")
    assert must_not in told(Remedy("halve", "s-1"), ("egfr", 60.0, 1), ("egfr", 20.0, 5))
    assert must_not not in told(Remedy("halve", "s-1"), ("egfr", 20.0, 1), ("egfr", 60.0, 5))
    assert must_not not in told(Remedy("halve", "s-1"), ("egfr", 20.0, 7))  # not known yet


@pytest.mark.parametrize(("egfr", "said"), [(40.0, "not_adapted"), (60.0, None)])
def test_a_sum_above_the_maximum_of_the_patient_stands_whatever_is_taken_when_needed_beside_it(egfr, said):
    rows = [line("s", i, ("metformine", "oral", 1000, 1), i, None) | {"prn": i == 0} for i in range(3)]
    of = lambda rows: situation_at(tables([stay_row("s", "p")], rows, [observation("s", 0, "egfr", egfr, 1)]), AT)  # noqa: E731
    found = standing(of(rows), AT, ["s-2"])
    assert [rule["rule"] for rule in found] == ([said] if said else [])
    assert standing(of(rows[:2]), AT, ["s-1"]) == []


@pytest.mark.parametrize(("mg", "egfr", "wrong"), [(250, 20.0, True), (250, 60.0, False), (125, 20.0, False)])
def test_a_raise_that_goes_over_the_maximum_of_the_patient_is_known_to(mg, egfr, wrong):
    rows = [line("s", 0, ("amoxicilline", "oral", mg, 3), 6, None)]
    raised = applied(tables([stay_row("s", "p")], rows, [observation("s", 0, "egfr", egfr, 1)]), Remedy("double", "s-0"), AT)
    assert of_patient(raised, AT, "s-0") == wrong


def test_a_raise_that_breaks_a_rule_is_offered_last(session, monkeypatch):  # noqa: F811
    monkeypatch.setattr("pages.review.whatif.kinds_for", lambda code: ["stop", "double", "more", "monitor"])
    kinds = lambda: [kind for kind, _ in asked(session, "remedies", stay="S1", alert="al2")["remedies"]["kinds"]]  # noqa: E731
    assert kinds() == ["stop", "double", "more", "monitor"]
    monkeypatch.setattr("core.detection.standing.of_patient", lambda *_: True)
    assert kinds() == ["stop", "monitor", "double", "more"]


def test_a_dose_that_a_remedy_makes_lower_than_usual_is_said_and_one_taken_away_is_not():
    alert = {"stay_id": "s", "line_id": "s-2", "partner_line_ids": "", "at": AT, "error_type": "4.1", "model_id": ""}
    found = try_out(stay(), alert, Remedy("space", "s-2"), MODEL)["below"]
    assert found == [{"substance": "apixaban", "high": 2.5, "usual_low": 5.0}]
    assert try_out(stay(), alert, None, MODEL)["below"] == try_out(stay(), alert, Remedy("stop", "s-2"), MODEL)["below"] == []
    enough = [{"substance": "apixaban", "today": {"high": 10.0}, "tomorrow": {"high": 5.0, "known": True}}]
    assert below_usual(enough, stay(), AT) == []


@pytest.mark.parametrize(("mg", "times", "level"), [(75, 1, "apec"), (1000, 3, "ci")])
def test_the_level_of_a_pair_is_the_one_of_its_doses_and_not_the_strongest_printed(mg, times, level):
    rows = [line("s", 0, ("apixaban", "oral", 5, 2), 0, None), line("s", 1, ("acide acetylsalicylique", "oral", mg, times), 6, None)]
    alert = {"stay_id": "s", "line_id": "s-1", "partner_line_ids": "s-0", "at": AT, "error_type": "6.1", "model_id": ""}
    found = try_out(tables([stay_row("s", "p")], rows, []), alert, Remedy("stop", "s-1"), MODEL)["pairs"]
    assert [(row["level_today"], row["level_tomorrow"]) for row in found] == [(level, "")]


@network
def test_the_page_says_what_stands_and_what_is_too_little(read_by_network):  # noqa: F811
    """Warfarin with miconazole by mouth; a tenth of its dose."""
    tried = lambda **remedy: asked(read_by_network, "tryout", alert="nal1", remedy=remedy)["compared"]["warnings"]  # noqa: E731
    assert any("Ce remède appliqué" in said and "**contre-indication**" in said
               for said in tried(kind="substance", line_id="S1-00-1", substance="miconazole"))  # fmt: skip
    assert any(said.startswith("Warfarine : 0,5") and "sous la plus faible dose usuelle (1 mg)" in said
               for said in tried(kind="space", line_id="S1-00-0", times_per_day=0.1))  # fmt: skip
    assert not any("Ce remède appliqué" in said or "usuelle" in said for said in tried(kind="stop", line_id="S1-00-1"))


def test_what_a_disease_forbids_stands_until_it_is_stopped_and_is_said():
    rows = [line("s", i, (key, "iv", 10, 3), i, None) for i, key in enumerate(("metoclopramide", "paracetamol"))]
    here = tables([stay_row("s", "p") | {"diagnoses": "I10+G20"}], rows, [])
    after = {kind: situation_at(applied(here, Remedy(kind, "s-0"), AT), AT) for kind in ("halve", "stop")}
    left = {kind: standing(each, AT, ["s-0", "s-1"]) for kind, each in after.items()}
    assert [rule["disease"] for rule in left["halve"]] == ["parkinson"] and not left["stop"]
    [said] = stands(Session(None, "fr", ""), {"stands": left["halve"], "remedy": "halve"})
    assert "maladie de Parkinson (G20)" in said
