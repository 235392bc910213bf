"""The first start: made once, whole or not at all, reused afterwards."""

import pytest

from core.data.sources import sources
from core.errors import Refusal
from core.review import demo
from core.review.first_start import beside, builder, is_ready, last_words, launch, watch
from core.review.worklist import worklist
from core.settings import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo of few stays, and what its making told."""
    workspace, told = Workspace(tmp_path_factory.mktemp("first") / "w"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "STAYS", 24)
        patch.setattr(demo, "EXPLAINED", 1)
        demo.make_demo(workspace, lambda step, share: told.append((step, share)))
    return workspace, told


def test_the_demo_is_invented_and_ranked(made):
    workspace, _ = made
    found = worklist(workspace, size=500)
    assert sources(workspace) == {"invented"} and len(found)
    assert list(found["score"]) == sorted(found["score"], reverse=True)


def test_progress_never_goes_back(made):
    shares = [share for _, share in made[1]]
    assert shares == sorted(shares) and {step for step, _ in made[1]} >= {"simulating", "scoring", "keeping"}


def test_nothing_is_left_beside_the_workspace(made):
    workspace, _ = made
    assert watch(workspace).ready and not beside(workspace, ".partial").exists()
    assert not (workspace.path / "progress.json").exists()


def test_a_second_start_reuses_the_first(made):
    workspace, _ = made
    before = sorted((path, path.stat().st_mtime_ns) for path in (workspace.path / "data").rglob("*"))
    assert demo.make_demo(workspace)["made"] is False
    assert before == sorted((path, path.stat().st_mtime_ns) for path in (workspace.path / "data").rglob("*"))


def test_an_interrupted_start_is_not_ready_and_starts_again_cleanly(tmp_path, monkeypatch):
    workspace, monkeypatched = Workspace(tmp_path / "w"), []

    def cut(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "STAYS", 6)
    monkeypatch.setattr(demo, "EXPLAINED", 0)
    with monkeypatch.context() as patch:
        patch.setattr(demo, "keep_alerts", cut)
        with pytest.raises(KeyboardInterrupt):
            demo.make_demo(workspace)
    assert not is_ready(workspace) and not watch(workspace).building
    assert demo.make_demo(workspace, lambda *at: monkeypatched.append(at))["stays"] == 6


def test_two_starts_at_once_build_once(tmp_path):
    workspace = Workspace(tmp_path / "w")
    with builder(workspace):
        assert watch(workspace).building
        with pytest.raises(Refusal) as refusal:
            demo.make_demo(workspace)
    assert refusal.value.code == "demo_under_way" and not watch(workspace).building


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "letters.txt").write_text("mine", "utf-8")
    with pytest.raises(Refusal) as refusal:
        demo.make_demo(Workspace(tmp_path))
    assert refusal.value.code == "workspace_not_empty" and [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_a_builder_that_cannot_start_says_why(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "letters.txt").write_text("mine", "utf-8")
    workspace = Workspace(tmp_path / "w")
    assert launch(workspace, "en").wait(120) == 2
    assert str(workspace.path) in last_words(workspace)
