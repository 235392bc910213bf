"""``score`` at the shell: alerts are kept first, their explanations as they come."""

import json

import pytest

from core.__main__ import main
from core.detection import explain as explaining
from core.review.database import connect
from core.settings import CHAMPION, Workspace

pytestmark = pytest.mark.skipif(not (CHAMPION / "card.json").exists(), reason="no network is shipped")


@pytest.fixture
def workspace(tmp_path):
    assert main(["simulate", "--workspace", str(tmp_path / "w"), "--stays", "20", "--seed", "4", "--json"]) == 0
    return Workspace(tmp_path / "w")


def kept(workspace: Workspace) -> tuple[set, set]:
    """Ids of the alerts, and of those explained."""
    with connect(workspace) as db:
        return tuple({row[0] for row in db.execute(f"SELECT alert_id FROM {table}")} for table in ("alerts", "explanations"))


def stopped_after_one(found):
    yield next(found)
    raise KeyboardInterrupt


def test_stopped_while_explaining_a_scoring_keeps_its_alerts_and_what_was_explained(workspace, monkeypatch, capsys):
    whole = explaining.explain_stored
    monkeypatch.setattr(explaining, "explain_stored", lambda *given: stopped_after_one(whole(*given)))
    order = ["score", "--workspace", str(workspace.path), "--explain", "2", "--threshold", "0.05", "--json", "--lang", "en"]
    assert main(order) == 130
    assert "The alerts are kept" in capsys.readouterr().err
    alerts, explained = kept(workspace)
    assert len(alerts) > 2 and len(explained) == 1
    monkeypatch.undo()
    assert main(order) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["new_alerts"], answer["alerts"]) == (0, len(alerts))
    assert (answer["explained"], answer["explained_before"]) == (1, 1)
    assert kept(workspace)[0] == alerts and explained < kept(workspace)[1]


def test_scored_again_nothing_that_is_unchanged_is_explained_again(workspace, monkeypatch, capsys):
    order = ["score", "--workspace", str(workspace.path), "--explain", "3", "--threshold", "0.05", "--json"]
    answers = []
    for _ in range(2):
        assert main(order) == 0
        answers.append(json.loads(capsys.readouterr().out.splitlines()[-1]))
        monkeypatch.setattr(explaining, "explained_at", None)
    assert [(each["explained"], each["explained_before"]) for each in answers] == [(3, 0), (0, 3)]
    assert len(kept(workspace)[1]) == 3


def test_the_time_of_explaining_is_told_beside_that_of_scoring(workspace, capsys):
    order = ["score", "--workspace", str(workspace.path), "--explain", "1", "--threshold", "0.05", "--json"]
    assert main(order) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["explained"] == 1 and answer["explain_seconds"] > 0
    assert answer["lines_per_second"] == pytest.approx(answer["lines"] / answer["seconds"], rel=0.01)
