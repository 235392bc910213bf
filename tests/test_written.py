"""A line as a person types it: what a day brings, or that it was not understood; never another number."""

import math
from pathlib import Path

import pytest

from core.knowledge.answer import MOST_TIMES, answer
from core.knowledge.dosage import share
from core.knowledge.interactions import Patient
from core.knowledge.strengths import single_strengths
from core.knowledge.substances import key_of, read_facts
from core.knowledge.written import read
from core.settings import ROOT

BDPM = ROOT.parent / "shared" / "data" / "bdpm"
needs_bdpm = pytest.mark.skipif(not BDPM.exists(), reason="the public base lies in ../shared/data/bdpm")
MONTH = 365.25 / 12  # days
TYPED = {  # mg a day of the (first) substance
    "Plavix 75 mg x1": 75, "Lasilix 40 mg x2": 80, "Celebrex 200 mg x1": 200, "Lévothyrox 75 µg x1": 0.075,
    "Lovenox 4000 UI/0,4 mL SC x1": 40, "Lovenox 4000 UI SC 1/j": 40, "Doliprane 1 g x4": 4000, "Doliprane 1gx4": 4000,
    "Doliprane 1 g × 4": 4000, "Doliprane 1 g * 4": 4000, "Doliprane 1 g 6/j": 6000, "Doliprane 1 g x6/jour": 6000,
    "Doliprane 1 g 6 fois par jour": 6000, "DOLIPRANE 1000 MG 1 COMPRIME 4 FOIS PAR JOUR": 4000, "Doliprane 1 g 3x/j": 3000,
    "Doliprane 1000 mg 4/24h": 4000, "Dafalgan 1 g 2 cp x4": 8000, "Doliprane 1 g 2 x 3/j": 6000, "Doliprane 2x500 mg x3/j": 3000,
    "Potassium 600 mg 2 cp x3": 3600, "Diffu-K 600 mg 2 gélules 3 fois par jour": 3600, "Aspégic 250 mg 2 sachets par jour": 500,
    "Doliprane 500 mg deux comprimés matin, midi et soir": 3000, "Doliprane 1 g 1-1-1": 3000, "Doliprane 1 g 1–0–1": 2000,
    "Metformine 850 mg 1-0-2": 2550, "Metformine 1000 mg 1 le matin et 1 le soir": 2000, "Doliprane 1 g matin et soir": 2000,
    "Tacrolimus 1 mg 2 gél matin 1 gél soir": 3, "Lasilix 40 mg 1 cp matin 1/2 cp midi": 60, "Keppra 500 mg à 8h et 20h": 1000,
    "Doliprane 1 g toutes les 6 h": 4000, "Doliprane 1 g toutes les 6 heures": 4000, "Doliprane 1 g /8h": 3000,
    "Doliprane 1 g 1 cp/12 h": 2000, "Amiodarone 200 mg ½ cp/j": 100, "Imovane 7,5 mg 1/2 comprimé au coucher": 3.75,
    "Lithium 400 mg 1 cp et demi le soir": 600, "Doliprane 500 mg 1 à 2 cp x3": 3000, "Doliprane 1 g 3 à 4 fois par jour": 4000,
    "Coumadine 5 mg 1 cp/j le soir à 18h": 5, "Novonorm 1 mg 1 cp avant les 3 repas": 3, "Depakine 1500 mg/j en 3 prises": 1500,
    "Méthotrexate 10 mg x1/semaine": 10 / 7, "Méthotrexate 10 mg 1 fois par semaine": 10 / 7, "Méthotrexate 10 mg/sem": 10 / 7,
    "Méthotrexate 10 mg hebdomadaire": 10 / 7, "Méthotrexate 10 mg une fois par semaine le lundi": 10 / 7,
    "Novatrex 2,5 mg 4 cp le mercredi": 10 / 7, "Fosamax 70 mg 1 cp tous les 7 jours": 10, "Lasilix 40 mg 1 j sur 2": 20,
    "Lasilix 40 mg un jour sur deux": 20, "Cordarone 200 mg 1 cp/j 5 j/7": 1000 / 7, "Durogesic 25 µg/h tous les 3 jours": 0.6,
    "Uvedose 100 000 UI 1 fois par mois": 2.5 / MONTH, "Uvedose 100.000 UI tous les 3 mois": 2.5 / MONTH / 3,
    "Aclasta 5 mg une fois par an": 5 / 365.25, "Amoxicilline 1 g x3/j pendant 7 jours": 3000, "Amoxicilline 1 g 3/j x 7 j": 3000,
    "Amoxicilline 500 mg/5 mL 10 mL x3": 3000, "Vancomycine 1 g dans 250 mL x2": 2000, "Tiénam 500 mg x4 IV sur 30 min": 2000,
    "Midazolam 50 mg/50 mL 5 mL/h": 120, "Perfalgan 10 mg/mL 1 g x4": 4000, "Paracetamol 1 g twice a day": 2000,
    "Paracetamol 1 g every 6 hours": 4000, "Warfarin 5 mg daily": 5, "Lantus 20 UI matin 24 UI soir": 44 * 0.0347,
    "Actiskenan 10 mg 1 gélule toutes les 4 heures si besoin (max 6/j)": 60, "Méthotrexate 15 mg SC 1 injection/semaine": 15 / 7,
    "Xeloda 1500 mg x 2/j J1-J14": 3000, "Xeloda 1500 mg matin et soir de J1 à J14": 3000, "Xeloda 1500 mg 2/j J1-14": 3000,
    "Vitamine B1 250 mg 1 cp x 2": 500, "Vitamine B6 250 mg 1 cp x 2": 500,
    "Vitamine D3 800 UI/j": 0.02, "Vitamine D3 100 000 UI 1 ampoule par mois": 2.5 / MONTH, "NovoMix 30 24 UI matin et soir": 48 * 0.0347,
    "Paracétamol 1g x4 IV puis PO": 4000, "Tegretol LP 400 mg 1/2 x 2": 400,
    "Spiriva 18 µg 1 inhalation/j": 0.018,
}  # fmt: skip
NOT_UNDERSTOOD = {
    "Cyclophosphamide 500 mg J1 J8 J15": "frequency_unread", "Coumadine 2 mg x1 selon INR": "frequency_unread",
    "Doliprane 1 g matin et soir x3": "frequency_unread", "Doliprane 1 g matin ou soir": "frequency_unread",
    "Digoxine 0,25 mg 1 cp par jour sauf le dimanche": "frequency_unread", "Doliprane 1 g 101": "frequency_unread",
    "Doliprane 1 g 1 fois par cure": "frequency_unread", "Méthotrexate 10 mg/semaine 3 fois par semaine": "frequency_unread",
    "Solupred 60 mg/j puis 40 mg/j": "several_doses", "Doliprane 500 mg 1 g x3": "several_doses",
    "Doliprane 1 g (2 cp) x3": "several_doses", "Coveram 5/10 mg x1": "several_doses",
    "Previscan 1/2 cp alterné avec 3/4 cp": "several_doses", "Doliprane 0 cp x3": "dose_not_a_number",
    "Amoxicilline 1,250 mg x3": "ambiguous_number", "Gemzar 1000 mg J1-J8": "frequency_unread",
}  # fmt: skip


