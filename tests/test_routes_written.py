"""The route of a typed line: the words of wards for it, and what a dose is held to where none is written."""

import pytest

from core.knowledge.written import read


@pytest.mark.parametrize(
    ("typed", "route"),
    [("Vancomycine 1 g dans 250 mL x2", "iv"), ("Amoxicilline 2 g dans 100 mL de NaCl x3", "iv"), ("Tiénam 500 mg x4 sur 30 min", "iv"),
     ("Amiodarone 300 mg dans 100 ml de G5 en 1 h", "iv"), ("Gentamicine 300 mg en 30 min 1/j", "iv"),
     ("Sulfate de magnésium 1,5 g dans 50 ml sur 30 min", "iv"), ("Paracétamol 1 g x4 per os dans 50 ml", "oral"),
     ("Solupred 20 mg dans 50 ml x1", ""), ("Paracétamol 1 g dans 50 ml d'eau x3", ""), ("Doliprane 4 g sur 24 h", ""),
     ("Colchicine 1 mg en 1 h", "")],
)  # fmt: skip
def test_words_of_a_drip_are_intravenous_where_the_substance_may_be(typed, route):
    assert read(typed).route == route


@pytest.mark.parametrize("words", ["en nébulisation", "nébulisation", "nébul", "en nébul", "en aérosol", "neb"])
def test_what_is_nebulised_is_inhaled(words):
    assert read(f"Ventoline 5 mg {words} x3").route == "inhaled"


@pytest.mark.parametrize(
    "typed",
    ["Timolol 1 gtte OD x2", "Timoptol 0,5 % 1 goutte ODG 2 fois par jour", "Xalatan OG 1/j", "Xalatan OD x1", "Tobrex collyre OD x 4",
     "Timolol 1 gtte dans chaque œil x2", "Latanoprost 1 à 2 gttes OG x1"],
)  # fmt: skip
def test_an_eye_is_an_ophthalmic_route_and_no_rhythm(typed):
    found = read(typed)
    assert found.route == "ophthalmic" and found.dosage.reason != "frequency_unread"


def test_an_eye_told_with_the_dose_apart_is_one():
    found = read("Timolol", "1 gtte OD x2")
    assert (found.route, found.dosage.times_per_day, found.dosage.unit) == ("ophthalmic", 2, "gtt")


@pytest.mark.parametrize("typed", ["Paracetamol 1 g OD", "Timolol 10 mg OD", "Haldol 20 gouttes OD", "Warfarin 5 mg OD"])
def test_once_a_day_in_english_is_no_eye(typed):
    assert read(typed).route == "" and read(typed).dosage.times_per_day == 1


def test_drops_are_drops_however_they_are_shortened():
    found = read("Laroxyl 20 gttes le soir")
    assert (found.match.how, found.dosage.dose, found.dosage.unit, found.dosage.times_per_day) == ("brand", 20, "gtt", 1)
