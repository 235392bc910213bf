"""The first start is made once, leaves nothing half made, and says why when it cannot."""

import json
import multiprocessing
import os

import pytest

from core.errors import Refusal
from core.review import demo, first_start
from core.settings import Workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path / "demo")


def build_and_die(workspace: Workspace) -> None:
    """A builder that is killed in the middle of its work."""
    with first_start.builder(workspace):
        folder = first_start.beside(workspace, ".partial")
        folder.mkdir(parents=True)
        (folder / "half.parquet").write_text("half")
        first_start.teller(folder, lambda step, share: None)("scoring", 0.5)
        os._exit(1)


def test_a_builder_that_is_killed_leaves_no_workspace_and_no_lock(workspace):
    process = multiprocessing.get_context("fork").Process(target=build_and_die, args=(workspace,))
    process.start()
    process.join()
    assert not first_start.watch(workspace).ready
    assert not first_start.watch(workspace).building
    assert not workspace.path.exists()


def test_the_next_start_clears_what_a_killed_one_left(workspace, monkeypatch):
    test_a_builder_that_is_killed_leaves_no_workspace_and_no_lock(workspace)

    def fill(half: Workspace, say) -> None:
        assert not list(half.path.iterdir())
        say("keeping", 1.0)
        half.data.mkdir()
        (half.data / "parts.json").write_text("[]")

    monkeypatch.setattr(demo, "fill", fill)
    assert demo.make_demo(workspace)["made"]
    assert first_start.watch(workspace).ready
    assert not demo.make_demo(workspace)["made"]


def test_two_builders_do_not_work_at_once(workspace):
    with first_start.builder(workspace):
        assert first_start.watch(workspace).building
        with pytest.raises(Refusal, match="demo_under_way"), first_start.builder(workspace):
            pass


def test_a_builder_that_cannot_start_says_why(workspace):
    workspace.path.mkdir()
    (workspace.path / "letters.txt").write_text("something of somebody's")
    builder = first_start.launch(workspace, "en")
    assert builder.wait(120) == 2
    assert str(workspace.path) in first_start.last_words(workspace)
    assert (workspace.path / "letters.txt").read_text() == "something of somebody's"


def test_progress_is_told_as_a_share_of_the_whole(workspace):
    folder = first_start.beside(workspace, ".partial")
    folder.mkdir(parents=True)
    told = []
    say = first_start.teller(folder, lambda step, share: told.append(share))
    for step in first_start.STEPS:
        say(step, 0.5)
    assert told == sorted(told) and told[0] > 0 and told[-1] <= 1
    assert json.loads((folder / "progress.json").read_text())["step"] == first_start.STEPS[-1]