def rows_of(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("cp1252").splitlines()]


def ledger(*typed: str, patient: Patient | None = None) -> dict:
    return answer([read(one) for one in typed], patient)["doses"][0]


@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_line_brings_what_it_says_a_day(typed):
    found = ledger(typed)
    assert found["mg_high"] == pytest.approx(TYPED[typed], rel=1e-3) and not {*found["reasons"]} & {*NOT_UNDERSTOOD.values()}


@pytest.mark.parametrize("typed", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_said_and_no_number_is_sure(typed):
    found = ledger(typed)
    assert NOT_UNDERSTOOD[typed] in found["reasons"]
    assert found["mg_high"] is None or "/semaine" in typed


@pytest.mark.parametrize(
    ("typed", "dose", "unit"),
    [("Vitamine B12 250 µg", 250, "ug"), ("NovoMix 30 100 UI", 100, "ui"), ("Humalog Mix 25 10 UI", 10, "ui"),
     ("Glucose 5 500 mL", 500, "ml"), ("Glucose 500 ml/24h", 500, "ml"), ("Novomix 20 UI x 2/j", 20, "ui"), ("Mixtard 30 UI matin", 30, "ui"),
     ("Omega 3 500 mg", 500, "mg"), ("Doliprane1g x 4/j", 1, "g"), ("Methotrexate2,5 mg 1 cp/j", 2.5, "mg"),
     ("Fragmine 5 000 UI", 5000, "ui"), ("amoxicilline 2x500mg", 1000, "mg")],
)  # fmt: skip
def test_a_figure_of_a_name_is_none_of_its_dose(typed, dose, unit):
    found = read(typed).dosage
    assert (found.dose, found.unit) == (dose, unit)


@pytest.mark.parametrize(
    ("typed", "route"),
    [("Morphine 10 mg 1/2 x 6 SC", "sc"), ("Lasilix amp 20 mg 1/2 x 2 IV", "iv"), ("Temgesic 0,2 mg 1/2 x 3 SL", "sublingual"),
     ("Tegretol LP 400 mg 1/2 x 2", "")],
)  # fmt: skip
def test_a_share_says_nothing_of_the_route(typed, route):
    assert read(typed).route == route and read(typed).dosage.units == 0.5


@pytest.mark.parametrize("typed", ["Paracetamol 1 g/24", "Piperacilline tazobactam 4 g/12"])
def test_what_may_be_hours_is_no_second_strength(typed):
    assert read(typed).dosage.reason == "frequency_unread"


def test_two_strengths_whose_unit_is_said_once_are_read():
    found = {row["substance"]: row["mg_high"] for row in answer([read("Augmentin 1g/125 3/j pendant 7 jours")])["doses"]}
    assert found == {"amoxicilline": 3000, "acide clavulanique": 375}


def test_an_overdose_of_several_tablets_is_told():
    assert ledger("Dafalgan 1 g 2 cp x4")["above"] and ledger("Doliprane 1 g 6/j")["above"]


def test_a_dose_of_each_week_is_no_dose_of_each_day():
    weekly, daily = (ledger(f"Méthotrexate 10 mg x1{period}") for period in ("/semaine", "/j"))
    assert (weekly["above"], daily["above"]) == (False, True)
    nsaid = read("Ibuprofène 400 mg x3")
    levels = [answer([read(f"Méthotrexate 10 mg {often}"), nsaid])["pairs"][0]["levels"] for often in ("x1/semaine", "x1")]
    assert levels == [["pe"], ["ad"]]


def test_the_name_is_what_stands_before_dose_and_rhythm():
    assert read("Ciflox 500 mg cp : 1 comprimé matin et soir").match.how == "brand"


def test_dose_given_apart_counts_the_units_of_the_name():
    found = answer([read("Doliprane 500 mg", "2 cp x3")])["doses"][0]
    assert found["mg_high"] == 3000
    assert answer([read("Doliprane matin et soir", "1 g")])["doses"][0]["mg_high"] == 2000
    assert read("Doliprane", "beaucoup").dosage.reason == "dose_not_a_number"


def test_without_a_frequency_the_maximum_is_passed_only_if_it_is_taken_each_day():
    found = ledger("Uvedose 100 000 UI")
    assert (found["above"], found["above_if_daily"], found["mg_high"]) == (False, True, None)
    assert not ledger("Doliprane 1 g")["above_if_daily"] and ledger("Doliprane 1 g x6", "Doliprane 1 g")["above"]


def test_without_a_frequency_no_dose_is_too_much_for_the_patient_for_sure():
    kidney = Patient(egfr=25.0)
    assert ledger("Gabapentine 800 mg", patient=kidney)["above_if_daily"]
    assert answer([read("Gabapentine 800 mg")], kidney)["unsuited"] == []
    assert [one["rule"] for one in answer([read("Gabapentine 800 mg x1")], kidney)["unsuited"]] == ["not_adapted"]


def test_cotrimoxazole_is_typed_as_a_total_and_held_to_its_sulfamethoxazole():
    kidney = Patient(egfr=25.0)
    assert answer([read("Cotrimoxazole 960 mg × 1/j")], kidney)["unsuited"] == []
    assert ledger("Cotrimoxazole 960 mg × 1/j", patient=kidney)["mg_high"] == 800 and ledger("Bactrim 960 mg 2 cp x1")["mg_high"] == 1600
    entresto = answer([read("Entresto 200 mg x2")])["doses"]
    assert [row["mg_high"] for row in entresto if row["substance"] == "valsartan"] == [206]


def test_a_share_is_read_as_a_person_writes_it():
    assert (share("1 1/2"), share("3/4"), share("1,5")) == (1.5, 0.75, 1.5) and math.isnan(share("1/0"))


@pytest.mark.parametrize(
    ("text", "route"),
    [("Noradrénaline 0,5 mg/h IVSE", "iv"), ("Insuline 2 UI/h PSE", "iv"), ("Vancomycine 2 g/24h seringue électrique", "iv"),
     ("Paracétamol 1 g x4 en perfusion", "iv"),
     ("Héparine sous-cutanée", "sc")],
)  # fmt: skip
def test_a_route_is_read_as_french_wards_write_it(text, route):
    assert read(text).route == route


@pytest.mark.parametrize(
    "when",
    ["si douleur", "si douleur EVA > 4", "si fièvre > 38,5 °C", "si agitation", "si nausées ou vomissements", "en cas de douleur",
     "en cas d'insomnie", "si nécessaire", "as needed", "si besoin"],
)  # fmt: skip
def test_a_symptom_makes_a_dose_one_that_may_never_be_taken(when):
    found = ledger(f"Actiskenan 10 mg x 6/j {when}")
    assert (found["mg_low"], found["mg_high"], found["reasons"]) == (0, 60, [])


@pytest.mark.parametrize(
    "when",
    ["si dlr EVA >4", "si dlrs", "si douleur(s)", "si EVA>3", "si EVA 4", "si EN ≥ 4", "si T° > 38,5", "si T°>38°5", "si T > 38.5 °C ou dlr",
     "si dlr et/ou fièvre", "si fièvre", "si nausées", "si insomnie", "si anxiété", "si constipation"],
)  # fmt: skip
def test_what_a_ward_measures_of_a_symptom_makes_a_dose_by_interval_one_if_needed(when):
    """'toutes les 4h' is up to six a day; before, a scale of pain left the frequency unread."""
    found = ledger(f"Oxynorm 5 mg toutes les 4h {when}")
    assert (found["mg_low"], found["mg_high"], found["reasons"]) == (0, 30, [])


def test_the_higher_of_a_band_is_the_most_of_what_is_given_if_needed():
    found = ledger("Morphine 1 à 2 mg SC toutes les 4h si EVA>3")
    assert (found["mg_low"], found["mg_high"]) == (0, 12)


@pytest.mark.parametrize("act", ["arrêter si", "à suspendre en cas de", "stop if", "prévenir le médecin si", "majorer si", "ne pas donner si"])
def test_what_to_do_when_a_symptom_comes_leaves_the_dose_given(act):
    found = ledger(f"Paracétamol 2 g x4/j, {act} fièvre > 38,5 ou vomissements")
    assert found["mg_low"] == 8000 and found["above"]
    assert "frequency_unread" in ledger("Paracétamol 1 g x4/j sauf si fièvre")["reasons"]


@pytest.mark.parametrize("when", ["si INR < 2", "si TA > 160", "selon douleur", "si poids > 50 kg", "arrêt en cas de bradycardie",
                                  "arrêt si EVA < 3", "en 4 prises"])
def test_a_condition_that_is_no_symptom_is_not_if_needed(when):
    assert not read(f"Lasilix 40 mg x2 {when}").prn


@pytest.mark.parametrize(
    ("typed", "mg"),
    [("Bactrim 800/160 x2", (1600, 320)), ("Bactrim 160/800 mg x2", (1600, 320)), ("Entresto 49/51 x 2", (98, 102)),
     ("Entresto 97/103 mg 1 cp matin et soir", (194, 206)), ("CoAprovel 300/12,5 1 cp/j", (300, 12.5)),
     ("Ixprim 37,5/325 2 cp x3", (225, 1950))],
)  # fmt: skip
def test_both_strengths_of_a_product_of_two_are_its_dose(typed, mg):
    """Which is which is told by the share of each in the product, whatever the order."""
    drug = read(typed)
    rows = {row["substance"]: row["mg_high"] for row in answer([drug])["doses"]}
    assert tuple(rows[key] for key in drug.match.substances) == pytest.approx(mg)


@pytest.mark.parametrize("typed", ["Lasilix 40/20 x1", "Entresto x1 le 12/05", "Exforge 1/2 cp/j", "Seretide 250/50 x2", "Coveram 5/10 x1"])
def test_two_numbers_that_are_no_strengths_of_the_product_are_no_dose(typed):
    assert {row["mg_high"] for row in answer([read(typed)])["doses"]} == {None}


def test_a_product_of_one_strength_needs_none_beside_its_name():
    drugs = [read(one) for one in ("Doliprane 1 g x 4/j si besoin", "Ixprim 2 cp x 4/j", "Dafalgan codéiné 2 cp x 3")]
    rows = {row["substance"]: row for row in answer(drugs)["doses"]}
    assert {key: row["mg_high"] for key, row in rows.items()} == {"paracetamol": 9600, "tramadol": 300, "codeine": 180}
    assert rows["paracetamol"]["above"] and "strengths_of_product" in rows["paracetamol"]["reasons"]
    lamaline = [answer([read(f"Lamaline 2 {form} x5")])["doses"][-1]["mg_high"] for form in ("gélules", "suppos")]
    assert lamaline == [3000, None] and answer([read("Klipal 2 cp x4")])["doses"][0]["mg_high"] is None


@needs_bdpm
def test_a_product_of_one_strength_has_no_other_in_the_public_base():
    specialities = {row[0]: key_of(row[1]) for row in rows_of(BDPM / "CIS_bdpm.txt")}
    composed = rows_of(BDPM / "CIS_COMPO_bdpm.txt")
    for (brand, form), mg in single_strengths().items():
        codes = {code for code, name in specialities.items() if name.startswith(brand) and form in name}
        seen = {float(row[4].split()[0].replace(",", ".")) * (1000 if row[4].endswith(" g") else 1)
                for row in composed if row[0] in codes and key_of(row[3]) == "paracetamol"}
        assert codes and seen == {mg["paracetamol"]}, brand


def with_apixaban(typed: str) -> tuple[list[str], bool]:
    [pair] = answer([read(typed), read("apixaban 5 mg x2")])["pairs"]
    return pair["levels"], pair["assumed"]


def test_a_dose_a_day_that_no_usual_schedule_reaches_is_not_left_open():
    """75 mg would have to be taken 40 times a day to be 3 g; 500 mg six times."""
    assert with_apixaban("Kardégic 75 mg") == (["ad", "apec"], True)
    assert with_apixaban("Aspirine 500 mg") == (["ci", "ad", "apec"], False)
    assert with_apixaban("Kardégic 75 mg x1") == (["ad", "apec"], False)
    assert with_apixaban("Kardégic")[0] == ["ci", "ad", "apec"]


def test_a_dose_taken_if_needed_is_the_dose_that_is_written():
    assert with_apixaban("Aspégic 1000 mg si besoin") == (["ci", "apec"], False)


def test_no_invented_schedule_is_more_frequent_than_what_is_assumed():
    times = [float(part.split(":")[0]) for row in read_facts("formulary.csv") for part in row["times"].split()]
    assert max(times) == MOST_TIMES
