"""What the workbench is given, and what becomes of what it sends: each gesture is written once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from core.i18n import LANGUAGES, t
from core.review.alerts import alert, keep_alerts
from core.review.case import open_case
from core.review.desk import draft, enter, views
from core.review.moments import ledgers, moments
from core.review.register import reviews
from core.review.telling import results
from core.review.trial import network_for
from core.review.worklist import Filters, worklist
from core.settings import CHAMPION, TRAINED
from pages.review import rows
from pages.review.answers import reply
from pages.review.cards import card
from pages.review.rows import queue
from pages.shell.session import Session
from pages.wording.words import dose
from tests import small_stays as small
from tests.tiny_workspace import make

network = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


@pytest.fixture
def session(tmp_path):
    return Session(make(tmp_path / "w"), "fr", "pharmacien-a")


@pytest.fixture
def read_by_network(session):
    """The hand-made stays with the same alerts, raised by the shipped network."""
    from core.detection.model import shipped

    alerts = small.alerts().assign(model_id=shipped("gru").id, alert_id=lambda rows: "n" + rows["alert_id"])
    keep_alerts(session.workspace, alerts, retire=False)
    return session


def sent(session, done=None, **gesture):
    """The acknowledgement of one gesture."""
    message = {"gestures": [{"token": "t1", **gesture}]}
    return reply(session, message, {} if done is None else done)["acks"].get(gesture.get("token", "t1"))


def asked(session, name, **question):
    return reply(session, {"questions": [{"id": 7, "name": name, **question}]}, {})["answers"]["7"]


def test_the_queue_ranks_by_risk(session):
    found = queue(session, {}, 45)["rows"]
    assert [row["alert"] for row in found] == ["al1", "al3", "al2"]
    assert found[0]["lines"] == "Amiodarone + warfarine" and found[0]["level"] == "PE" and found[0]["hours"]


def test_the_queue_stay_after_stay_keeps_each_together(session):
    assert [row["alert"] for row in queue(session, {"by": "stay"}, 45)["rows"]] == ["al1", "al2", "al3"]


def test_the_queue_puts_contra_indications_first_where_asked(session):
    keep_alerts(session.workspace, small.alerts().iloc[[1]].assign(alert_id="never", error_type="1.3", score=0.2), retire=False)
    told = {by: [row["alert"] for row in queue(session, {"by": by}, 45)["rows"]] for by in ("", "banned", "time", "nonsense")}
    assert told["banned"][0] == "never" and told[""] == told["nonsense"] == [*told["banned"][1:], "never"]
    assert set(told["time"]) == set(told[""])


def test_filters_that_nobody_knows_show_what_is_to_be_read(session):
    assert len(queue(session, {"state": "nonsense"}, 45)["rows"]) == 3
    assert [row["alert"] for row in queue(session, {"error_type": "4.1"}, 45)["rows"]] == ["al2"]


def test_a_stay_is_found_by_any_part_of_its_name(session):
    assert [queue(session, {"search": text}, 45)["total"] for text in ("S1", "1", "s2")] == [2, 2, 1]
    assert queue(session, {"search": "S1x"}, 45)["stays"] == []
    assert queue(session, {"search": "S12"}, 45)["stays"] == []
    from core.data.store import stays_named

    assert stays_named(session.workspace, "S") == ["S1", "S2"]
    assert stays_named(session.workspace, "2") == ["S2"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("stay", "alert"), [("S1", "al1"), ("S1", "al2"), ("S2", "al3")])
def test_each_alert_makes_a_card_in_both_languages(session, stay, alert, language):
    found = card(Session(session.workspace, language, "a"), stay, alert)
    assert found["key"] == alert and found["lines"] and found["sentence"]


def test_a_card_says_its_alert_in_plain_words(session):
    told = card(session, "S1", "al1")["sentence"]
    assert "Amiodarone + warfarine" in told and "91\u202f%" in told and "précaution d’emploi" in told


def test_a_listed_pair_of_which_no_level_is_sure_is_not_called_unlisted(session):
    raised = small.alerts().iloc[:1].assign(alert_id="open1", level=None, origin="model")
    keep_alerts(session.workspace, raised, retire=False)
    said = card(session, "S1", "open1")["sentence"]
    assert "Paire du thésaurus, selon dose" in said and "Aucune interaction" not in said


def test_the_sentence_says_the_results_that_have_to_do_with_the_alert(session):
    case = open_case(session.workspace, "S1", "al1")
    seen = [("inr", 4.2), ("potassium", 5.6), ("creatinine", 140.0), ("sodium", 150.0), ("qtc", 510.0)]
    case = replace(case, observations=pd.DataFrame(seen, columns=["kind", "value"]).assign(observed_at=case.at))
    shares = {"qtc": -4.0, "sodium": 0.8, "potassium": 0.1, "inr": 3.0}
    why = {"trusted": True, "features": [{"name": name, "attribution": value} for name, value in shares.items()]}
    kinds = [[one.kind for one in results(replace(case, explanation=one))] for one in (why, why | {"trusted": False}, None)]
    assert kinds[0] == ["inr", "qtc", "sodium"]  # all that weighs, whatever the drugs
    assert kinds[1] == kinds[2] == ["inr", "qtc"]  # the limits of warfarin and of amiodarone ask for them
    against = why | {"features": [{"name": name, "attribution": -abs(value)} for name, value in shares.items()]}
    assert [one.kind for one in results(replace(case, explanation=against))] == ["inr", "qtc"]  # no reason is what speaks against


@pytest.mark.parametrize(("error_type", "told"), [("2.4", ["potassium"]), ("6.2", [])])
def test_a_missing_corrector_says_the_low_result_that_calls_for_it(session, error_type, told):
    case = open_case(session.workspace, "S1", "al1")
    seen = pd.DataFrame([("potassium", 2.8)], columns=["kind", "value"]).assign(observed_at=case.at)
    diuretic = case.lines.iloc[[1]].assign(substances="furosemide", atc="C03CA01", route="iv", started_at=case.at, ended_at=pd.NaT)
    raised = case.alert | {"error_type": error_type, "partner_line_ids": ""}
    assert [one.kind for one in results(replace(case, lines=diuretic, observations=seen, alert=raised, explanation=None))] == told


def test_the_level_of_a_line_alone_says_with_what(session):
    said = [{"rule": "interaction", "substances": ["warfarine", other], "entries": [
        {"labels": ["a", "b"], "levels": [level], "depends": False, "condition": "", "undecided": [], "source": "ANSM"}]}
        for other, level in (("miconazole", "ci"), ("amiodarone", "pe"))]  # fmt: skip
    alone = {"alert_id": "alone", "line_id": "S1-00-0", "error_type": "6.4", "level": "ci", "detail": json.dumps({"rules": said})}
    keep_alerts(session.workspace, small.alerts().iloc[1:2].assign(**alone), retire=False)
    assert "Thésaurus : **contre-indication** avec miconazole." in card(session, "S1", "alone")["sentence"]
    alone |= {"alert_id": "lacking", "error_type": "2.4"}  # what lacks is no matter of that pair
    keep_alerts(session.workspace, small.alerts().iloc[1:2].assign(**alone), retire=False)
    assert "Thésaurus" not in card(session, "S1", "lacking")["sentence"]


def test_an_explanation_that_comes_later_brings_its_results_into_the_sentence(session):
    assert asked(session, "why", stay="S1", alert="al1")["sentence"] == card(session, "S1", "al1")["sentence"]


def test_creatinine_stands_for_an_egfr_that_is_not_measured(session):
    raised = small.alerts().iloc[1:2].assign(alert_id="dose1", line_id="S1-00-0", error_type="4.1")
    keep_alerts(session.workspace, raised, retire=False)
    case = open_case(session.workspace, "S1", "dose1")
    case.lines.loc[case.lines["line_id"] == "S1-00-0", "substances"] = "metformine"  # its maximum depends on the eGFR
    kinds = {"creatinine": 140.0, "egfr": 40.0, "glucose": 12.0}
    for seen, told in ((["creatinine", "glucose"], ["creatinine"]), (list(kinds), ["egfr"]), (["glucose"], [])):
        rows = pd.DataFrame([(kind, kinds[kind]) for kind in seen], columns=["kind", "value"]).assign(observed_at=case.at)
        assert [one.kind for one in results(replace(case, observations=rows))] == told


def test_a_model_s_alert_gives_the_reason_of_a_rule_on_the_very_problem(session):
    maximum = {"rule": "above_maximum", "substances": ["potassium chlorure"], "mg_low": 3000.0, "mg_high": 3000.0, "source": "RCP Y"}
    said = [maximum | {"maximum": 2500.0}, maximum | {"maximum": 2000.0, "source": "RCP Z"},
            maximum | {"rule": "redundancy", "group": "", "source": "RCP X"},
            maximum | {"substances": ["warfarine"], "maximum": 10.0}]  # fmt: skip
    told = sentence_of(session, "both1", said)
    assert "3\u202f000 mg par jour, maximum 2\u202f000 mg (RCP Z)." in told
    assert not [source for source in ("RCP X", "RCP Y") if source in told]
    never = {"rule": "contra_indicated", "substances": ["potassium chlorure"], "condition": "potassium>5", "value": 5.1, "source": "RCP V"}
    step = maximum | {"rule": "not_adapted", "maximum": 600.0, "condition": "potassium>5", "value": 5.1, "source": "RCP W"}
    told = sentence_of(session, "both2", [*said, step, never])  # of what must not be given no step is the right dose
    assert "contre-indication si kaliémie > 5 mmol/L (ici 5,1) (RCP V)." in told and "RCP W" not in told
    assert "maximum 2\u202f000 mg (RCP Z)." in told  # but a dose that no adult may have is told


def sentence_of(session, name: str, rules: list[dict]) -> str:
    raised = small.alerts().iloc[1:2].assign(alert_id=name, origin="both", detail=json.dumps({"rules": rules}))
    keep_alerts(session.workspace, raised, retire=False)
    return card(session, "S1", name)["sentence"]


def test_a_rule_without_a_score_gives_its_reason_in_the_sentence(session):
    said = {"rule": "contra_indicated", "substances": ["potassium"], "condition": "potassium>5", "value": 5.1, "source": "RCP X"}
    detail = json.dumps({"rules": [said]})
    raised = small.alerts().iloc[1:2].assign(alert_id="rule1", origin="rule", error_type="1.3", detail=detail)
    keep_alerts(session.workspace, raised, retire=False)
    assert "contre-indication si kaliémie > 5 mmol/L (ici 5,1) (RCP X)." in card(session, "S1", "rule1")["sentence"]


def test_an_explanation_that_is_not_trusted_brings_no_bars(session):
    why = card(session, "S2", "al3")["why"]
    assert why["state"] == "said" and "aucune barre" in why["text"] and "lines" not in why


def test_consecutive_lines_of_a_substance_and_route_name_the_same_row(session):
    rows = {line["row"] for line in card(session, "S2", "al3")["lines"]}
    assert len(rows) == len(small.DRUGS)


def test_a_value_outside_its_band_is_said_so(session):
    inr = next(one for one in card(session, "S1", "al1")["biology"] if one["kind"] == "inr")
    assert [outside for _, _, outside in inr["points"]] == [0, 0, 1] or any(outside for _, _, outside in inr["points"])


def test_an_unknown_alert_is_refused_with_a_sentence(session):
    found = asked(session, "cards", keys=[{"key": "k", "stay": "S1", "alert": "nothing"}])["cards"]["k"]
    assert found["refused"] == t("errors.unknown_alert", "fr", alert="nothing")


def test_a_verdict_is_written_with_what_was_seen(session):
    ack = sent(session, name="verdict", alert="al1", verdict="confirmed", seconds=12.5, why_shown=True, fields={})
    assert ack["ok"] and "enregistré à" in ack["said"]
    row = reviews(session.workspace).iloc[0]
    assert (row["alert_id"], row["verdict"], row["error_type"], row["seconds_spent"]) == (
        "al1",
        "confirmed",
        "6.2",
        12.5,
    )
    assert (row["line_id"], row["partner_line_ids"]) == ("S1-00-1", "S1-00-0")
    assert row["score_shown"] == 0.91 and "attribution" in row["explanation_shown"]


def test_what_was_not_seen_is_not_said_to_be(session):
    sent(session, name="verdict", alert="al1", verdict="confirmed", why_shown=False, fields={})
    assert reviews(session.workspace)["explanation_shown"].isna().all()


def test_a_gesture_that_comes_again_is_written_once(session):
    for done in ({}, {}):  # also when the session that wrote it is gone
        assert sent(session, done, name="verdict", alert="al1", verdict="rejected", fields={"reason": "minor"})["ok"]
    assert list(reviews(session.workspace)["verdict"]) == ["rejected"]


def test_an_undo_that_comes_again_takes_one_verdict_back(session):
    done: dict = {}
    sent(session, done, token="a", name="verdict", alert="al1", verdict="rejected", fields={})
    sent(session, done, token="b", name="verdict", alert="al3", verdict="rejected", fields={})
    first, again = (sent(session, done, token="u", name="undo") for _ in range(2))
    assert first == again and first["alert"] == "al3"
    assert list(reviews(session.workspace)["verdict"]) == ["withdrawn", "rejected", "rejected"]


def test_an_undo_sent_again_by_a_new_session_takes_nothing_more_back(session):
    sent(session, token="a", name="verdict", alert="al1", verdict="rejected", fields={})
    sent(session, token="b", name="verdict", alert="al3", verdict="rejected", fields={})
    for _ in range(2):
        sent(session, {}, token="u", name="undo", of="b")
    assert list(reviews(session.workspace)["verdict"]) == ["withdrawn", "rejected", "rejected"]


def test_what_stands_again_after_an_undo_is_said(session):
    done: dict = {}
    for token, verdict in (("a", "confirmed"), ("b", "rejected")):
        sent(session, done, token=token, name="verdict", alert="al1", verdict=verdict, fields={})
    first = sent(session, done, token="u", name="undo", of="b")
    assert (first["alert"], first["state"], first["withdrawn"]) == ("al1", "confirmed", False)
    assert "« erreur confirmée » compte de nouveau" in first["said"] and card(session, "S1", "al1")["mine"]
    assert sent(session, {}, token="v", name="undo", of="b") == first  # sent again by a session anew
    last = sent(session, done, token="w", name="undo", of="a")
    assert (last["state"], last["withdrawn"]) == ("open", True) and "annulé" in last["said"]
    assert not card(session, "S1", "al1")["mine"] and sent(session, done, token="x", name="undo")["said"] == "Aucun verdict à annuler"


def test_a_refused_gesture_says_why_and_writes_nothing(session):
    ack = sent(session, name="verdict", alert="nothing", verdict="confirmed", fields={})
    assert not ack["ok"] and ack["said"] == t("errors.unknown_alert", "fr", alert="nothing")
    assert reviews(session.workspace).empty


def test_nobody_without_a_pseudonym_writes(session):
    nobody = Session(session.workspace, "fr", "")
    assert sent(nobody, name="verdict", alert="al1", verdict="confirmed", fields={}) is None
    assert reviews(session.workspace).empty


def test_a_draft_is_there_again_with_its_card(session):
    sent(session, name="draft", subject="al1", fields={"comment": "INR demain", "lines": ["S1-00-0"]})
    assert draft(session.workspace, "pharmacien-a", "al1")["comment"] == "INR demain"
    assert card(session, "S1", "al1")["draft"]["comment"] == "INR demain"


def test_an_alert_put_off_leaves_the_queue_until_its_date(session):
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    ack = sent(session, name="defer", alert="al1", until=until, shown="2026-11-26T08:00")
    assert ack["said"] == "Reportée au 26 nov., 08:00"
    assert "al1" not in set(worklist(session.workspace)["alert_id"])
    assert [row["alert"] for row in queue(session, {"state": "deferred"}, 45)["rows"]] == ["al1"]
    assert list(worklist(session.workspace, Filters(state="", deferred=True))["alert_id"]) == ["al1"]


def test_an_error_that_nothing_flagged_is_entered_on_any_line(session):
    ack = sent(session, name="missed", stay="S1", line="S1-00-3", partners=["S1-00-4"], error_type="6.2", comment="")
    row = reviews(session.workspace).iloc[0]
    assert ack["ok"] and (row["line_id"], row["partner_line_ids"], row["error_type"]) == ("S1-00-3", "S1-00-4", "6.2")
    assert str(row["alert_id"]) in ("nan", "<NA>", "None") and row["at"] == small.hour(30)
    assert not sent(session, token="t2", name="missed", stay="S1", line="no", partners=[], error_type="6.2")["ok"]


def test_a_view_is_kept_and_let_go(session):
    sent(session, name="view", title="cardio", filters={"ward": "cardiology"})
    assert asked(session, "views")["views"] == [["cardio", {"ward": "cardiology"}]]
    sent(session, token="t2", name="view", title="cardio", filters=None)
    assert views(session.workspace, "pharmacien-a") == {}


def test_who_else_has_the_stay_open_is_said(session):
    enter(session.workspace, "pharmacien-b", "S1", "al1")
    assert asked(session, "seen", stay="S1", alert="al1")["others"] == ["pharmacien-b"]
    assert {tuple(row["others"]) for row in queue(session, {}, 45)["rows"] if row["stay"] == "S1"} == {
        ("pharmacien-b",)
    }


@network
def test_the_scores_of_each_instant_are_of_lines_that_run_then(read_by_network):
    found = moments(read_by_network.workspace, {"stay_id": "S1", "model_id": "gru-test"} | {"model_id": "rule"})
    lines = small.lines().set_index("line_id")
    for instant, line_id, risk in found["risk"]:
        at = found["times"][instant]
        assert 0 <= risk <= 1 and lines.loc[line_id, "started_at"].timestamp() * 1000 <= at
    assert found["risk"]


@pytest.mark.skipif(not (CHAMPION / "card.json").exists(), reason="no network is shipped")
def test_an_alert_of_a_rule_is_read_by_the_network_of_its_scoring(session):
    """The shipped one where a scoring had none."""
    from core.detection.model import load, shipped

    by_rule = small.alerts().iloc[[1]].assign(alert_id="rule", origin="rule", model_id="rules-2020")
    gru = small.alerts().iloc[[0]].assign(alert_id="gru", model_id=shipped("gru").id)
    keep_alerts(session.workspace, by_rule, run="first")
    assert network_for(session.workspace, alert(session.workspace, "rule")).id == load(CHAMPION).id
    keep_alerts(session.workspace, pd.concat([by_rule, gru]), run="second")
    assert network_for(session.workspace, alert(session.workspace, "rule")).id == shipped("gru").id


@network
def test_the_risk_of_a_line_never_falls_and_ends_as_in_the_queue(read_by_network):
    from core.data.store import read_stay
    from core.detection.model import calibrated, shipped
    from core.detection.predict import score_lines
    from core.detection.sequences import prepare

    model = shipped("gru")
    seq = prepare(read_stay(read_by_network.workspace, "S1"), model.words)
    queued = dict(zip(seq.line_ids, calibrated(model, "any", score_lines(model, seq).any), strict=True))
    found = moments(read_by_network.workspace, {"stay_id": "S1", "model_id": model.id})
    risks = pd.DataFrame(found["risk"], columns=["instant", "line_id", "risk"]).sort_values("instant", kind="stable")
    assert max(risks.groupby("line_id")["risk"].nunique()) > 1
    for line_id, mine in risks.groupby("line_id"):
        assert mine["risk"].is_monotonic_increasing
        assert mine["risk"].iloc[-1] == pytest.approx(queued[line_id], abs=1e-3)


def test_the_ledger_says_mg_a_day_beside_the_maximum(session):
    found = {one["substance"]: one for one in ledgers(session.workspace, "S1")}
    assert found["amiodarone"]["spans"][0]["high"] == 400 and found["paracetamol"]["spans"][0]["low"] == 0
    assert all(span["maximum"] and span["source"] for span in found["paracetamol"]["spans"])


def test_levels_and_types_to_filter_by_come_in_their_order(session, monkeypatch):
    there = {"level": ["ad", "apec", "ci", "pe"], "error_type": ["1.3", "10", "6.4"], "ward": ["b", "a"]}
    monkeypatch.setattr(rows, "values", lambda *_: dict.fromkeys(rows.EQUAL, []) | there)
    told = {name: [code for code, _ in codes] for name, codes in rows.options(session, "open").items()}
    assert told["level"] == ["ci", "ad", "pe", "apec"] and told["error_type"] == ["1.3", "6.4", "10"]
    assert told["ward"] == ["b", "a"]


@pytest.mark.parametrize(
    ("unit", "french", "english"),
    [("ug/h", "µg/h", "µg/h"), ("IU", "UI", "IU"), ("mg", "mg", "mg"), ("mEq", "mEq", "mEq"), ("mg/kg", "mg/kg", "mg/kg")],
)
def test_a_unit_is_that_of_the_language(unit, french, english):
    line = small.lines().iloc[0].replace({"mg": unit})
    assert (dose(line, "fr").split(" ×")[0], dose(line, "en").split(" ×")[0]) == (f"5 {french}", f"5 {english}")


@pytest.mark.parametrize("text", ["warfarine amiodarone", "amiodarone/coumadine", "Amiodarone + warfarine", "cordarone warf"])
def test_a_search_may_name_several_drugs_of_an_alert(session, text):
    assert [row["alert"] for row in queue(session, {"search": text}, 45)["rows"]] == ["al1", "al3"]
    assert not queue(session, {"search": f"{text} paracétamol"}, 45)["rows"]


def test_of_a_rule_alone_no_risk_is_written_that_was_not_on_the_screen(session):
    keep_alerts(session.workspace, small.alerts().iloc[1:2].assign(alert_id="rule9", origin="rule", score=0.5), retire=False)
    for token, name in (("r", "rule9"), ("m", "al3")):
        assert sent(session, token=token, name="verdict", alert=name, verdict="rejected")["ok"]
    shown = reviews(session.workspace).set_index("alert_id")["score_shown"]
    assert pd.isna(shown["rule9"]) and shown["al3"] == 0.77


def test_an_answer_that_fails_takes_neither_the_others_nor_the_page_with_it(session, monkeypatch, caplog):
    def broken(*_args, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr("pages.review.answers.ledgers", broken)
    monkeypatch.setattr("pages.review.answers.record", broken)
    questions = [{"id": 1, "name": "ledgers", "stay": "s"}, {"id": 2, "name": "counts", "minutes": 45}]
    gestures = [{"token": "t1", "name": "verdict", "alert": "al1", "verdict": "rejected"}, {"token": "t2", "name": "flag", "alert": "al1"}]
    found = reply(session, {"questions": questions, "gestures": gestures}, {})
    unforeseen = {"ok": False, "said": t("errors.unforeseen", "fr")}
    assert found["answers"]["1"] == unforeseen and found["answers"]["2"]["ok"]
    assert found["acks"]["t1"] == unforeseen and found["acks"]["t2"]["ok"]
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr("pages.review.answers.card", broken)
    shown = asked(session, "cards", keys=[{"key": "al1", "stay": small.stays().iloc[0]["stay_id"], "alert": "al1"}])
    assert shown["cards"]["al1"] == {"key": "al1", "refused": t("errors.unforeseen", "fr")}
