"""The register: it only grows, tampering shows, and every gesture is written once."""

import os
import sqlite3
import threading
from multiprocessing import get_context

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import store
from core.errors import Refusal
from core.review import database, register
from core.review.alerts import alert, alerts_of_stay, explanation
from core.review.captions import captions
from core.review.register import correct, history, keep_alerts, record, reviews, undo, verify
from core.schema import REVIEWS, VERDICTS
from core.settings import Workspace
from tests.kept import alert_rows, kept
from tests.stays import made


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path)


def verdict(alert_id="a0", verdict="confirmed", reviewer="anna", **more) -> dict:
    return {"alert_id": alert_id, "verdict": verdict, "reviewer": reviewer} | more


def opened(workspace: Workspace) -> sqlite3.Connection:
    return sqlite3.connect(workspace.register, isolation_level=None)


# Only grows


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reviews SET verdict = 'rejected'",
        "DELETE FROM reviews",
        "INSERT OR REPLACE INTO reviews SELECT * FROM reviews WHERE review_id = 1",
        "INSERT INTO reviews SELECT 9, corrects, alert_id, stay_id, line_id, partner_line_ids, at, verdict, error_type,"
        " intervention_type, outcome, clinical_impact, economic_impact, organisational_impact, analysis_level, reason,"
        " comment, reviewer, reviewed_at, seconds_spent, model_id, score_shown, explanation_shown, undoes, 't', hash,"
        " 'h' FROM reviews",
        "DELETE FROM alerts",
        "UPDATE alerts SET score = 0",
    ],
)
def test_history_cannot_be_rewritten(workspace, sql):
    record(workspace, verdict())
    with pytest.raises(sqlite3.IntegrityError, match="only grows|are kept"):
        opened(workspace).execute(sql)
    assert verify(workspace).broken is None


@pytest.mark.parametrize("change", ["verdict = 'rejected'", "comment = 'x'", "score_shown = 0.1", "reviewed_at = 'x'"])
def test_tampering_shows_at_the_row_that_was_touched(workspace, change):
    for number in range(4):
        record(workspace, verdict(f"a{number}"))
    assert verify(workspace).broken is None
    connection = opened(workspace)
    connection.execute("DROP TRIGGER reviews_never_change")
    connection.execute(f"UPDATE reviews SET {change} WHERE review_id = 3")
    assert verify(workspace).broken == 3


def test_a_register_cut_short_has_another_head(workspace):
    for number in range(3):
        record(workspace, verdict(f"a{number}"))
    before = verify(workspace)
    connection = opened(workspace)
    connection.execute("DROP TRIGGER reviews_never_go")
    connection.execute("DELETE FROM reviews WHERE review_id = 3")
    after = verify(workspace)
    assert (after.rows, after.broken) == (2, None) and after.head != before.head


# Writes once


def test_a_burst_writes_once(workspace):
    written = {record(workspace, verdict(token="one gesture")) for _ in range(9)}
    assert written == {record(workspace, verdict())} and len(reviews(workspace)) == 1


def test_a_gesture_that_arrives_late_again_changes_nothing(workspace):
    first = record(workspace, verdict(token="A"))
    record(workspace, verdict(verdict="rejected", token="X"))
    assert record(workspace, verdict(token="A")) == first
    assert alert(workspace, "a0")["state"] == "rejected" and len(reviews(workspace)) == 2


def test_a_second_thought_is_a_correction(workspace):
    first = record(workspace, verdict())
    second = record(workspace, verdict(verdict="rejected"))
    rows = history(workspace, "a0")
    assert rows["review_id"].tolist() == [second, first]
    assert rows["corrects"].tolist()[0] == first and rows["counts"].tolist() == [True, False]


def test_two_people_may_decide_differently(workspace):
    record(workspace, verdict())
    record(workspace, verdict(verdict="rejected", reviewer="bob"))
    assert alert(workspace, "a0")["state"] == "disagreed"
    assert len(reviews(workspace, effective=True)) == 2


def write_many(path, reviewer, alerts):
    for alert_id in alerts:
        record(Workspace(path), verdict(alert_id, reviewer=reviewer))


