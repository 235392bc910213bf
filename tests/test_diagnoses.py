"""What a disease of the patient forbids: found by drug and code, told in words, left alone where nothing is coded."""

import re

import pytest

from core.i18n import LANGUAGES, sentences
from core.knowledge.answer import answer
from core.knowledge.checks.diagnoses import diseases
from core.knowledge.interactions import Patient
from core.knowledge.substances import all_substances, read_facts
from core.knowledge.written import read
from pages.review.reference import rule_words
from pages.shell.session import Session
from tests.test_rules import drug, found


def of_diseases(*lines, **more):
    """(line, disease) that the rules tell as a contra-indication."""
    answers = found(*lines, **more)
    return {(key[1], rule["disease"]) for key, detail in answers.items() for rule in detail["rules"] if rule["rule"] == "diagnosed"}


def test_a_drug_that_a_coded_disease_forbids_is_a_contra_indication():
    assert of_diseases(drug(1, "metoclopramide"), diagnoses="I10+G20") == {("L1", "parkinson")}
    assert of_diseases(drug(1, "oxybutynine"), diagnoses="H40.2") == {("L1", "angle_closure_glaucoma")}
    detail = found(drug(1, "metoclopramide"), diagnoses="I10+G40.9")["1.3", "L1", ""]["rules"][0]
    assert detail["codes"] == ["G40.9"] and detail["sure"] and detail["source"].startswith("RCP ")


def test_nothing_is_said_of_another_disease_nor_where_none_is_coded():
    assert not of_diseases(drug(1, "metoclopramide"), diagnoses="I10+J180")
    assert not of_diseases(drug(1, "metoclopramide"), diagnoses="")
    assert not of_diseases(drug(1, "paracetamol"), diagnoses="G20") and not of_diseases(drug(1, "metoclopramide"), diagnoses="XG20")


def test_a_local_route_forbids_nothing_but_drops_for_the_eye():
    assert not of_diseases(drug(1, "diclofenac", route="cutaneous"), diagnoses="I50.9")
    assert of_diseases(drug(1, "timolol", route="ophthalmic"), diagnoses="J45.0") == {("L1", "asthma")}


def test_a_form_of_the_disease_that_the_code_does_not_tell_is_said_to_be_unknown():
    rule = found(drug(1, "ketoprofene", 50, 2), diagnoses="I50.9")["1.3", "L1", ""]["rules"][0]
    assert not rule["sure"]
    [told] = rule_words(Session(None, "fr", ""), rule)
    assert "insuffisance cardiaque sévère" in told and "I50.9" in told and "forme non précisée" in told


def test_a_list_of_drugs_is_held_to_the_diseases_of_the_patient():
    told = answer([read("Primpéran 10 mg x3 IV"), read("Doliprane 1 g x3")], Patient(diagnoses="G20"))["diagnosed"]
    assert [(rule["substances"], rule["disease"]) for rule in told] == [(["metoclopramide"], "parkinson")]
    assert not answer([read("Primpéran 10 mg x3 IV")])["diagnosed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_disease_has_its_name(language):
    assert {f"codes.disease.{one.name}" for one in diseases()} <= sentences(language).keys()


def test_every_row_speaks_of_a_drug_that_is_known_and_of_codes_that_can_be():
    known = [one.atc for one in all_substances()]
    for row in read_facts("diagnoses.csv"):
        assert [atc for atc in known if atc.startswith(tuple(row["atc"].split("|")))], row
        assert all(re.fullmatch(r"[A-Z][0-9]{2,3}", code) for code in row["icd"].split("|")) and row["source"]
