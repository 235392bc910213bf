"""What the sentence and the reference of an alert say beside its own problem."""

from dataclasses import replace

import pandas as pd
import pytest

from core.knowledge.phrases import limit
from core.report.words import day, edition_day
from core.review.beside import besides
from core.review.case import open_case
from core.review.telling import reasons, strictest
from pages.review.reference import reference, rule_words
from pages.review.sentence import sentence
from pages.shell.session import Session
from tests.test_bench import session  # noqa: F401

NEVER = {"rule": "contra_indicated", "substances": ["warfarine"], "condition": "egfr<30", "value": 20.0, "source": "RCP"}
STEP = {"rule": "not_adapted", "substances": ["warfarine"], "condition": "egfr<60", "value": 20.0, "maximum": 3.0, "mg_low": 50.0,
        "mg_high": 50.0, "source": "RCP"}  # fmt: skip
ADULT = {"rule": "above_maximum", "substances": ["warfarine"], "maximum": 10.0, "mg_low": 50.0, "mg_high": 50.0, "source": "RCP"}


def told_beside(session, state="open", line="S1-00-0", at="2025-03-11T10:00:00", rule=NEVER):  # noqa: F811
    """Case of amiodarone beside warfarin and an eGFR of 20, with another alert of the stay."""
    case = open_case(session.workspace, "S1", "al1")
    other = case.alert | {"alert_id": "other", "line_id": line, "partner_line_ids": "", "state": state, "at": at, "origin": "rule",
                          "error_type": "1.3", "detail": {"rules": [rule]}}  # fmt: skip
    return replace(case, alerts=[*case.alerts, other], observations=measured(case, 20.0))


def measured(case, *values):
    hours = pd.date_range("2025-03-11", periods=len(values), freq="h")
    return case.observations.iloc[[0] * len(values)].assign(kind="egfr", value=values, observed_at=hours)


def test_a_contra_indication_of_a_line_in_question_is_said_beside_its_interaction(session):  # noqa: F811
    case = told_beside(session)
    assert besides(case) == [NEVER] and NEVER not in reasons(case)
    assert "Par ailleurs, warfarine : contre-indication si" in sentence(session, case)
    assert sum("contre-indication" in one for one in reference(session, case)["told"]) == 1


def test_of_what_the_sentence_contra_indicates_no_lower_maximum_is_told_beside(session):  # noqa: F811
    case = told_beside(session, rule=STEP)
    said = replace(case, alert=case.alert | {"origin": "rule", "detail": {"rules": [NEVER]}})
    assert besides(case) == [STEP] and besides(said) == []


def test_a_dose_above_the_maximum_is_told_beside_a_line_written_twice(session):  # noqa: F811
    case = told_beside(session, rule=ADULT)
    twice = {"rule": "written_twice", "substances": ["warfarine"], "source": "SFPC"}
    assert besides(replace(case, alert=case.alert | {"origin": "rule", "detail": {"rules": [twice]}})) == [ADULT]


@pytest.mark.parametrize(("kind", "rules", "said"), [("1.3", [], True), ("1.3", [NEVER], False), ("8.1", [], False)])
def test_a_contra_indication_that_no_rule_explains_says_so(session, kind, rules, said):  # noqa: F811
    case = told_beside(session)
    mine = {"line_id": "S1-00-0", "partner_line_ids": "", "detail": {"rules": rules}}
    alone = case.alert | mine | {"error_type": kind, "level": None}
    told = sentence(session, replace(case, alert=alone, alerts=[alone]))
    assert ("Aucune règle connue n’explique ce signalement" in told) == said


@pytest.mark.parametrize(("high", "words"), [(40.0, "dose usuelle de 10 à 40 mg"), (10.0, "dose usuelle 10 mg")])
def test_a_usual_dose_of_one_amount_is_no_span(high, words):
    rule = {"rule": "usual", "substances": ["warfarine"], "mg_low": 5.0, "mg_high": 5.0, "usual_low": 10.0, "usual_high": high, "source": "RCP"}
    assert words in rule_words(Session(None, "fr", ""), rule)[0]


def test_several_things_beside_an_alert_are_one_sentence(session):  # noqa: F811
    case = told_beside(session)
    alerts = [*case.alerts, case.alerts[-1] | {"alert_id": "third", "detail": {"rules": [ADULT]}}]
    told = sentence(session, replace(case, alerts=alerts))
    assert told.count("Par ailleurs") == 1 and "(RCP) ; warfarine : 50 mg par jour, maximum 10 mg (RCP)." in told


