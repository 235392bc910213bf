"""The route of a typed line: the words of wards for it, and what a dose is held to where none is written."""

import pytest

from core.commands.interactions import show
from core.i18n import LANGUAGES
from core.knowledge.answer import answer, excesses
from core.knowledge.interactions import Patient
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


@pytest.mark.parametrize(
    ("typed", "route"),
    [("Voltarène emulgel 1 application x3", "cutaneous"), ("Voltarène gel 1 application x 3", "cutaneous"),
     ("Diclofénac gel 1 % 4 g x3", "cutaneous"), ("Kétoprofène gel x2", "cutaneous"), ("Xylocaïne gel 2 %", "cutaneous"),
     ("Diprosone lotion 1 application/j", "cutaneous"),
     ("Econazole 150 mg 1 ovule au coucher", "vaginal"), ("Econazole crème vaginale x1", "vaginal"),
     ("Utrogestan 200 mg voie vaginale", "vaginal"),
     ("Nasonex spray nasal 2 pulvérisations x1", "nasal"), ("Minirin 10 µg 1 pulvérisation nasale x2", "nasal"),
     ("Minirin 1 bouffée dans chaque narine", "nasal"), ("Nicotine 2 mg 1 pastille x6", "oral"),
     ("Zovirax pommade ophtalmique x5", "ophthalmic"), ("Ciloxan 4 gouttes auriculaires x2", "otic")],
)  # fmt: skip
def test_a_form_that_is_put_where_it_works_is_a_local_route(typed, route):
    assert read(typed).route == route


def test_a_gel_for_the_skin_beside_an_anticoagulant_is_no_pair():
    assert answer([read("Voltarène emulgel 1 application x3"), read("Eliquis 5 mg x2")])["pairs"] == []


@pytest.mark.parametrize(
    ("typed", "route"),
    [("Oméprazole gel 20 mg x1", ""), ("Tramadol gel 50 mg x3", ""), ("Celebrex gel x2", ""), ("Soriatane gel x1", ""),
     ("Voltarène gel 75 mg x1", ""), ("Lamaline gél 2 x5", "oral"), ("Diffu-K 600 mg 2 gel x3", "oral"), ("Oméprazole 20 mg gélule x1", "oral"),
     ("Gaviscon gel x3", ""),
     ("Gelofusine 500 mL", ""), ("Estradiol gel 2 applications x1", "transdermal"), ("Eliquis 5 mg x2 fibrillation auriculaire", ""),
     ("Fluconazole 150 mg mycose vaginale", ""), ("Valaciclovir 1 g x3 zona ophtalmique", ""), ("Lovenox 4000 UI sous cutané x1", "")],
)  # fmt: skip
def test_a_capsule_a_gel_that_reaches_the_blood_and_a_sick_organ_are_no_local_route(typed, route):
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


def day_of(typed: str, patient: Patient | None = None) -> dict:
    return answer([read(typed)], patient)["doses"][0]


@pytest.mark.parametrize(
    ("typed", "maximum", "route"),
    [("Amoxicilline 2 g toutes les 4 heures", 6000, "oral"), ("Cloxacilline 2g x 6/j", 4000, "oral"), ("Ceftriaxone 2 g x3", 4000, "iv"),
     ("Sulfate de magnésium 1,5 g x1", 400, "oral"), ("Oxycodone 100 mg x5", 400, "oral"), ("Lovenox 30 000 UI x1", 240, "sc")],
)  # fmt: skip
def test_what_is_too_much_by_one_route_alone_is_to_be_checked_where_none_is_written(typed, maximum, route):
    found = answer([read(typed)])
    [row] = excesses(found)
    assert (row["above"], row["above_by_route"], row["maximum"], row["supposed_route"]) == (False, True, maximum, route)


@pytest.mark.parametrize(
    "typed", ["Amoxicilline 3 g toutes les 4 heures", "Doliprane 1 g x6", "Amoxicilline 2 g x6 per os", "Apixaban 10 mg x3"]
)
def test_what_is_too_much_by_every_route_or_by_the_one_written_is_too_much(typed):
    found = day_of(typed)
    assert found["above"] and not found["above_by_route"]


@pytest.mark.parametrize(
    "typed", ["Amoxicilline 2 g x6 IV", "Sulfate de magnésium 1,5 g dans 50 ml sur 30 min", "Doliprane 1 g x4", "Amoxicilline 1 g x3"]
)
def test_what_its_route_allows_is_no_excess(typed):
    assert not excesses(answer([read(typed)]))


def test_a_maximum_that_the_patient_lowers_is_held_to_every_route_too():
    kidney = Patient(egfr=20.0)
    assert day_of("Enoxaparine 12000 UI x1", kidney)["above_by_route"] and not answer([read("Enoxaparine 12000 UI x1")], kidney)["unsuited"]
    assert day_of("Amoxicilline 500 mg x3", kidney)["above_by_route"] and not answer([read("Amoxicilline 500 mg x3")], kidney)["unsuited"]
    assert [one["rule"] for one in answer([read("Amoxicilline 1 g x3")], kidney)["unsuited"]] == ["not_adapted"]
    assert [one["rule"] for one in answer([read("Lovenox 4000 UI x1")], Patient(egfr=10.0))["unsuited"]] == ["contra_indicated"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_supposed_route_is_said_with_what_is_to_be_checked(language, capsys):
    show(answer([read("Amoxicilline 2 g x6")]), language)
    told = capsys.readouterr().out
    assert ("par voie orale, supposée" if language == "fr" else "by the supposed route (oral)") in told
    assert ("À vérifier" if language == "fr" else "To be checked") in told and "TROP" not in told and "TOO MUCH" not in told
