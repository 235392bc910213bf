"""Doses and rhythms as a person of each language writes them."""

import pytest

from core.report.doses import figure, mg_a_day, rhythm


@pytest.mark.parametrize(
    ("times", "french", "english"),
    [
        (4, "× 4/j", "× 4/d"), (1.5, "× 1,5/j", "× 1.5/d"), (1 / 7, "× 1/semaine", "× 1/week"), (5 / 7, "× 5/semaine", "× 5/week"),
        (1 / 2, "tous les 2 jours", "every 2 days"), (12 / 365.25, "× 1/mois", "× 1/month"), (1 / 365.25, "× 1/an", "× 1/year"),
    ],
)  # fmt: skip
def test_a_rhythm_is_said_in_the_period_that_needs_no_fraction(times, french, english):
    assert (rhythm(times, "fr"), rhythm(times, "en")) == (french, english)


@pytest.mark.parametrize(("value", "said"), [(4000, "4\u202f000"), (2.50, "2,5"), (100, "100"), (0.1, "0,1"), (None, "–")])
def test_a_figure_has_no_trailing_zero(value, said):
    assert figure(value, "fr") == said


@pytest.mark.parametrize(
    ("low", "high", "reasons", "said"),
    [(0, 4000, [], "0 à 4\u202f000"), (75, 75, [], "75"), (5, None, ["frequency_missing"], "5 si chaque jour"),
     (5, None, ["form_without_strength"], "au moins 5"), (None, None, ["dose_missing"], "–"), (0, None, ["frequency_missing"], "–")],
)  # fmt: skip
def test_what_a_day_brings_is_said_as_surely_as_it_is_known(low, high, reasons, said):
    assert mg_a_day({"mg_low": low, "mg_high": high, "reasons": reasons}, "fr") == said