@pytest.mark.parametrize("elsewhere", [
    {"state": "rejected"}, {"state": "retired"}, {"line": "S1-00-2"}, {"at": "2025-03-12T10:00:00"}, {"rule": STEP | {"rule": "below_usual"}},
])  # fmt: skip
def test_nothing_is_said_beside_of_false_alarms_other_lines_or_what_came_later(session, elsewhere):  # noqa: F811
    assert besides(told_beside(session, **elsewhere)) == []


@pytest.mark.parametrize(("egfr", "told"), [([20.0], 20.0), ([20.0, 25.0], 25.0), ([20.0, 40.0], None), ([], 20.0)])
def test_what_a_later_result_has_mended_is_not_said_and_the_last_one_is(session, egfr, told):  # noqa: F811
    case = told_beside(session)
    late = measured(case, 90.0).assign(observed_at=case.at + pd.Timedelta(hours=1))
    case = replace(case, observations=pd.concat([measured(case, *egfr), late]))
    assert [rule["value"] for rule in besides(case)] == ([told] if told else [])


def test_what_the_sentence_says_already_is_not_said_again(session):  # noqa: F811
    case = told_beside(session, rule=ADULT)
    said = replace(case, alert=case.alert | {"origin": "rule", "detail": {"rules": [STEP]}})
    assert besides(case) == [ADULT] and besides(said) == []


def test_of_one_maximum_the_highest_dose_is_told():
    sums = [ADULT | {"mg_high": mg} for mg in (20.0, 53.0, 40.0)]
    assert strictest(sums) == [sums[1]]


def test_a_dose_that_no_adult_may_have_is_told_of_what_is_contra_indicated_too():
    rule = NEVER | {"substances": ["metformine"], "source": "GLUCOPHAGE"}
    words = {mg: rule_words(Session(None, "fr", ""), rule | {"mg_high": mg}) for mg in (25500.0, 2000.0, None)}
    assert [len(told) for told in words.values()] == [2, 1, 1]
    assert "25\u202f500 mg par jour, maximum 3\u202f000 mg" in words[25500.0][1]


@pytest.mark.parametrize(("error_type", "rules", "told"), [("3.1", [], True), ("4.1", [], True), ("6.4", [], False), ("4.1", [ADULT], False)])
def test_a_dose_alert_that_no_rule_explains_says_the_dose_and_what_is_usual(session, error_type, rules, told):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    raised = {"error_type": error_type, "partner_line_ids": "", "line_id": "S1-00-0", "level": None, "detail": {"rules": rules}}
    case = replace(case, alert=case.alert | raised)
    assert ("Warfarine : 5 mg par jour, dose usuelle de" in sentence(session, case)) == told


def test_of_what_is_contra_indicated_the_maximum_of_any_adult_is_told_and_no_step_of_it():
    assert strictest([NEVER, STEP, ADULT]) == [NEVER, ADULT]
    assert strictest([NEVER, STEP, ADULT | {"condition": "egfr<60", "value": 20.0}]) == [NEVER]
    assert strictest([STEP, ADULT]) == [STEP]


def underdosed(session, key, mg, egfr, rules=()):  # noqa: F811
    """A low dose of one substance once a day by mouth, with the last eGFR known then."""
    case = open_case(session.workspace, "S1", "al1")
    line = case.lines.iloc[[0]].assign(substances=key, drug=key, dose=mg, times_per_day=1.0)
    raised = {"error_type": "3.1", "partner_line_ids": "", "line_id": "S1-00-0", "level": None, "detail": {"rules": list(rules)}}
    return replace(case, lines=line, observations=measured(case, egfr), alert=case.alert | raised)


HELD = "250 mg par jour, maximum 1\u202f000 mg si DFG estimé < 30 mL/min/1,73 m² (ici 26) (RCP CLAMOXYL)."
LITTLE = {"rule": "below_usual", "substances": ["amoxicilline"], "mg_high": 250.0, "usual_low": 1500.0, "source": "RCP CLAMOXYL"}


