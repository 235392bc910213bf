"""Doses and rhythms as a person of each language writes them."""

import numpy as np
import pytest

from core.i18n import LANGUAGES
from core.knowledge.answer import answer, excesses
from core.knowledge.phrases import forms
from core.knowledge.units import COUNTED
from core.knowledge.written import read
from core.report.doses import dose_unit, excess, figure, mg_a_day, most_a_day, rhythm


@pytest.mark.parametrize(
    ("times", "french", "english"),
    [
        (4, "× 4/j", "× 4/d"), (1.5, "× 1,5/j", "× 1.5/d"), (1 / 7, "× 1/semaine", "× 1/week"), (5 / 7, "× 5/semaine", "× 5/week"),
        (1 / 2, "tous les 2 jours", "every 2 days"), (12 / 365.25, "× 1/mois", "× 1/month"), (1 / 365.25, "× 1/an", "× 1/year"),
    ],
)  # fmt: skip
def test_a_rhythm_is_said_in_the_period_that_needs_no_fraction(times, french, english):
    assert (rhythm(times, "fr"), rhythm(times, "en")) == (french, english)


@pytest.mark.parametrize(
    ("dose", "unit", "french", "english"),
    [(2, "gelule", "2 gélules", "2 capsules"), (1, "Gélule(s)", "1 gélule", "1 capsule"), (1.5, "cp.", "1,5 comprimé", "1.5 tablets"),
     (20, "goutte", "20 gouttes", "20 drops"), (3, "sachets", "3 sachets", "3 sachets"), (4, "BOUFFEE/j", "4 bouffées/j", "4 puffs/j"),
     (2, "ampoule", "2 ampoules", "2 ampoules"), (2, "mg PE", "2 mg PE", "2 mg PE"), (5, "ug/kg/min", "5 µg/kg/min", "5 µg/kg/min")],
)  # fmt: skip
def test_what_is_counted_is_said_in_words_one_or_several(dose, unit, french, english):
    assert [f"{figure(dose, each)} {dose_unit(unit, each, dose)}" for each in ("fr", "en")] == [french, english]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_that_counts_pieces_has_words(language):
    assert forms(language).keys() == COUNTED - {"in"}


@pytest.mark.parametrize(("value", "said"), [(4000, "4\u202f000"), (2.50, "2,5"), (100, "100"), (0.1, "0,1"), (None, "–")])
def test_a_figure_has_no_trailing_zero(value, said):
    assert figure(value, "fr") == said


@pytest.mark.parametrize(
    ("low", "high", "reasons", "said"),
    [(0, 4000, [], "0 à 4\u202f000"), (75, 75, [], "75"), (5, None, ["frequency_missing"], "5 si chaque jour"),
     (5, None, ["form_without_strength"], "au moins 5"), (None, None, ["dose_missing"], "–"), (0, None, ["frequency_missing"], "–")],
)  # fmt: skip
def test_what_a_day_brings_is_said_as_surely_as_it_is_known(low, high, reasons, said):
    assert mg_a_day({"substance": "paracetamol", "mg_low": low, "mg_high": high, "reasons": reasons}, "fr") == said


@pytest.mark.parametrize(
    ("typed", "said"),
    [("Lantus 300 UI", "300 UI si chaque jour"), ("Lantus 20 UI matin 24 UI soir", "44 UI"), ("Novorapid 6 UI x3 si besoin", "0 à 18 UI"),
     ("Lovenox 4000 UI SC x1", "40")],
)  # fmt: skip
def test_insulin_is_said_in_units_and_never_weighed(typed, said):
    assert mg_a_day(answer([read(typed)])["doses"][0], "fr") == said


@pytest.mark.parametrize(
    ("typed", "dose", "maximum"),
    [("Méthotrexate 15 mg x1/semaine", "15 mg/semaine", "25 mg/semaine"), ("Méthotrexate 15 mg/semaine", "15 mg/semaine", "25 mg/semaine"),
     ("Novatrex 2,5 mg 4 cp le mercredi", "10 mg/semaine", "25 mg/semaine"),
     ("Méthotrexate 15 mg 1/sem si besoin", "0 à 15 mg/semaine", "25 mg/semaine"),
     ("Méthotrexate 15 mg/j", "15", "3,57"), ("Lasilix 40 mg 1 j sur 2", "20", None), ("Méthotrexate 15 mg", "15 si chaque jour", "3,57")],
)  # fmt: skip
def test_a_dose_of_each_week_is_said_by_the_week_with_its_maximum(typed, dose, maximum):
    [row] = answer([read(typed)])["doses"]
    assert mg_a_day(row, "fr") == dose and maximum in (None, most_a_day(row, "fr"))


def test_a_dose_of_a_day_beside_one_of_a_week_is_summed_by_the_day():
    [row] = answer([read("Méthotrexate 14 mg/semaine"), read("Méthotrexate 1 mg/j")])["doses"]
    assert mg_a_day(row, "fr") == "3" and most_a_day(row, "fr") == "3,57"


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_much_in_a_week_is_said_by_the_week(language):
    [row] = excesses(answer([read("Méthotrexate 30 mg le lundi")]))
    said = excess(row, language)
    assert ("30 mg par semaine, au-dessus du maximum de 25 mg" if language == "fr" else "30 mg a week, above the maximum of 25 mg") in said


def test_a_counted_dose_that_comes_from_a_table_has_its_plural():
    """A row of mixed columns holds numpy's numbers: of a drop, "Et si" broke the page."""
    assert [dose_unit("goutte", "fr", np.float64(dose)) for dose in (1, 2)] == ["goutte", "gouttes"]
