"""Why an alert was raised, in words: what is known beside its share, and what a part that has no bars says instead."""

from dataclasses import replace

import pytest

from core.review.case import open_case
from pages.review.why import why_words
from pages.shell.session import Session
from pages.wording.words import diagnoses
from tests.tiny_workspace import EXPLANATIONS, make


@pytest.fixture
def said(tmp_path):
    """The words for an alert whose explanation has other values."""
    workspace = make(tmp_path / "w")

    def words(language: str = "fr", **changed) -> dict:
        case = open_case(workspace, "S1", "al1")
        return why_words(Session(workspace, language, "a"), replace(case, explanation=EXPLANATIONS["al1"] | changed))

    return words


@pytest.mark.parametrize(
    ("bar", "french", "english"),
    [({"name": "potassium", "value": 6.1}, "Kaliémie 6,1 mmol/L", "Potassium 6.1 mmol/L"),
     ({"name": "age", "value": 83.0}, "Âge 83 ans", "Age 83 years"),
     ({"name": "diagnoses"}, "Diagnostics I48", "Diagnoses I48")],
)  # fmt: skip
def test_what_is_known_stands_beside_its_name(said, bar, french, english):
    for language, expected in (("fr", french), ("en", english)):
        assert said(language, features=[bar | {"attribution": 2.0}])["features"] == [[expected, 2.0, False]]


def test_the_dose_and_the_route_are_those_of_the_line_and_the_ward_and_the_sex_those_of_the_stay(said):
    features = [{"name": name, "attribution": 1.0} for name in ("dose", "route", "ward", "sex")]
    told = [name for name, *_ in said(features=features)["features"]]
    assert told == ["Dose 200 mg × 2/j", "Voie orale", "Unité Cardiologie", "Sexe Femme"]


def test_a_part_that_changes_nothing_says_so_and_one_that_fails_says_that_it_has_no_bars(said):
    nothing = said(features=[], features_reason="known_does_nothing")["notes"]
    assert nothing == ["Ce que l’on sait du patient et de la dose ne change presque rien au score."]
    failed = said(features=[], features_reason="not_sufficient")["notes"]
    assert failed == [
        "Pas de barres pour ce que l’on sait de la ligne et du patient : ce qui est mis en avant ne suffit pas sans le reste."
    ]
    assert said()["notes"] == []


def test_shares_of_an_earlier_version_are_said_to_be_so(said):
    assert said(features_method="integrated_gradients")["notes"] == [
        "Ces parts viennent d’une version précédente (gradients intégrés)."
    ]
    assert said(features_method="integrated_gradients", features=[])["notes"] == []


@pytest.mark.parametrize(
    ("coded", "most", "told"),
    [("I50.9+N18.3", None, "I50.9, N18.3"), ("A+B+C+D", 2, "A, B, +2"), ("A+B", 2, "A, B"), ("", 2, ""), (None, 2, "")],
)
def test_diagnoses_are_said_as_they_are_coded(coded, most, told):
    assert diagnoses(coded, most) == told


@pytest.mark.parametrize(("effect", "written"), [(1.1, "+1,1"), (-3.92, "−3,92"), (-0.001, "0")])
def test_an_effect_has_one_kind_of_minus_and_a_zero_has_no_sign(said, effect, written):
    pair = {"a": "S1-00-1", "b": "S1-00-0", "effect": effect}
    assert said(pairs=[pair])["pairs"] == [f"Amiodarone + Warfarine : **{written}**"]
