"""The usual band of a result is that of who takes what runs: an INR under a vitamin K antagonist and without."""

import pandas as pd
import pytest

from core.knowledge.bands import band, bands, bands_over
from core.review.case import Case, abnormal
from pages.review.cards import biology
from pages.shell.session import Session
from tests import hand_made as hand

WARFARIN, PARACETAMOL = ("warfarine", "oral", 5, 1), ("paracetamol", "oral", 1000, 3)
TWENTY_HOURS = hand.DAY + pd.Timedelta(hours=20)


def case_of(drug, start, end, *inr) -> Case:
    """One line and its INR every six hours, looked at after twenty."""
    seen = [hand.observation("s", i, "inr", value, 6 * i) for i, value in enumerate(inr)]
    stay = hand.tables([hand.stay_row("s", "p")], [hand.line("s", 0, drug, start, end)], seen)
    alert = {"at": TWENTY_HOURS, "partner_line_ids": "", "line_id": "s-0"}
    return Case(stay.stays.iloc[0], stay.lines, stay.observations, [alert], alert, None, pd.DataFrame())


def test_without_a_vitamin_k_antagonist_an_inr_is_usual_up_to_one_point_two():
    assert band("inr", "F", ["N02BE01"]).high == band("inr", "M", ()).high == 1.2
    assert band("inr", "F", ["N02BE01", "B01AA03"]).high == 3.0
    assert not any(taken for kind, _, taken in bands() if kind != "inr")


def test_a_band_holds_while_the_drug_that_changes_it_runs():
    lines = [(10, 20, "B01AA03"), (15, 30, "B01AA12"), (0, None, "N02BE01"), (40, None, "B01AA07")]
    highs = [(since, each.high) for since, each in bands_over("inr", "F", lines)]
    assert highs == [(None, 1.2), (10, 3.0), (30, 1.2), (40, 3.0)]
    assert [since for since, _ in bands_over("potassium", "F", lines)] == [None]


@pytest.mark.parametrize(("drug", "sides"), [(PARACETAMOL, ["above"]), (WARFARIN, [])])
def test_an_inr_is_held_against_what_runs_at_the_alert(drug, sides):
    assert [one.side for one in abnormal(case_of(drug, 0, None, 1.3))] == sides


def test_a_point_is_marked_by_the_band_of_its_time():
    (inr,) = biology(Session(None, "fr", ""), case_of(WARFARIN, 3, 15, 1.3, 2.4, 3.4, 2.4, 1.1))
    assert [mark for _, _, mark in inr["points"]] == [1, 0, 1, 1, 0]
    assert [high for _, _, high in inr["bands"]] == [1.2, 3.0, 1.2] and "sans AVK" in inr["source"]
