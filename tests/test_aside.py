"""The process that explains beside the server: the same answer, one refusal for all, and none lost when it dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.data.store import Tables, append
from core.detection import model as models
from core.errors import Refusal
from core.review import aside
from core.review.alerts import alert, explained_from, explanation, keep_alerts
from core.review.explaining import explained
from core.settings import ROOT, TRAINED, Workspace
from tests import small_stays as small

pytestmark = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


@pytest.fixture
def workspace(tmp_path):
    found = Workspace(tmp_path / "w")
    append(found, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    keep_alerts(found, small.alerts().assign(model_id=models.shipped("gru").id))
    yield found
    if aside.started:
        aside.give_up(aside.process())


def pid() -> int:
    return aside.process().submit(os.getpid).result()


def test_what_is_explained_aside_is_what_is_explained_here(workspace):
    found = aside.explain_aside(workspace, alert(workspace, "al1"))
    here = explained(workspace, alert(workspace, "al1"))
    assert found == here.content and explained_from(workspace) == {"al1": here.digest}
    assert explanation(workspace, "al1") == found


def test_it_is_another_process_and_always_the_same(workspace):
    assert pid() == pid() != os.getpid()


def test_it_steps_back_once_it_has_read_its_libraries_and_not_before(workspace):
    def priority() -> int:
        return aside.process().submit(os.nice, 0).result()

    assert priority() == os.nice(0)
    for _ in range(2):
        aside.explain_aside(workspace, alert(workspace, "al1"))
        assert priority() == min(19, os.nice(0) + aside.COURTESY)


def test_the_process_ends_with_its_server_however_that_ends(tmp_path):
    script = (
        "import os, pathlib, signal\n"
        "from core.review.aside import process\n"
        "if __name__ == '__main__':\n"
        "    pathlib.Path('child').write_text(str(process().submit(os.getpid).result()))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "server.py").write_text(script, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # a pipe would wait for the child too
    subprocess.run([sys.executable, "server.py"], check=False, cwd=tmp_path, env=environment, timeout=120, **quiet)
    child, deadline = int((tmp_path / "child").read_text()), time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()


def test_a_refusal_crosses(workspace):
    with pytest.raises(Refusal, match="model_gone") as met:
        aside.explain_aside(workspace, alert(workspace, "al1") | {"model_id": "gru-00000000"})
    assert met.value.values == {"model": "gru-00000000"}


def test_an_explanation_is_given_though_the_process_has_died(workspace):
    before = pid()
    os.kill(before, signal.SIGKILL)
    assert aside.explain_aside(workspace, alert(workspace, "al1"))["trusted"] in (True, False)
    assert pid() != before


def test_a_process_that_has_taken_the_place_of_a_dead_one_is_kept(workspace):
    dead = aside.process()
    aside.give_up(dead)
    alive = aside.process()
    aside.give_up(dead)
    assert aside.process() is alive is not dead


def test_making_ready_for_a_model_that_is_gone_leaves_the_process_whole(workspace):
    before = pid()
    aside.make_ready(workspace, {"model_id": "rules-2020-10"})
    assert pid() == before
