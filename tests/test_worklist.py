"""The worklist: everything open is on exactly one page, in order of risk, and leaves when it is decided."""

import json

import pandas as pd
import pytest

from core.data.store import append, read_all
from core.knowledge.rules import detect
from core.review.alerts import keep_alerts
from core.review.labels import labels
from core.review.register import record, undo
from core.review.rewritten import rewritten
from core.review.worklist import Filters, choices, count, defer, neighbours, progress, stay_list, worklist
from core.settings import Workspace
from tests.hand_made import line, stay_row, tables
from tests.kept import alert_rows, kept


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path, stays=12)


def pages(workspace, size):
    number = 0
    while len(page := worklist(workspace, Filters(), number, size)):
        yield page
        number += 1


def test_pages_hold_every_open_alert_once_by_falling_score(workspace):
    scores, ids = [], []
    for page in pages(workspace, 5):
        scores += page["score"].tolist()
        ids += page["alert_id"].tolist()
    assert scores == sorted(scores, reverse=True) and len(set(ids)) == len(ids) == count(workspace)


def test_contra_indications_or_the_least_time_stand_first_where_asked(workspace):
    """Among themselves by risk; what is late comes after what is not yet, what has no limit last."""
    kinds = {"by level": {"level": "ci"}, "by kidney": {"error_type": "1.3"}, "riskiest": {"score": 0.999},
             "by dose": {"detail": json.dumps({"rules": [{"rule": "contra_indicated"}]})},
             "by two": {"error_type": "5.3", "detail": json.dumps({"rules": [{"rule": "redundancy", "never": True}]})}}  # fmt: skip
    one = alert_rows(read_all(workspace)).iloc[[0]].assign(level=None, error_type="4.1", score=0.001)
    keep_alerts(workspace, pd.concat([one.assign(alert_id=name, **kind) for name, kind in kinds.items()]), retire=False)
    assert list(worklist(workspace, first="banned")["alert_id"][:5]) == ["by dose", "by kidney", "by level", "by two", "riskiest"]
    left = worklist(workspace, size=500, first="time")["hours_to_act"]
    there = left[left >= 0]
    assert len(there) > 1 and there.is_monotonic_increasing and list(left[: len(there)]) == list(there)
    assert set(worklist(workspace, size=500, first="time")["alert_id"]) == set(worklist(workspace, size=500)["alert_id"])
    paged = pd.concat([worklist(workspace, page=number, size=5, first="time") for number in range(len(left) // 5 + 1)])
    assert list(paged["alert_id"]) == list(worklist(workspace, size=500, first="time")["alert_id"])


def test_what_is_decided_leaves_and_what_is_undone_returns(workspace):
    first = worklist(workspace, size=1)["alert_id"][0]
    record(workspace, {"alert_id": first, "verdict": "rejected", "reviewer": "anna"})
    assert first not in set(worklist(workspace)["alert_id"])
    assert worklist(workspace, Filters(state="rejected"))["alert_id"].tolist() == [first]
    undo(workspace, "anna")
    assert worklist(workspace, size=1)["alert_id"][0] == first


@pytest.mark.parametrize(("first", "second"), [("6.3", "6.3"), ("6.3", "2.4"), ("4.2", "5.3")])
def test_what_was_decided_of_two_lines_holds_for_their_mirror(workspace, first, second):
    """Raised from either line, before a scoring raised it from one: who judged one is not asked again of that kind of problem."""
    one = alert_rows(read_all(workspace)).iloc[[0]].assign(partner_line_ids="other", error_type=first)
    mirror = one.assign(alert_id="mirror", line_id="other", partner_line_ids=one["line_id"], error_type=second)
    keep_alerts(workspace, pd.concat([one.assign(alert_id="one"), mirror]))
    assert set(worklist(workspace)["alert_id"]) == {"one", "mirror"}
    record(workspace, {"alert_id": "mirror", "verdict": "rejected", "reviewer": "pharmacien-a"})
    keep_alerts(workspace, one.assign(alert_id="one"))
    assert worklist(workspace).empty and progress(workspace)["rejected"] == 1
    undo(workspace, "pharmacien-a")
    keep_alerts(workspace, one.assign(alert_id="one"))
    assert set(worklist(workspace)["alert_id"]) == {"one"}


def written_again(folder, *rosuvastatin: tuple[float, int, int | None]):
    """Ciclosporin, then rosuvastatin of some mg from one hour to another, several times over; kept with what the rules say."""
    drugs = [("ciclosporine", "oral", 100, 2), *(("rosuvastatine", "oral", mg, 1) for mg, _, _ in rosuvastatin)]
    spans = [(0, None), *((start, end) for _, start, end in rosuvastatin)]
    rows = [line("s", i, one, *spans[i]) | {"prn": False} for i, one in enumerate(drugs)]
    workspace, stay = Workspace(folder / "again"), tables([stay_row("s", "p")], rows)
    append(workspace, stay, "hand-made")
    alerts = detect(stay, ("ci",)).query("error_type == '6.4'")
    keep_alerts(workspace, alerts)
    return workspace, alerts


@pytest.mark.parametrize(("verdict", "left"), [("rejected", {"s-3"}), ("confirmed", {"s-2", "s-3"}), ("unsure", {"s-2", "s-3"})])
def test_a_line_written_again_is_asked_once_and_the_first_can_still_be_judged(tmp_path, verdict, left):
    """An error that was confirmed and is prescribed again is not hidden; a false alarm is not asked twice."""
    workspace, alerts = written_again(tmp_path, (5, 4, 5), (5, 5, 48), (5, 52, None))
    assert set(worklist(workspace)["line_id"]) == {"s-2", "s-3"}  # two days later is another matter
    first = alerts.set_index("line_id").loc["s-1", "alert_id"]
    record(workspace, {"alert_id": first, "verdict": verdict, "reviewer": "anna"})
    keep_alerts(workspace, alerts)
    assert set(worklist(workspace)["line_id"]) == left
    assert labels(workspace)["line_id"].tolist() == ([] if verdict == "unsure" else ["s-1"])


def test_a_line_written_with_another_dose_or_beside_the_first_is_asked_anew(tmp_path):
    workspace, _ = written_again(tmp_path, (5, 4, 5), (10, 5, 20), (10, 10, 30))
    assert set(worklist(workspace)["line_id"]) == {"s-1", "s-2", "s-3"}


def one_problem(*lines: dict, **more: list) -> bool:
    """Whether alerts on the first two of lines that follow one another are one problem; ``more`` are columns of the alerts."""
    whole = [line("s", i, ("paracetamol", "oral", 2, 4), 4 * i, 4 * i + 4) | {"prn": False} | one for i, one in enumerate(lines)]
    rows = pd.DataFrame(whole).assign(label="paracetamol")
    alerts = rows[:2][["stay_id", "line_id", "label"]].assign(alert_id=["a", "b"], at=rows["started_at"], error_type="4.2")
    return bool(rewritten(alerts.assign(**{"level": None, "partner_line_ids": None, "partner_labels": None} | more), rows))


def test_a_line_of_another_strength_partner_or_level_is_no_line_written_again():
    assert one_problem({}, {})
    assert not one_problem({"drug": "Doliprane 500 mg", "unit": "cp"}, {"drug": "Doliprane 1000 mg", "unit": "cp"})
    assert not one_problem({}, {}, level=["pe", "ci"])
    assert one_problem({}, {}, {"dose": 5}, {"dose": 5}, partner_line_ids=["s-2", "s-3"])
    assert not one_problem({}, {}, {"dose": 5}, {"dose": 50}, partner_line_ids=["s-2", "s-3"])


def test_neighbours_walk_the_whole_list(workspace):
    ids = [i for page in pages(workspace, 50) for i in page["alert_id"]]
    walked = [ids[0]]
    while (after := neighbours(workspace, walked[-1])[1]) is not None:
        assert neighbours(workspace, after)[0] == walked[-1]
        walked.append(after)
    assert walked == ids and neighbours(workspace, ids[0])[0] is None


def test_a_deferred_alert_waits(workspace):
    first = worklist(workspace, size=1)["alert_id"][0]
    defer(workspace, first, "2999-01-01")
    assert first not in set(worklist(workspace)["alert_id"])
    assert worklist(workspace, Filters(deferred=True))["alert_id"].tolist() == [first]
    defer(workspace, first, "2001-01-01")
    assert worklist(workspace, size=1)["alert_id"][0] == first


def test_filters_leave_what_they_say(workspace):
    whole = count(workspace)
    assert count(workspace, Filters(ward="cardiology", level="pe", model_id="gru-1")) == whole
    assert count(workspace, Filters(ward="elsewhere")) == count(workspace, Filters(error_type="4.2")) == 0
    assert count(workspace, Filters(search="warf")) == whole and count(workspace, Filters(search="zzz")) == 0
    assert choices(workspace)["ward"] == ["cardiology"]


def test_a_search_understands_accents_and_other_names(workspace):
    whole = count(workspace)
    for name in ("Warfarine", "wárf", "coumadine", "warfarin"):
        assert count(workspace, Filters(search=name)) == whole, name
    for name in ("%", "_", "w_rf", "药", "Doliprane", "warfarine furosémide"):
        assert count(workspace, Filters(search=name)) == 0, name


def test_a_stay_is_as_risky_as_its_highest_open_alert(workspace):
    rows = worklist(workspace, size=1000)
    stays = stay_list(workspace)
    assert stays.set_index("stay_id")["risk"].to_dict() == rows.groupby("stay_id")["score"].max().to_dict()
    assert stays.set_index("stay_id")["open_alerts"].to_dict() == rows.groupby("stay_id").size().to_dict()
    for alert_id in rows.loc[rows["stay_id"] == stays["stay_id"][0], "alert_id"]:
        record(workspace, {"alert_id": alert_id, "verdict": "confirmed", "reviewer": "anna"})
    assert stays["stay_id"][0] not in set(stay_list(workspace)["stay_id"])
    assert sum(progress(workspace).values()) == len(rows)


def test_a_row_says_which_lines_in_words(workspace):
    row = worklist(workspace).dropna(subset="partner_line_ids").iloc[0]
    assert (row["label"], row["partner_labels"], row["ward"]) == ("warfarine", "warfarine", "cardiology")


def test_an_empty_list_has_its_columns_all_the_same(workspace):
    nothing = worklist(workspace, Filters(search="zzz"))
    assert len(nothing) == 0 and list(nothing) == list(worklist(workspace))
    assert len(stay_list(workspace, ward="elsewhere")) == 0 and "risk" in stay_list(workspace, ward="elsewhere")


def test_each_filter_offers_every_value_that_is_there_once(workspace):
    rows = alert_rows(read_all(workspace))
    kinds = [("6.2", "4.2", "6.4")[i % 3] for i in range(len(rows))]
    keep_alerts(workspace, rows.assign(alert_id="b" + rows["alert_id"], error_type=kinds, level=None))
    found = choices(workspace)
    assert (found["error_type"], found["level"], found["model_id"]) == (["4.2", "6.2", "6.4"], [], ["gru-1"])
    assert choices(workspace, "retired")["level"] == ["pe"] and choices(workspace, "unsure")["ward"] == []
