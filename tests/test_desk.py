"""The desk: what is in hand survives, belongs to one person, and claims expire."""

from datetime import timedelta

import pytest

from core.review import desk
from tests.kept import kept


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path)


def test_a_draft_belongs_to_one_person_and_survives(workspace):
    desk.save_draft(workspace, "anna", "a0", {"verdict": "confirmed"})
    desk.save_draft(workspace, "anna", "a0", {"verdict": "unsure", "comment": "é"})
    assert desk.draft(workspace, "anna", "a0") == {"verdict": "unsure", "comment": "é"}
    assert desk.draft(workspace, "bob", "a0") == {}
    desk.drop_draft(workspace, "anna", "a0")
    assert desk.draft(workspace, "anna", "a0") == {}


def test_a_flag_is_taken_away_by_who_set_it(workspace):
    assert desk.toggle_flag(workspace, "anna", "a0") and desk.toggle_flag(workspace, "bob", "a0")
    assert not desk.toggle_flag(workspace, "anna", "a0")
    assert desk.flags(workspace) == {"a0"} and desk.flags(workspace, "anna") == set()


def test_who_enters_sees_who_is_there_until_the_claim_expires(workspace, monkeypatch):
    assert desk.enter(workspace, "anna", "s00001", "a0") == []
    assert desk.enter(workspace, "bob", "s00001", "a0") == ["anna"]
    assert desk.claims(workspace) == {"s00001": ["anna", "bob"]}
    desk.enter(workspace, "anna", "s00002", "a1")
    assert desk.claims(workspace) == {"s00001": ["bob"], "s00002": ["anna"]}
    desk.leave(workspace, "anna")
    monkeypatch.setattr(desk, "CLAIM", timedelta(minutes=-1))
    desk.enter(workspace, "bob", "s00003")
    assert desk.claims(workspace) == {}


def test_one_comes_back_to_where_one_stopped(workspace):
    desk.enter(workspace, "anna", "s00002", "a1")
    assert desk.place(workspace, "anna") == {"stay_id": "s00002", "alert_id": "a1"}
    assert desk.place(workspace, "bob") == {}


def test_views_are_kept_by_name(workspace):
    desk.save_view(workspace, "anna", "mornings", {"ward": "cardiology"})
    assert desk.views(workspace, "anna") == {"mornings": {"ward": "cardiology"}} and desk.views(workspace, "bob") == {}
    desk.drop_view(workspace, "anna", "mornings")
    assert desk.views(workspace, "anna") == {}


def test_the_draft_of_a_confirmed_error_forgets_its_reason_and_nothing_else(workspace):
    desk.save_draft(workspace, "anna", "a0", {"reason": "adapted", "comment": "vu"})
    desk.leave_reason(workspace, "anna", "a0")
    assert desk.draft(workspace, "anna", "a0") == {"reason": None, "comment": "vu"}
    desk.leave_reason(workspace, "anna", "a1")
    assert desk.draft(workspace, "anna", "a1") == {}
