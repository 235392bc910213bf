"""Several drugs on one typed line: each is read by itself, none vanishes, and nothing of one enters another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.commands.interactions import show
from core.i18n import LANGUAGES
from core.knowledge.answer import answer
from core.knowledge.several import parted
from core.knowledge.written import read
from core.report.doses import dosage, known_by


def told(typed: str) -> list[str]:
    """Substances and dose of each part, as they are told."""
    found = answer([read(part) for part in parted(typed)])["drugs"]
    return [f"{'+'.join(drug['substances'])} {dosage(drug, 'fr')}" for drug in found]


SEVERAL = {
    "Valproate 500 mg x2 + Meropenem 1 g x 3": ["acide valproique 500 mg × 2/j", "meropenem 1 g × 3/j"],
    "VALPROATE 500 MG X2+MEROPENEM 1 G X3": ["acide valproique 500 mg × 2/j", "meropenem 1 g × 3/j"],
    "Doliprane 1g + Ixprim 2cp x4": ["paracetamol 1 g × ?", "tramadol+paracetamol 2 comprimés × 4/j"],
    "Ramipril 2.5mg, Bisoprolol 2.5mg, Atorvastatine 80mg": ["ramipril 2,5 mg × ?", "bisoprolol 2,5 mg × ?", "atorvastatine 80 mg × ?"],
    "Plavix 75 mg/j et Eliquis 5 mg x2": ["clopidogrel 75 mg × 1/j", "apixaban 5 mg × 2/j"],
    "Prednisone 20 mg, Ciclosporine 100 mg x2": ["prednisone 20 mg × ?", "ciclosporine 100 mg × 2/j"],
    "lasilix 40 mg 1-0-0 puis aldactone 25 1-0-0": ["furosemide 40 mg × 1/j", "spironolactone ? × 1/j"],
    "Lantus 24 UI au coucher + Novorapid 8-8-8 UI": ["insuline glargine 24 UI × 1/j", "insuline asparte 8 × 1 UI × 3/j"],
    "Lantus 24 UI le soir, Novorapid 8 UI x3": ["insuline glargine 24 UI × 1/j", "insuline asparte 8 UI × 3/j"],
    "NaCl 0,9% 1L + KCl 2g/L x2/j": ["sodium (chlorure de) 1 l × ?", "potassium ? × 2/j"],
    "Glucose 5% 1 L/24 h + 2 g KCl": ["glucose 1 l × 1/j", "potassium 2 g × ?"],
    "paracétamol 1 g x 4/j, tramadol 50 mg x 3/j": ["paracetamol 1 g × 4/j", "tramadol 50 mg × 3/j"],
    "Kardégic 75 / Plavix 75": ["acide acetylsalicylique ? × ?", "clopidogrel ? × ?"],
    "Kardégic 75 mg le matin, Tahor 80 mg le soir": ["acide acetylsalicylique 75 mg × 1/j", "atorvastatine 80 mg × 1/j"],
    "Bisoprolol 2,5 mg matin - Ramipril 5 mg soir": ["bisoprolol 2,5 mg × 1/j", "ramipril 5 mg × 1/j"],
    "Valproate 500 mg x2 associé à Meropenem 1 g x 3": ["acide valproique 500 mg × 2/j", "meropenem 1 g × 3/j"],
    "Doliprane 1 g x4 (+ tramadol 50 mg x3 si douleur)": ["paracetamol 1 g × 4/j", "tramadol 50 mg × 3/j · si besoin"],
    "Oxycontin 20 mg x2 + Oxynorm 5 mg x6 si dlr": ["oxycodone 20 mg × 2/j", "oxycodone 5 mg × 6/j · si besoin"],
    "Doliprane 1g x4 tramadol 50 mg x3": ["paracetamol 1 g × 4/j", "tramadol 50 mg × 3/j"],
    "Doliprane 1 g x4 + Flucloxacilline 1 g x3": ["paracetamol 1 g × 4/j", " 1 g × 3/j"],
    "Ramipril 5mg matin Kardégic 75 midi": ["ramipril 5 mg × 1/j", "acide acetylsalicylique ? × 1/j"],
    "MST 30 mg x2 et Sevredol 10 mg x6 si besoin": [" 30 mg × 2/j", "morphine 10 mg × 6/j · si besoin"],
    "Blablaxine 50 mg x2 + Doliprane 1 g x4": [" 50 mg × 2/j", "paracetamol 1 g × 4/j"],
    "Valproate 500 mg x2 + Méropénème 1 g x3": ["acide valproique 500 mg × 2/j", " 1 g × 3/j"],
    "Xarelto 20 mg le soir relais par Coumadine 5 mg": ["rivaroxaban 20 mg × 1/j", "warfarine 5 mg × ?"],
    "amlodipine, bisoprolol et ramipril": ["amlodipine ? × ?", "bisoprolol ? × ?", "ramipril ? × ?"],
    "warfarine + aspirine": ["warfarine ? × ?", "acide acetylsalicylique ? × ?"],
}  # fmt: skip
ONE = {
    "paracétamol 500 mg + codéine 30 mg 1 cp x 3/j": "paracetamol+codeine 1 comprimé × 3/j · orale",
    "amoxicilline 1g/acide clavulanique 125 mg x 3/j": "amoxicilline+acide clavulanique 1 dose × 3/j",
    "piperacilline 4 g / tazobactam 500 mg x 3 IV": "piperacilline+tazobactam 1 dose × 3/j · IV",
    "Levodopa 100 mg / carbidopa 25 mg / entacapone 200 mg x3": "levodopa+carbidopa+entacapone 1 dose × 3/j",
    "ramipril 5 mg et hydrochlorothiazide 12,5 mg 1 cp matin": "ramipril+hydrochlorothiazide 1 comprimé × 1/j · orale",
    "Entresto 49/51 x 2": "sacubitril+valsartan 1 dose × 2/j", "Coversyl/amlodipine": "perindopril+amlodipine ? × ?",
    "calcium vitamine D3 500 mg/400 UI": "calcium+cholecalciferol 500 mg × ?",
    "Amiodarone 300 mg dans 50 mL de NaCl 0,9 %": "amiodarone 300 mg × ? · IV",
    "Ventoline 5 mg + sérum physiologique 2,5 mL x3": "salbutamol 5 mg × 3/j",
    "Vancomycine 1 g + NaCl 0,9 % 250 mL x2": "vancomycine 1 g × 2/j", "amikacine 1 g dans G5": "amikacine 1 g × ?",
    "amikacine 1 g dans 100 mL de G5 x1/j": "amikacine 1 g × 1/j · IV",
    "Lovenox 0,4 mL matin et 0,6 mL soir": "enoxaparine (0,4 + 0,6) ml × 1/j",
    "Paracétamol 1g x4 IV puis PO": "paracetamol 1 g × 4/j · orale", "Solupred 60 mg/j puis Solupred 40 mg/j": "prednisolone ? × ?",
    "Doliprane 1 g x 3 + 1 g si besoin": "paracetamol 1 g × 3/j", "Doliprane 1 g x4 (paracétamol)": "paracetamol 1 g × 4/j",
    "Morphine 10 mg x6 + interdoses 5 mg si douleur": "morphine 10 mg × 6/j",
    "Tégrétol 200 mg, 1 cp matin, 2 cp soir": "carbamazepine (200 + 400) mg × 1/j · orale",
    "Lévothyrox 75 µg x1, à distance du calcium": "levothyroxine 75 µg × 1/j",
    "Rocéphine 1 g, poudre et solvant": "ceftriaxone 1 g × ?",
}  # fmt: skip


@pytest.mark.parametrize("typed", SEVERAL)
def test_each_drug_of_a_line_is_read_with_its_own_dose_and_rhythm(typed):
    assert told(typed) == SEVERAL[typed]


@pytest.mark.parametrize("typed", ONE)
def test_a_product_of_several_a_solvent_and_a_schedule_in_pieces_stay_one_line(typed):
    assert told(typed) == [ONE[typed]]


def test_a_rhythm_at_the_end_of_a_list_is_of_the_last_and_is_said_not_to_be_read_for_the_others():
    first, second = answer([read(part) for part in parted("Prednisone 20 mg, Ciclosporine 100 mg x2")])["doses"]
    assert (first["substance"], first["mg_high"], first["reasons"]) == ("ciclosporine", 200, [])
    assert (second["mg_low"], second["mg_high"], second["reasons"]) == (20, None, ["frequency_missing"])


def test_strengths_that_stand_each_beside_its_substance_make_the_dose_of_each():
    rows = {row["substance"]: row["mg_high"] for row in answer([read("paracétamol 500 mg + codéine 30 mg 2 cp x 3/j")])["doses"]}
    assert rows == {"paracetamol": 3000, "codeine": 180}


@pytest.mark.parametrize("typed", SEVERAL)
def test_read_as_one_line_the_first_keeps_its_own_dose_and_the_others_are_said_not_to_be_checked(typed):
    """An excess that is none was told of 'Doliprane 1g + Ixprim 2cp x4', and tramadol was not named."""
    drug, alone, *others = [read(one) for one in (typed, *parted(typed))]
    held = {*drug.match.substances, *drug.match.missing}
    one, other = answer([drug, alone])["drugs"]
    assert drug.text == typed and dosage(one, "fr") == dosage(other, "fr")
    assert all({*other.match.substances, *other.match.missing} <= held for other in others)


@pytest.mark.parametrize(
    ("typed", "dose", "missing"),
    [("Doliprane 1 g ou tramadol 50 mg x3", "", ("tramadol",)), ("Doliprane 1 g x4 et Meropenem à discuter", "", ("meropenem",)),
     ("Valproate 500 mg x2 + Méropénème", "", ("meropeneme",)),
     ("Doliprane", "1 g x4 + tramadol 50 mg x3", ("tramadol",)), ("Doliprane 1 g + Plavix 75 mg", "2 cp x4", ("clopidogrel",)),
     ("Lantus 24 UI au coucher + Novorapid 8-8-8 UI", "", ("insuline asparte",))],
)  # fmt: skip
def test_a_drug_beside_the_first_is_missing_and_said_in_words(typed, dose, missing):
    drug = read(typed, dose)
    found = answer([drug])
    assert drug.match.missing == missing and found["unknown"] == found["drugs"]
    assert "autre médicament sur la ligne, non vérifié : " in known_by(found["drugs"][0], "fr")
    assert not any(row["mg_high"] and row["above"] for row in found["doses"])


def test_a_dose_apart_from_two_names_is_of_neither():
    assert read("Doliprane 1 g + Plavix 75 mg", "2 cp x4").dosage.reason == "several_doses"
    assert read("Doliprane", "1 g x4 + tramadol 50 mg x3").dosage == read("Doliprane 1 g x4").dosage


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_of_two_drugs_that_is_told_as_text_names_both(language, capsys):
    show(answer([read("Plavix 75 mg/j ou Eliquis 5 mg x2")]), language)
    assert "apixaban" in capsys.readouterr().out.lower()


WORDS = ("Doliprane", "tramadol", "Plavix 75", "codéine", "NaCl", "1 g", "50 mg", "2 cp", "x3", "/j", "matin", "si besoin", "1-0-1", "+", ",",
         "/", "et", "puis", "ou", "(", ")", "dans 50 mL", "vitamine D3", "Meropenemm")  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_a_part_of_a_line_is_a_line_of_its_own_and_holds_what_was_typed(pieces):
    typed = " ".join(pieces)
    parts = parted(typed)
    assert all(part in typed and read(part).match.how for part in parts)
    assert sum(map(len, parts)) <= len(typed)
