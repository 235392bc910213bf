"""What a remedy would change: it touches what it names, nothing later is read, and the model follows."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from core.detection import model as models
from core.detection import scoring
from core.detection.explain import explain
from core.detection.remedies import ADDED, INTERVENTION, LOWERED, RAISED, Remedy, applied, fits, kinds_for, known_at
from core.detection.splits import taken
from core.detection.whatif import try_out
from core.errors import Refusal
from core.schema import ERROR_TYPES, INTERVENTION_TYPES, SEPARATOR
from core.settings import TRAINED
from core.simulator import HOSPITALS, simulate
from tests.hand_made import DAY, DRUGS, line, observation, stay_row, tables
from tests.test_explain import invented_model

shipped = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")
MODEL = invented_model()
ROWS = [line("s", i, drug, 6 * (i % 3), None) for i, drug in enumerate(DRUGS)]
SEEN = [observation("s", i, "inr", 2.4 + i, 8 * i) for i in range(3)]
STAY = tables([stay_row("s", "p")], ROWS, SEEN)
AT = DAY + pd.Timedelta(hours=14)
ALERT = {"stay_id": "s", "line_id": "s-0", "partner_line_ids": "s-1", "at": AT, "error_type": "6.2", "model_id": ""}
REMEDIES = {
    "stop": Remedy("stop", "s-1"), "halve": Remedy("halve", "s-1"), "space": Remedy("space", "s-2"),
    "double": Remedy("double", "s-1"), "more": Remedy("more", "s-1"),
    "shift": Remedy("shift", "s-2"), "route": Remedy("route", "s-2", route="iv"),
    "substance": Remedy("substance", "s-1", substance="bisoprolol"),
    "monitor": Remedy("monitor", observation="inr"), "corrector": Remedy("corrector", substance="omeprazole"),
}  # fmt: skip


def test_doing_nothing_changes_nothing():
    found = try_out(STAY, ALERT, None, MODEL)
    assert found["types"] and found["pairs"] and found["ledger"]
    for part in ([found["risk"]], found["types"], found["pairs"], found["ledger"]):
        assert all(row["today"] == row["tomorrow"] for row in part)
    assert found["rises"] == []


def test_a_line_halved_and_doubled_again_is_the_line():
    """The reverse of a remedy takes it back: nothing but the dose was moved."""
    half = applied(STAY, REMEDIES["halve"], AT)
    dose = half.lines["dose"].where(half.lines["line_id"] != "s-1", half.lines["dose"] * 2)
    pd.testing.assert_frame_equal(half.lines.assign(dose=dose), known_at(STAY, AT).lines)


@pytest.mark.parametrize(("one", "back"), [("halve", "double"), ("more", "space")])
def test_a_remedy_that_raises_takes_back_the_one_that_lowers(one, back):
    once = applied(STAY, Remedy(one, "s-1"), AT)
    assert not once.lines.equals(known_at(STAY, AT).lines)
    pd.testing.assert_frame_equal(applied(once, Remedy(back, "s-1"), AT).lines, known_at(STAY, AT).lines)


def test_only_a_dose_too_low_is_raised_and_it_is_never_lowered():
    for code in ERROR_TYPES:
        offered = set(kinds_for(code))
        assert set(RAISED) & offered == (set(RAISED) if code == "3.1" else set())
        assert set(LOWERED) & offered == (set() if code.startswith("3") else set(LOWERED))


def test_hours_are_offered_where_they_matter_only():
    """Not for a dose or a drug that is wrong whenever it is given."""
    assert {"6.2", "8.5", "9.1"} <= {code for code in ERROR_TYPES if "shift" in kinds_for(code)}
    assert not {code for code in ERROR_TYPES if "shift" in kinds_for(code)} & {"1.3", "2.4", "3.1", "4.1", "4.2", "5.3"}


@pytest.mark.parametrize(
    ("kind", "times", "possible"),
    [("space", 1, False), ("space", 2, True), ("more", 1, True), ("more", 1 / 7, False), ("more", np.nan, False)],
)
def test_one_intake_less_leaves_one_and_one_more_is_not_asked_of_a_weekly_drug(kind, times, possible):
    bare = replace(STAY, lines=STAY.lines.assign(times_per_day=float(times)))
    assert fits(kind, bare.lines.iloc[1]) == possible
    if possible:
        assert applied(bare, Remedy(kind, "s-1"), AT).lines["times_per_day"].iloc[1] == times + (kind == "more") * 2 - 1
    else:
        with pytest.raises(Refusal):
            applied(bare, Remedy(kind, "s-1"), AT)


@pytest.mark.parametrize("kind", [kind for kind in REMEDIES if kind not in ("monitor", "corrector")])
def test_a_remedy_touches_its_line_and_no_other(kind):
    before, after = known_at(STAY, AT).lines, applied(STAY, REMEDIES[kind], AT).lines
    same = before["line_id"] != REMEDIES[kind].line_id
    pd.testing.assert_frame_equal(before[same], after[same])
    assert not before[~same].equals(after[~same])


def test_an_addition_leaves_every_line_as_it_was():
    before = known_at(STAY, AT)
    after = applied(STAY, REMEDIES["corrector"], AT).lines
    assert list(after["line_id"]) == [*before.lines["line_id"], ADDED]
    watched = applied(STAY, REMEDIES["monitor"], AT).observations
    assert len(watched) == len(before.observations) + 1
    assert watched["value"].iloc[-1] == before.observations.sort_values("observed_at")["value"].iloc[-1]


def test_the_tables_given_are_left_alone():
    kept = STAY.lines.copy(), STAY.observations.copy()
    for remedy in REMEDIES.values():
        try_out(STAY, ALERT, remedy, MODEL)
    pd.testing.assert_frame_equal(kept[0], STAY.lines)
    pd.testing.assert_frame_equal(kept[1], STAY.observations)


@pytest.mark.parametrize("kind", REMEDIES)
def test_the_future_stays_unseen(kind):
    """Lines, ends and results that come after the instant move neither day."""
    later = [line("s", 20, DRUGS[6], 15, None), line("s", 21, DRUGS[0], 30, 40)]
    ending = [row | {"ended_at": AT + pd.Timedelta(hours=1)} for row in ROWS]
    more = tables([stay_row("s", "p")], ending + later, [*SEEN, observation("s", 9, "inr", 9.9, 15)])
    assert try_out(more, ALERT, REMEDIES[kind], MODEL) == try_out(STAY, ALERT, REMEDIES[kind], MODEL)


def test_every_remedy_proposes_an_intervention_of_the_sfpc():
    assert set(REMEDIES) == set(INTERVENTION)
    assert set(INTERVENTION.values()) <= set(INTERVENTION_TYPES)
    for kind, remedy in REMEDIES.items():
        assert try_out(STAY, ALERT, remedy, MODEL)["intervention_type"] == INTERVENTION[kind]


def test_today_is_what_the_explanation_speaks_of():
    today = try_out(STAY, ALERT | {"partner_line_ids": ""}, None, MODEL)["types"][0]
    logit = explain(STAY, ALERT | {"at": DAY + pd.Timedelta(hours=12)}, MODEL)["logit"]
    exact = explain(STAY, ALERT | {"at": AT}, MODEL)["logit"]
    assert logit == exact  # the last instant before is the one explained
    assert today["error_type"] == "6.2"
    at_twelve = try_out(STAY, ALERT | {"partner_line_ids": "", "at": DAY + pd.Timedelta(hours=12)}, None, MODEL)
    assert at_twelve["types"][0]["today"] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-3)


def test_the_ledger_follows_the_dose():
    by = {row["substance"]: row for row in try_out(STAY, ALERT, REMEDIES["halve"], MODEL)["ledger"]}
    assert by["amiodarone"]["tomorrow"]["high"] == by["amiodarone"]["today"]["high"] / 2
    assert by["warfarine"]["tomorrow"] == by["warfarine"]["today"]
    stopped = {row["substance"]: row for row in try_out(STAY, ALERT, REMEDIES["stop"], MODEL)["ledger"]}
    assert stopped["amiodarone"]["tomorrow"] is None


def test_the_ledger_adds_lines_of_one_substance():
    alert = ALERT | {"line_id": "s-2", "partner_line_ids": "s-3", "error_type": "4.2"}
    both = try_out(STAY, alert, Remedy("stop", "s-3"), MODEL)["ledger"][0]
    assert (both["substance"], both["maximum"]) == ("paracetamol", 4000)
    assert both["today"]["high"] == 2 * both["tomorrow"]["high"] == 8000


PERINDOPRIL = tables(
    [stay_row("s", "p")], [line("s", 0, ("perindopril", "oral", 10, 1), 0, None)],
    [observation("s", 0, "egfr", 80, 0), observation("s", 1, "egfr", 52, 10), observation("s", 2, "egfr", 90, 20)],
)  # fmt: skip


def test_the_maximum_is_that_of_the_patient_at_the_instant():
    alert = ALERT | {"partner_line_ids": "", "error_type": "4.1"}
    half = try_out(PERINDOPRIL, alert, Remedy("halve", "s-0"), MODEL)["ledger"][0]
    assert (half["maximum"], half["condition"], half["value"]) == (2.5, "egfr<60", 52.0)
    assert half["tomorrow"]["high"] == 5.0
    before = try_out(PERINDOPRIL, alert | {"at": DAY + pd.Timedelta(hours=5)}, None, MODEL)["ledger"][0]
    assert (before["maximum"], before["condition"]) == (10.0, "")


def test_what_should_not_be_given_has_no_maximum_and_says_why():
    stay = tables([stay_row("s", "p")], [line("s", 0, ("metformine", "oral", 500, 2), 0, None)],
                  [observation("s", 0, "egfr", 22, 0)])  # fmt: skip
    row = try_out(stay, ALERT | {"partner_line_ids": "", "error_type": "1.3"}, None, MODEL)["ledger"][0]
    assert row["stop"] and row["maximum"] is None and row["condition"] == "egfr<30"


def test_a_stopped_line_is_in_no_pair_and_an_added_one_is(monkeypatch):
    monkeypatch.setattr("core.detection.whatif.PAIRS_SHOWN", 100)
    stopped = [row for row in try_out(STAY, ALERT, REMEDIES["stop"], MODEL)["pairs"] if "s-1" in (row["a"], row["b"])]
    assert {row["level_today"] for row in stopped} > {""}
    assert {row["level_tomorrow"] for row in stopped} == {""}
    assert all(row["tomorrow"] == 0.0 for row in stopped)
    found = try_out(STAY, ALERT, Remedy("corrector", substance="amiodarone"), MODEL)["pairs"]
    added = {row["b"]: (row["level_today"], row["level_tomorrow"]) for row in found if row["a"] == ADDED}
    assert added["s-0"] == ("", "pe")


@pytest.mark.parametrize("others", [0, 2])
def test_a_line_stopped_as_it_begins_was_never_there(others):
    """Most problems are raised where a line begins; one that ends as it begins would be read as a single dose."""
    stay = tables([stay_row("s", "p")], [line("s", i, DRUGS[i], 14, None) for i in range(others + 1)], SEEN)
    alert = ALERT | {"partner_line_ids": "s-1" if others else "", "at": AT}
    found = try_out(stay, alert, Remedy("stop", "s-0"), MODEL)
    assert not any(pair["tomorrow"] for pair in found["pairs"] if "s-0" in (pair["a"], pair["b"]))
    assert found["risk"]["today"] > 0 and (found["risk"]["tomorrow"] == 0 or others)
    alone = try_out(stay, alert | {"partner_line_ids": ""}, Remedy("stop", "s-0"), MODEL)
    assert alone["risk"]["tomorrow"] == 0 and alone["ledger"][0]["tomorrow"] is None


def test_a_line_that_runs_is_never_begun_anew_by_other_hours():
    """s-2 began two hours before: two hours later would be now, as if it were a new prescription."""
    moved = applied(STAY, REMEDIES["shift"], AT).lines.set_index("line_id")["started_at"]
    assert moved["s-2"] == AT - pd.Timedelta(hours=4)


def test_a_line_put_off_is_read_where_it_begins():
    begun = known_at(STAY, AT).lines.assign(
        started_at=lambda lines: lines["started_at"].where(lines.line_id != "s-1", AT)
    )
    found = try_out(replace(STAY, lines=begun), ALERT, Remedy("shift", "s-1"), MODEL)
    doses = {row["substance"]: row for row in found["ledger"]}
    assert doses["amiodarone"]["tomorrow"] == doses["amiodarone"]["today"]
    assert all(row["tomorrow"] > 0 for row in found["pairs"] if "s-1" in (row["a"], row["b"]))


@pytest.mark.parametrize(
    "remedy",
    [Remedy("pray", "s-1"), Remedy("stop", "nobody"), Remedy("route", "s-1", route="by owl"),
     Remedy("substance", "s-1", substance="unobtainium"), Remedy("monitor", observation="mood")],
)  # fmt: skip
def test_what_cannot_be_tried_is_refused(remedy):
    with pytest.raises(Refusal):
        applied(STAY, remedy, AT)


def test_a_line_without_dose_cannot_be_halved():
    bare = replace(STAY, lines=STAY.lines.assign(dose=np.nan))
    with pytest.raises(Refusal):
        applied(bare, REMEDIES["halve"], AT)


# On the shipped network and an invented hospital whose culprits are known


@cache
def hospital() -> tuple:
    """Invented stays with their truth, and what the shipped network alerts on."""
    chunk = next(iter(simulate(HOSPITALS["main"], 500, 4321)))
    return chunk, scoring.score(chunk.tables, models.shipped(), rules=False).alerts


@cache
def culprit_cases() -> list[tuple]:
    """Alerts on the very problem that is real: its line, its instant, its type; and the partner that makes it."""
    chunk, alerts = hospital()
    real = chunk.truth[chunk.truth["error_type"].str.startswith("6")].set_index(["line_id", "at", "error_type"])
    rows = alerts.join(real["partner_line_ids"].rename("guilty"), ["line_id", "at", "error_type"], how="inner").head(16)
    return [
        (taken(chunk.tables, frozenset([alert["stay_id"]])), alert, alert["guilty"].split(SEPARATOR)[0])
        for alert in rows.to_dict("records")
    ]


@shipped
def test_a_dose_too_low_is_not_mended_by_putting_its_line_off():
    """Nor by putting off another line that begins with it."""
    chunk, alerts = hospital()
    starts = chunk.tables.lines.set_index("line_id")["started_at"]
    low = alerts[(alerts["error_type"] == "3.1") & (alerts["at"] == alerts["line_id"].map(starts))].head(8)
    assert len(low) == 8
    for alert in low.to_dict("records"):
        stay = taken(chunk.tables, frozenset([alert["stay_id"]]))
        begun = stay.lines.loc[stay.lines["started_at"] == alert["at"], "line_id"]
        for name in {alert["line_id"], begun.iloc[0], begun.iloc[-1]}:
            risk = try_out(stay, alert, Remedy("shift", name), models.shipped())["risk"]
            assert risk["tomorrow"] > 0.9 * risk["today"]


@shipped
def test_stopping_a_true_culprit_lowers_the_risk_at_the_median_and_another_line_does_not():
    model, culprit, other = models.shipped(), [], []
    for stay, alert, guilty in culprit_cases():
        here = known_at(stay, alert["at"]).lines
        running = here.loc[here["ended_at"].isna(), "line_id"]
        if guilty not in set(running):
            continue
        innocent = next(name for name in running if name not in (guilty, alert["line_id"]))
        for name, into in ((guilty, culprit), (innocent, other)):
            found = try_out(stay, alert | {"partner_line_ids": ""}, Remedy("stop", name), model)
            into.append(found["types"][0]["tomorrow"] / found["types"][0]["today"])
    assert len(culprit) >= 8
    assert np.median(culprit) < 0.5 < np.median(other)
