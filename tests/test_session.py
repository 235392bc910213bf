"""A session: what one person has done since the last pause, and what the minutes left will find."""

from datetime import UTC, datetime, timedelta

import pytest

from core.review import capacity, database, register
from core.review.register import record, undo
from core.review.session import PAUSE, session
from core.review.worklist import worklist
from tests.kept import kept


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path, stays=12)


@pytest.fixture
def judge(workspace, monkeypatch):
    """A verdict so many minutes ago."""

    def at(number: int, minutes_ago: float, verdict: str = "confirmed", reviewer: str = "anna", seconds: float = 20.0):
        then = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        monkeypatch.setattr(register, "now", lambda: then.isoformat(timespec="microseconds"))
        review = {"alert_id": f"a{number}", "verdict": verdict, "reviewer": reviewer, "seconds_spent": seconds}
        record(workspace, review)
        monkeypatch.setattr(register, "now", database.now)

    return at


def test_a_session_counts_verdicts_of_one_person_since_the_last_pause(workspace, judge):
    for number, minutes in ((0, 200), (1, 190), (2, 30), (3, 20), (4, 10)):
        judge(number, minutes, ("confirmed", "rejected")[number % 2], seconds=10.0 * number)
    judge(5, 5, reviewer="bob")
    found = session(workspace, "anna")
    assert (found.verdicts, found.by_verdict, found.seconds_each) == (3, {"confirmed": 2, "rejected": 1}, 30.0)
    assert found.per_hour == pytest.approx(3 / 0.5, rel=0.03)
    assert session(workspace, "bob").verdicts == 1 and session(workspace, "bob").per_hour is None


def test_a_pause_ends_a_session(workspace, judge):
    judge(0, PAUSE / timedelta(minutes=1) + 1)
    assert session(workspace, "anna").verdicts == 0 and session(workspace, "anna").started_at is None
    judge(1, 1)
    assert session(workspace, "anna").verdicts == 1


def test_what_is_undone_or_judged_again_counts_as_it_stands(workspace, judge):
    judge(0, 9)
    judge(1, 8)
    judge(1, 7, "unsure")
    assert session(workspace, "anna").by_verdict == {"confirmed": 1, "unsure": 1}
    undo(workspace, "anna")
    assert session(workspace, "anna").by_verdict == {"confirmed": 2}
    undo(workspace, "anna")
    assert session(workspace, "anna").by_verdict == {"confirmed": 1}


def test_the_minutes_left_say_what_remains(workspace, judge):
    fresh = session(workspace, "anna", minutes=45)
    assert fresh.minutes_left == 45 and fresh.plan == capacity.plan(workspace, 45)
    judge(0, 40, seconds=0.0)
    judge(1, 15)
    later = session(workspace, "anna", minutes=45)
    assert later.minutes_left == pytest.approx(5, abs=0.1)
    assert later.plan.read < fresh.plan.read and later.plan.read + later.plan.left == len(worklist(workspace))
    assert session(workspace, "anna", minutes=30).minutes_left == 0


def test_the_pace_is_the_readers_own(workspace, judge, monkeypatch):
    monkeypatch.setattr(capacity, "VERDICTS_NEEDED", 2)
    for number in range(3):
        judge(number, 5, seconds=10.0)
        judge(number, 5, reviewer="bob", seconds=100.0)
    assert capacity.plan(workspace, 10, "anna").seconds_each == 10
    assert capacity.plan(workspace, 10, "bob").seconds_each == 100
    assert capacity.plan(workspace, 10, "carl").seconds_each == capacity.SECONDS_AT_FIRST
    assert capacity.plan(workspace, 10).seconds_each == 55


def test_a_plan_expects_what_the_scores_add_up_to(workspace):
    scores = worklist(workspace, size=1000)["score"]
    found = capacity.plan(workspace, 5 * capacity.SECONDS_AT_FIRST / 60)
    assert (found.read, found.left) == (5, len(scores) - 5)
    assert found.found == pytest.approx(scores[:5].sum()) and found.missed == pytest.approx(scores[5:].sum())