def test_two_people_may_write_at_once(workspace):
    ids = [row["alert_id"] for row in alert_ids(workspace)]
    people = [get_context("spawn").Process(target=write_many, args=(workspace.path, p, ids)) for p in ("anna", "bob")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    found = verify(workspace)
    assert (found.rows, found.broken) == (2 * len(ids), None)


def alert_ids(workspace):
    return [row for stay in store.read_stays(workspace)["stay_id"] for row in alerts_of_stay(workspace, stay)]


def test_threads_of_one_gesture_write_once(workspace):
    threads = [threading.Thread(target=record, args=(workspace, verdict(token="held key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reviews(workspace)) == 1


# What it keeps


@pytest.mark.parametrize(("said", "kept_reason"), [("confirmed", None), ("rejected", "monitored"), ("unsure", "monitored")])
def test_an_error_that_is_confirmed_has_no_reason_to_be_none(workspace, said, kept_reason):
    record(workspace, verdict(verdict=said, reason="monitored"))
    assert reviews(workspace)["reason"].replace({float("nan"): None}).iloc[0] == kept_reason


def test_a_reason_does_not_outlive_the_rejection(workspace):
    row = record(workspace, verdict(verdict="rejected", reason="monitored"))
    correct(workspace, row, {"verdict": "confirmed"}, "anna")
    assert reviews(workspace)["reason"].isna().tolist() == [True, False]


def test_what_the_person_saw_is_kept(workspace):
    seen = {"score_shown": 0.73, "model_id": "gru-1", "explanation_shown": {"trusted": True}, "seconds_spent": 12.5}
    record(workspace, verdict(**seen, intervention_type="2", clinical_impact=3, comment="é"))
    row = reviews(workspace).iloc[0]
    assert row["score_shown"] == 0.73 and row["explanation_shown"] == '{"trusted": true}'
    raised = alert(workspace, "a0")
    assert all(row[name] == raised[name] for name in ("stay_id", "line_id", "error_type"))
    assert abs(row["reviewed_at"] - pd.Timestamp.now("UTC").tz_localize(None)) < pd.Timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [{"verdict": "maybe"}, {"clinical_impact": 9}, {"error_type": "6.9"}, {"score_shown": 2.0}, {"colour": "red"}, {"seconds_spent": "long"},
     {"clinical_impact": 1.5},
     {"reviewer": None}],
)  # fmt: skip
def test_a_review_that_does_not_fit_is_refused(workspace, wrong):
    with pytest.raises(Refusal, match="review_invalid"):
        record(workspace, verdict() | wrong)
    assert len(reviews(workspace)) == 0


def test_an_error_that_nothing_flagged_can_be_entered(workspace):
    line = made(6).lines.iloc[0]
    found = {"stay_id": line["stay_id"], "line_id": line["line_id"], "at": line["started_at"], "error_type": "4.1"}
    first = record(workspace, found | {"verdict": "confirmed", "reviewer": "anna"})
    assert record(workspace, found | {"verdict": "confirmed", "reviewer": "anna"}) == first
    assert reviews(workspace)["alert_id"].isna().all()


def test_a_correction_is_made_once(workspace):
    first = record(workspace, verdict())
    correct(workspace, first, {"verdict": "unsure"}, "bob")
    with pytest.raises(Refusal, match="review_already_corrected"):
        correct(workspace, first, {"verdict": "rejected"}, "anna")
    with pytest.raises(Refusal, match="unknown_review"):
        correct(workspace, 99, {}, "anna")


# Undo


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestures=st.lists(st.tuples(st.sampled_from(["a0", "a1"]), st.sampled_from(VERDICTS)), max_size=6))
def test_undo_walks_back_through_every_state(tmp_path_factory, gestures):
    workspace = kept(tmp_path_factory.mktemp("w"), stays=4)

    def state():
        return [alert(workspace, name)["state"] for name in ("a0", "a1")]

    trail = []
    for alert_id, decided in gestures:
        before, rows = state(), len(reviews(workspace))
        record(workspace, verdict(alert_id, decided))
        trail += [before] if len(reviews(workspace)) > rows else []
    for expected in reversed(trail):
        assert undo(workspace, "anna") and state() == expected
    assert undo(workspace, "anna") is None and verify(workspace).broken is None


def test_undo_reaches_ten_back_and_touches_nobody_else(workspace):
    record(workspace, verdict("a0", reviewer="bob"))
    ids = [row["alert_id"] for row in alert_ids(workspace)]
    for decided in ("confirmed", "rejected"):
        for alert_id in ids[:7]:
            record(workspace, verdict(alert_id, decided))
    assert [undo(workspace, "anna") is None for _ in range(11)] == [False] * 10 + [True]
    assert len(reviews(workspace, {"reviewer": "bob"}, effective=True)) == 1


# Alerts


def test_the_drugs_of_a_verdict_are_named_from_lines_alone(workspace):
    row = store.read_all(workspace).lines.iloc[[0]].assign(alert_id=None, partner_line_ids=None)
    for part in (workspace.data / "observations").iterdir():
        part.unlink()
    assert captions(workspace, row)[0]["label"]


def test_an_alert_scored_again_stays_as_it_was_and_those_gone_are_retired(workspace):
    alerts = alert_rows(made(6))
    record(workspace, verdict("a1"))
    assert keep_alerts(workspace, alerts.assign(score=0.5).tail(3)) == 0
    assert alert(workspace, "a0")["state"] == "retired" and alert(workspace, "a1")["state"] == "confirmed"
    keep_alerts(workspace, alerts)
    assert alert(workspace, "a0")["state"] == "open" and alert(workspace, "a0")["score"] != 0.5


def test_an_explanation_is_kept_beside_its_alert(workspace):
    assert explanation(workspace, "a0") == {"trusted": True, "lines": []}
    with pytest.raises(Refusal, match="unknown_alert"):
        alert(workspace, "nothing")


# Bad weather


def test_a_locked_register_is_refused_and_nothing_is_written(workspace, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    holder = opened(workspace)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal, match="register_locked"):
        record(workspace, verdict())
    holder.execute("ROLLBACK")
    assert len(reviews(workspace)) == 0


def refused_code(path, queue):
    if os.getuid() == 0:
        os.setuid(65534)
    try:
        record(Workspace(path), verdict())
        queue.put("written")
    except Refusal as refusal:
        queue.put(refusal.code)


def test_a_read_only_register_is_refused(workspace):
    for path in [workspace.path, *workspace.path.rglob("*"), *workspace.path.parents]:
        if workspace.path in (path, *path.parents):
            path.chmod(0o555 if path.is_dir() else 0o444)
        elif "pytest" in str(path):
            path.chmod(0o755)
    context = get_context("fork")
    queue = context.Queue()
    process = context.Process(target=refused_code, args=(workspace.path, queue))
    process.start()
    assert queue.get(timeout=30) in ("register_read_only", "register_unreachable")
    process.join()
    for path in [workspace.path, *workspace.path.rglob("*")]:
        path.chmod(0o755)


def test_a_register_from_a_newer_version_is_refused(workspace):
    opened(workspace).execute("PRAGMA user_version = 99")
    with pytest.raises(Refusal, match="workspace_newer"):
        reviews(workspace)


def test_a_damaged_register_is_refused(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.register.write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(Refusal, match="register_damaged"):
        reviews(workspace)


def test_the_columns_that_are_hashed_are_all_columns_but_the_hash(workspace):
    names = {row[1] for row in opened(workspace).execute("PRAGMA table_info(reviews)")}
    assert names == {*register.HASHED, "hash"}


def test_a_whole_number_where_a_number_is_due_keeps_the_chain_whole(workspace):
    record(workspace, {"alert_id": "a1", "verdict": "confirmed", "reviewer": "anne", "seconds_spent": 31})
    assert verify(workspace).broken is None


KINDS = {"number": st.one_of(st.integers(0, 1), st.floats(0, 1)), "integer": st.sampled_from([1, 1.0, True]),
         "text": st.one_of(st.text(max_size=8), st.integers(), st.just(float("nan")))}  # fmt: skip
FREE = [c for c in REVIEWS.columns if c.kind in KINDS and not c.codes and c.name in register.GIVEN and not c.required]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_review_holds_its_digest_is_that_of_what_was_kept(tmp_path_factory, data):
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    place = {"stay_id": "s", "line_id": "l", "at": "2024-01-01", "verdict": "confirmed", "reviewer": "anna"}
    free = {c.name: data.draw(KINDS[c.kind], c.name) for c in FREE if c.name != "alert_id"}
    record(workspace, place | free)
    assert verify(workspace).broken is None
