"""A typed list hears the rules on the patient that the alerts hear."""

import json

import pytest

from core.__main__ import main
from core.knowledge.answer import answer
from core.knowledge.conditions import codes_of
from core.knowledge.interactions import Patient
from core.knowledge.phrases import limit
from core.knowledge.rules import detect
from core.knowledge.substances import read_facts
from core.knowledge.written import read
from tests.test_rules import drug, tables

TYPED = ("metformine 1000 mg x3", "éplérénone 25 mg x1", "kétoprofène 100 mg x2", "gabapentine 300 mg x3")
PATIENT = Patient(age_years=80.0, egfr=25.0, potassium=6.1)


def rows(*typed, patient=PATIENT):
    return {row["substance"]: row for row in answer([read(one) for one in typed], patient)["doses"]}


def test_the_list_is_told_what_the_rules_tell_of_the_same_lines():
    lines = [drug(1, "metformine", 1000, 3), drug(2, "eplerenone", 25), drug(3, "ketoprofene", 100, 2)]
    alerts = detect(tables(*lines, seen=[("egfr", 25.0, 0), ("potassium", 6.1, 0)], age=80.0))
    rules = [rule for detail in alerts["detail"] for rule in json.loads(detail)["rules"]]
    stops = {(*rule["substances"], rule["condition"]): rule for rule in rules if rule["rule"] == "contra_indicated"}.values()
    told = answer([read(one) for one in TYPED[:3]], PATIENT)["unsuited"]
    assert len(stops) == 4 and all(stop in told for stop in stops)
    assert {one["rule"] for one in told} == {"contra_indicated"}


def test_the_maximum_is_that_of_the_patient_even_when_it_is_kept():
    found = rows("metformine 500 mg x1", patient=Patient(egfr=40.0))["metformine"]
    assert (found["maximum"], found["above"], found["contra_indicated"]) == (1000.0, False, False)
    assert rows(*TYPED)["gabapentine"]["maximum"] == 600.0 and rows(*TYPED)["gabapentine"]["above"]


def test_what_is_contra_indicated_has_no_maximum():
    found = rows(*TYPED)["metformine"]
    assert found["contra_indicated"] and found["maximum"] is None and "GLUCOPHAGE" in found["source"]


def test_a_value_that_a_rule_waits_for_is_named():
    found = rows("éplérénone 25 mg x1", patient=Patient(potassium=4.0))["eplerenone"]
    assert found["lacking"] == ["egfr"] and not found["contra_indicated"] and found["maximum"] == 50.0


def test_the_command_line_says_so_too(capsys):
    assert main(["interactions", TYPED[0], "--egfr", "25", "--lang", "en"]) == 0
    assert "CONTRAINDICATED: metformin, if eGFR < 30 mL/min/1.73 m² (here 25)" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_condition_on_the_patient_has_words_and_its_unit(language):
    for row in read_facts("adjustments.csv"):
        words = limit(row["when"], language)
        assert row["when"].startswith("inr") or not words[-1].isdecimal(), words


@pytest.mark.parametrize("written", ["I10;K25", "i10 k25", "I10|K25", " I10, K25 ", "I10+K25", "i10/k25", "(I10) K25.-"])
def test_codes_of_diagnoses_are_read_however_they_are_parted(written):
    assert codes_of(written) == "I10+K25"


def test_two_oral_anticoagulants_are_told_as_what_must_not_be(capsys):
    main(["interactions", "previscan", "eliquis", "--json"])
    found = json.loads(capsys.readouterr().out)["redundant"]
    assert [(row["never"], "4.3" in row["source"]) for row in found] == [(True, True)]


def test_a_substance_written_several_times_is_told_with_the_lines_that_bring_it():
    found = answer([read(one) for one in ("Tahor 40 mg 1/j", "Atorvastatine 20 mg le soir", "Timolol collyre x2", "Timolol 10 mg oral")])
    assert found["repeated"] == [{"substance": "atorvastatine", "drugs": ["Tahor 40 mg 1/j", "Atorvastatine 20 mg le soir"]}]
    assert not answer([read("Tahor 40 mg"), read("Paracétamol 1 g")])["repeated"]
