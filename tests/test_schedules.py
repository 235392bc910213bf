"""How often and how much of a typed line: schedules by piece, hours beside named moments, fixed doses beside those if needed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.commands.interactions import show
from core.i18n import LANGUAGES
from core.knowledge.answer import answer
from core.knowledge.written import read
from core.report.doses import dosage


def day_of(*typed: str) -> dict:
    return answer([read(one) for one in typed])["doses"][0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("Temesta 1-0-1/2", "(1 + 0,5) × ? × 1/j"), ("Xanax 1/2-1/2-1", "(0,5 + 0,5 + 1) × ? × 1/j"),
     ("Seresta 10 ½-½-1", "(0,5 + 0,5 + 1) × ? × 1/j"),
     ("Haldol ½-0-1", "(0,5 + 1) × ? × 1/j"), ("Valium 10 ½-0-1", "(0,5 + 1) × ? × 1/j"), ("Temesta 1-0-1", "? × 2/j"),
     ("Temesta 1,250 mg 1-0-1/2", "(1 + 0,5) × ? × 1/j"), ("Lantus 1,250 UI matin 24 UI soir", "? × 2/j")],
)  # fmt: skip
def test_a_schedule_of_pieces_whose_strength_is_not_known_is_told_as_pieces(typed, said):
    drug = answer([read(typed)])["drugs"][0]
    assert dosage(drug, "fr") == said and drug["dose"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_schedule_without_a_strength_leaves_the_interactions_told(language, capsys):
    found = answer([read("Haldol ½-0-1"), read("citalopram 20 mg x1")])
    show(found, language)
    assert found["pairs"][0]["levels"] == ["ci", "apec"] and "(0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "mg"),
    [("Doliprane 1g matin, midi, 16h et soir", 4000), ("Temesta 1 mg matin, 14h et coucher", 3), ("Doliprane 1 g matin et 20h", 2000),
     ("Doliprane 1 g à 8h, midi et 20h", 3000), ("Modopar 125 mg 7h, 10h, 13h, 16h et coucher", 500),
     ("Doliprane 1 g le matin (8h) et le soir (20h)", 2000), ("Imovane 7,5 mg au coucher 22h", 7.5), ("Doliprane 1 g soir : 20h", 1000)],
)  # fmt: skip
def test_an_hour_beside_named_moments_is_one_of_them_and_one_said_of_a_moment_is_none_more(typed, mg):
    found = answer([read(typed)])["doses"][-1]
    assert (found["mg_low"], found["mg_high"]) == (mg, mg)


@pytest.mark.parametrize(
    "typed",
    ["Doliprane 1 g matin, 8h et soir", "Doliprane 1 g matin 14h coucher", "Doliprane 1 g matin et soir à 8h et 20h",
     "Vancomycine 1 g matin et soir, 1 h", "Doliprane 1 g, 12h"],
)  # fmt: skip
def test_an_hour_that_may_be_of_a_named_moment_or_none_leaves_the_frequency_unread(typed):
    found = day_of(typed)
    assert (found["mg_high"], found["reasons"]) == (None, ["frequency_unread"])


@pytest.mark.parametrize(
    ("typed", "least"),
    [("Doliprane 1 g x 3 + 1 g si besoin", 3000), ("Oxynorm 10 mg x4 + 10 mg si besoin", 40), ("Doliprane 1 g x3 (+1 g si douleur)", 3000),
     ("Doliprane 1 g x3 et 1 g si besoin", 3000), ("Doliprane 1 g matin, 1 g soir, 1 g si besoin", 2000),
     ("Doliprane 500 mg 2 cp x3 + 1 cp si besoin", 3000), ("Morphine 1 mg/h + bolus 1 mg si douleur", 24),
     ("Morphine 10 mg x6 + interdoses 5 mg si douleur", 60), ("Doliprane 1 g 1-1-1 + si besoin", 3000)],
)  # fmt: skip
def test_a_fixed_dose_is_never_made_one_if_needed_by_another_beside_it(typed, least):
    found, drug = day_of(typed), read(typed)
    assert (found["mg_low"], found["mg_high"], found["mg_sure"]) == (least, None, least)
    assert found["reasons"] == ["more_if_needed"] and not drug.prn and drug.dosage.more


def test_a_fixed_dose_that_is_too_much_alone_is_told_whatever_is_beside_it():
    assert day_of("Doliprane 1 g x 6 + 1 g si besoin")["above"] and not day_of("Doliprane 1 g x 4 + 1 g si besoin")["above"]
    given_apart = answer([read("Doliprane", "1 g x 6 + 1 g si besoin")])
    assert given_apart["doses"][0]["mg_sure"] == 6000 and not given_apart["drugs"][0]["prn"]


@pytest.mark.parametrize(
    "typed",
    ["Doliprane 1 g 1 cp x3 si besoin", "Doliprane 3/j 1 g si besoin", "Doliprane 1 g matin et 1 g midi et 1 g soir si besoin"],
)
def test_one_dose_if_needed_stays_if_needed(typed):
    found = day_of(typed)
    assert (found["mg_low"], found["mg_high"], found["reasons"]) == (0, 3000, [])


@pytest.mark.parametrize(
    "typed",
    ["patch trinitrine 15 mg 8h-20h", "Trinitrine patch 15 mg 8h à 20h", "Nitriderm 15 mg 8h-20h", "Nitriderm 15 mg/24h de 8h à 20h",
     "Nitriderm 15 mg 1 patch le matin de 8h à 20h"],
)  # fmt: skip
def test_a_patch_worn_from_an_hour_to_another_is_one_a_day(typed):
    assert day_of(typed)["mg_high"] == 15
    assert read("Nicorette patch 15 mg/16h").dosage.times_per_day == 1 and read("Keppra 500 mg 8h-20h").dosage.times_per_day == 2


@pytest.mark.parametrize(
    ("typed", "band"),
    [("paracétamol 1 g/6h max 3 g/j", (3000, 3000)), ("Doliprane 1 g toutes les 6 h, sans dépasser 3 g par jour", (3000, 3000)),
     ("Doliprane 1 g si besoin max 3 g/j", (0, 3000)), ("Doliprane 1 g x 6/j max 4 g/j", (6000, 6000)),
     ("Doliprane 1 g x 3 si besoin, max 4 g/j", (0, 3000)), ("Doliprane 1 g/6h max 1 g", (4000, 4000)),
     ("Doliprane 0 mg/6h max 3 g/j", (0, 0)), ("Doliprane 1 g/6h max 60 mg/kg/j", (4000, 4000))],
)  # fmt: skip
def test_the_most_of_a_day_that_is_written_bounds_what_is_taken_by_interval_or_need(typed, band):
    found = day_of(typed)
    assert (found["mg_low"], found["mg_high"]) == band


FRAGMENTS = (
    "Temesta", "Nitriderm", "patch", "1 mg", "0 mg", "1,250 mg", "1/2", "½-0-1", "1-0-1/2", "2 cp", "x3", "/6h", "matin", "14h", "8h-20h", "et",
    ",", "+", "si besoin", "max 3 g/j", "max 0 g/j", "OD", "1 gtte", "dans 50 ml", "sur 30 min", "à 8h", "petit-déjeuner", "1/0",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8))
def test_no_order_of_the_pieces_breaks_the_answer_or_what_is_said_of_it(pieces):
    drug = answer([read(" ".join(["Doliprane", *pieces]))])["drugs"][0]
    assert dosage(drug, "fr") and not any(number != number for number in drug["portions"])