@pytest.mark.parametrize(("key", "egfr", "rules", "said", "unsaid"), [
    ("amoxicilline", 26.0, [], HELD, "usuelle"),
    ("amoxicilline", 26.0, [LITTLE], HELD, "usuelle"),
    ("amoxicilline", 80.0, [], "dose usuelle de 1\u202f500 à 3\u202f000 mg (RCP CLAMOXYL).", "maximum"),
    ("amoxicilline", 80.0, [LITTLE], "sous la dose usuelle, 1\u202f500 mg au moins (RCP CLAMOXYL).", "maximum"),
    ("metformine", 40.0, [], "dose usuelle à partir de 500 mg (RCP GLUCOPHAGE), maximum 1\u202f000 mg si DFG", "2\u202f000"),
    ("metformine", 50.0, [], "dose usuelle de 500 à 2\u202f000 mg (RCP GLUCOPHAGE), maximum 2\u202f000 mg si DFG", "3\u202f000"),
    ("metformine", 20.0, [], "Metformine : contre-indi", "usuelle"),
])  # fmt: skip
def test_no_dose_above_the_patient_s_own_maximum_is_told_as_usual(session, key, egfr, rules, said, unsaid):  # noqa: F811
    told = sentence(session, underdosed(session, key, 250.0, egfr, rules))
    assert said in told and unsaid not in told.lower()


def test_what_a_later_result_lowers_is_not_told_yet(session):  # noqa: F811
    case = underdosed(session, "amoxicilline", 250.0, 80.0)
    late = measured(case, 20.0).assign(observed_at=case.at + pd.Timedelta(hours=1))
    assert "dose usuelle de" in sentence(session, replace(case, observations=pd.concat([case.observations, late])))


def running(session, level, error_type, *keys, egfr=90.0, state="open"):  # noqa: F811
    """Ketoprofen in question beside what follows it; of these the first is the partner of the alert, the others run too."""
    case = open_case(session.workspace, "S1", "al1")
    line = case.lines.iloc[[0]]
    lines = pd.concat([line.assign(substances=key, drug=key, line_id=f"l{place}", dose=dose, ended_at=pd.NaT)
                       for place, (key, dose) in enumerate([("ketoprofene", 100.0), *keys])])  # fmt: skip
    mine = case.alert | {"line_id": "l0", "partner_line_ids": "l1", "level": level, "error_type": error_type, "detail": {}}
    other = mine | {"alert_id": "other", "partner_line_ids": "l2", "level": "ad", "error_type": "6.3", "state": state}
    return replace(case, lines=lines, observations=measured(case, egfr), alert=mine, alerts=[mine, other])


SACUBITRIL, APIXABAN, LITHIUM = ("sacubitril+valsartan", 100.0), ("apixaban", 5.0), ("lithium", 400.0)


def test_an_interaction_stronger_than_the_alert_is_told_beside_it(session):  # noqa: F811
    told = sentence(session, running(session, "pe", "6.2", SACUBITRIL, APIXABAN))
    assert "Par ailleurs, kétoprofène + apixaban : **association déconseillée**." in told
    assert "Besides, ketoprofen + apixaban: " in sentence(replace(session, language="en"), running(session, "pe", "6.2", SACUBITRIL, APIXABAN))


@pytest.mark.parametrize("case", [
    ("pe", "6.2", SACUBITRIL, ("paracetamol", 1000.0)), ("ad", "6.3", LITHIUM, APIXABAN),
    ("pe", "6.2", SACUBITRIL, ("acide acetylsalicylique", 75.0)),
])  # fmt: skip
def test_no_interaction_is_told_beside_that_is_not_stronger_than_the_alert(session, case):  # noqa: F811
    assert besides(running(session, *case)) == []


def test_an_interaction_that_was_judged_a_false_alarm_or_ended_before_is_not_told_beside(session):  # noqa: F811
    assert besides(running(session, "pe", "6.2", SACUBITRIL, APIXABAN, state="rejected")) == []
    case = running(session, "pe", "6.2", SACUBITRIL, APIXABAN)
    ended = case.lines["ended_at"].mask(case.lines["line_id"] == "l2", case.at)
    assert besides(replace(case, lines=case.lines.assign(ended_at=ended))) == []


