"""The figures say what the tables say."""

import pandas as pd
import pytest

from pages.figures.rows import active, in_scope, rows_of
from pages.figures.shown import Shown
from pages.figures.timeline import timeline
from pages.wording.words import drug, instant, number, risk, word
from tests import small_stays as small


def drawn(stay_id: str, alert_id: str, **choices):
    alert = small.alerts().set_index("alert_id").loc[alert_id]
    culprits = (alert["line_id"], *[p for p in alert["partner_line_ids"].split("+") if p])
    shown = Shown(at=alert["at"], culprits=culprits, pair_scores=dict.fromkeys(culprits[1:], 0.8), **choices)
    lines, observations = small.lines(), small.observations()
    figure = timeline(
        small.stays().set_index("stay_id").loc[stay_id],
        lines[lines["stay_id"] == stay_id],
        observations[observations["stay_id"] == stay_id],
        shown,
    )
    return figure, lines[lines["stay_id"] == stay_id]


def test_the_whole_stay_shows_each_line_once():
    figure, lines = drawn("S2", "al3", scope="all")
    assert len(figure.data[0].x) == len(lines) == 84


def test_only_lines_active_at_the_alert_are_shown_with_the_culprits():
    figure, lines = drawn("S1", "al1")
    at = small.alerts().set_index("alert_id").loc["al1", "at"]
    assert len(figure.data[0].x) == len(set(active(lines, at)["line_id"]) | {"S1-00-0", "S1-00-1"})


def test_every_culprit_pair_has_its_arc_and_score():
    figure, _ = drawn("S2", "al3", scope="all")
    scores = [note.text for note in figure.layout.annotations if "80\u202f%" in note.text]
    assert len(scores) == len([trace for trace in figure.data[1:] if trace.mode == "lines"]) == 2


def test_a_culprit_is_marked_by_more_than_its_colour():
    _, lines = drawn("S1", "al1")
    rows = rows_of(lines, ["S1-00-0"], "class", "fr")
    assert [row.label.startswith("◆") for row in rows if row.culprit] == [True]


def test_as_needed_lines_are_hatched():
    figure, lines = drawn("S1", "al1", scope="all")
    assert sum(shape == "/" for shape in figure.data[0].marker.pattern.shape) == int(lines["prn"].sum())


def test_a_value_outside_its_band_has_another_shape():
    figure, _ = drawn("S1", "al1")
    curves = [trace for trace in figure.data[1:] if trace.mode == "lines+markers"]
    assert [list(trace.marker.symbol) for trace in curves] == [
        ["circle", "circle", "diamond"],
        ["circle", "diamond", "diamond"],
        ["diamond"],
    ]


@pytest.mark.parametrize("order", ["class", "time"])
def test_no_line_is_lost_by_the_order(order):
    _, lines = drawn("S2", "al3")
    shown = [row.line["line_id"] for row in rows_of(lines, [], order, "en") if row.line is not None]
    assert sorted(shown) == sorted(lines["line_id"])


def test_lines_are_all_in_scope_without_an_instant():
    _, lines = drawn("S1", "al1")
    assert len(in_scope(lines, None, [], "active")) == len(lines)


def test_words_follow_the_language():
    assert (number(1234.5, "fr"), number(1234.5, "en")) == ("1\u202f234,5", "1,234.5")
    assert (number(10.0, "fr"), number(None, "fr"), risk(0.5, "fr")) == ("10", "–", "0,50")
    assert instant(pd.Timestamp("2025-08-01 07:05"), "fr") == "1 août, 07:05"
    assert word("level", "pe", "fr") == "précaution d’emploi"
    assert word("ward", "an unknown ward", "fr") == "an unknown ward"


def test_a_long_name_is_cut():
    assert drug(small.lines().iloc[5], 20).endswith("…") and len(drug(small.lines().iloc[5], 20)) <= 20