def test_of_many_interactions_the_two_strongest_are_told_and_how_many_more(session):  # noqa: F811
    many = (SACUBITRIL, APIXABAN, LITHIUM, ("methotrexate", 25.0), ("ticlopidine", 250.0))
    told = sentence(session, running(session, "pe", "6.2", *many))
    levels = [rule["level"] for rule in besides(running(session, "pe", "6.2", *many))]
    assert len(levels) > 3 and levels == sorted(levels, reverse=True)
    assert told.count("**association déconseillée**") == 2 and f"{len(levels) - 2} autres interactions (voir Référence)." in told


def test_a_pair_of_products_is_told_once(session):  # noqa: F811
    case = running(session, None, "4.1", ("vancomycine", 1000.0), ("piperacilline+tazobactam", 4000.0))
    found = besides(replace(case, alert=case.alert | {"line_id": "l1", "partner_line_ids": ""}))
    assert [rule["level"] for rule in found] == ["ad"]


@pytest.mark.parametrize(("level", "error_type", "first"), [("apec", "6.1", True), ("ad", "6.3", False)])
def test_a_contra_indication_leads_where_the_alert_itself_is_weak(session, level, error_type, first):  # noqa: F811
    case = told_beside(session)
    mine = case.alert | {"level": level, "error_type": error_type}
    case = replace(case, alert=mine)
    told = sentence(session, case)
    assert told.startswith("**Warfarine : contre-indication** si DFG") == first
    assert ("Par ailleurs" in told) != first and told.count("contre-indi") == 1
    assert sentence(replace(session, language="en"), case).startswith("**Warfarin: contraindication** if ") == first


def test_a_contra_indicated_interaction_leads_too(session):  # noqa: F811
    case = running(session, "apec", "6.1", ("enoxaparine", 40.0), ("dompéridone", 10.0))
    lines = case.lines.assign(substances=case.lines["substances"].replace({"ketoprofene": "voriconazole", "dompéridone": "domperidone"}))
    assert sentence(session, replace(case, lines=lines)).startswith("**Voriconazole + dompéridone : contre-indication** (thésaurus). **")


@pytest.mark.parametrize(("error_type", "told"), [("2.4", True), ("8.1", False)])
def test_a_corrector_that_is_missing_is_named_with_its_source(session, error_type, told):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    opioid = case.lines.iloc[[1]].assign(substances="morphine", atc="N02AA01", started_at=case.at, ended_at=pd.NaT)
    alone = case.alert | {"error_type": error_type, "partner_line_ids": "", "level": None}
    case = replace(case, lines=opioid, alert=alone, alerts=[alone])
    assert ("Correcteur habituel : macrogol (RCP SKENAN" in sentence(session, case)) == told
    assert ("Usual corrector: macrogol (RCP SKENAN" in sentence(replace(session, language="en"), case)) == told


def test_no_corrector_is_named_that_runs_already(session):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    line = case.lines.iloc[[1]].assign(started_at=case.at, ended_at=pd.NaT)
    lines = pd.concat([line.assign(substances="morphine", atc="N02AA01"), line.assign(substances="macrogol", atc="A06AD15", line_id="m")])
    alone = case.alert | {"error_type": "2.4", "partner_line_ids": "", "level": None}
    assert "Correcteur" not in sentence(session, replace(case, lines=lines, alert=alone, alerts=[alone]))


def test_a_condition_stands_in_lower_case_within_a_sentence():
    assert [limit(when, "fr").split(" ")[0] for when in ("age>=75", "weight<50", "potassium>5", "egfr<30", "qtc>500")] == [
        "âge", "poids", "kaliémie", "DFG", "QTc"]  # fmt: skip
    english = [limit(when, "en").split(" ")[0] for when in ("age>=75", "weight<50", "potassium>5", "egfr<30")]
    assert english == ["age", "weight", "potassium", "eGFR"]


def test_dates_are_written_as_the_language_has_them(session):  # noqa: F811
    days = [f"2026-04-{number:02d}" for number in (1, 2, 21)]
    assert [day(one, "fr", False) for one in days] == ["1er avr.", "2 avr.", "21 avr."]
    assert [day(one, "en", False) for one in days] == ["1 Apr", "2 Apr", "21 Apr"]
    assert [edition_day(one, language) for language in ("fr", "en") for one in ("2020-10-20", "2020-10")] == [
        "20/10/2020", "10/2020", "20 Oct 2020", "Oct 2020"]  # fmt: skip
    case = told_beside(session)
    assert reference(session, case)["edition"].endswith("édition du 20/10/2020")
