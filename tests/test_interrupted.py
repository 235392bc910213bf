"""Stopped, cut off or damaged on the way: one sentence that says what is kept and what to do."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.__main__ import main
from core.detection import metrics, model
from core.errors import Refusal
from core.settings import ROOT
from core.turns import pool_of
from models import store
from tests.test_cli import Station
from tests.test_detection import folder_with, hospital, made, trained  # noqa: F401  fixtures


@pytest.mark.parametrize(("command", "said"), [("train", "goes on from there"), ("figures", "Interrupted.")])
def test_ctrl_c_is_one_sentence(command, said, monkeypatch, capsys):
    def stop(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"core.commands.{command}.run", stop)
    assert main([command, "--lang", "en"]) == 130
    told = capsys.readouterr().err
    assert said in told and len(told.splitlines()) == 1


EARLY = """
import os, runpy, signal, sys

class Stop:
    def find_spec(self, name, *more):
        if name == "core.commands":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background passes on that it is ignored
sys.argv, sys.meta_path = ["core", "figures", "--lang", "en"], [Stop(), *sys.meta_path]
runpy.run_module("core", run_name="__main__")
"""


def test_ctrl_c_while_modules_are_read_is_one_sentence():
    done = subprocess.run([sys.executable, "-c", EARLY], check=False, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_processes_that_help_leave_ctrl_c_to_the_one_that_started_them():
    with pool_of(1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN


def test_a_system_that_refuses_is_one_sentence(monkeypatch, capsys):
    error = OSError(28, "No space left on device", "/disk/card.json")
    monkeypatch.setattr("core.__main__.STATIONS", (Station(error),))
    assert main(["probe", "--lang", "en"]) == 2
    assert "/disk/card.json: No space left on device" in capsys.readouterr().err


def test_nobody_reading_on_is_no_error():
    order = f"{sys.executable} -u -m core figures | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", order], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "" and done.stdout.splitlines()[-1] in ("0", "141")


@pytest.mark.parametrize("name", ["last.pt", "run.json", "best.pt"])
def test_an_unfinished_training_that_is_damaged_is_said_to_be(name, hospital, tmp_path):  # noqa: F811
    made(hospital, tmp_path, stop=1)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:20])
    with pytest.raises(Refusal, match="training_damaged"):
        made(hospital, tmp_path, stop=1)


@pytest.mark.parametrize("name", ["last.pt", "best.pt"])
@pytest.mark.parametrize("content", [{"a": torch.zeros(1)}, [1, 2], torch.zeros(1), {"network": {}, "optimizer": {}, "state": {}}])
def test_a_file_of_something_else_is_no_unfinished_training(name, content, hospital, tmp_path):  # noqa: F811
    made(hospital, tmp_path, stop=1)
    torch.save(content, tmp_path / name)
    with pytest.raises(Refusal, match="training_damaged"):
        made(hospital, tmp_path, stop=1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("name", ["last", "best"])
def test_a_disk_that_fills_up_is_said_to_be_full_and_nothing_half_written_stays(name, hospital, tmp_path):  # noqa: F811
    (tmp_path / f"{name}.part").symlink_to("/dev/full")
    with pytest.raises(Refusal, match="training_unwritable") as refusal:
        made(hospital, tmp_path, stop=1)
    assert refusal.value.values == {"path": tmp_path / f"{name}.pt", "why": "No space left on device"}
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(name)]


@pytest.mark.parametrize("name", sorted(store.NEEDED))
def test_a_card_that_lacks_what_is_needed_is_damaged(name, trained, tmp_path):  # noqa: F811
    path = folder_with(trained, tmp_path) / store.CARD
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text("utf-8")).items() if k != name}), "utf-8")
    with pytest.raises(Refusal, match="model_damaged"):
        model.load(tmp_path)


LINE = {"logit": [-1.0, 1.0], "probability": [0.1, 0.2]}
NAN, KNOTS = float("nan"), ("calibration", "any")


@pytest.mark.parametrize(("place", "wrong"), [
    (("calibration",), {}), (("calibration",), {"any": LINE, "single": LINE}), (("calibration",), "oui"),
    (("calibration",), {"any": LINE, "single": LINE, "several": LINE, "both": LINE}), (KNOTS, []), (KNOTS, {"logit": [0.0, 1.0]}),
    ((*KNOTS, "logit"), [1.0, -1.0]), ((*KNOTS, "logit"), [-1.0, 0.0, 1.0]), ((*KNOTS, "logit"), [-1.0, float("inf")]),
    ((*KNOTS, "logit"), "-1 1"), ((*KNOTS, "logit"), []), ((*KNOTS, "probability"), [NAN, NAN]), ((*KNOTS, "probability"), [0.1, 5.0]),
    ((*KNOTS, "probability"), [0.2, 0.1]), ((*KNOTS, "probability"), ["0.1", "0.2"]), ((*KNOTS, "probability"), [-0.1, 0.2]),
    (("threshold",), {}), (("threshold",), 0.4), (("threshold", "score"), NAN), (("threshold", "score"), "0.4"), (("threshold", "score"), None),
    (("threshold", "score"), 1.5), (("threshold", "logit"), float("-inf")), (("threshold", "alerts_per_100_lines"), None),
])  # fmt: skip
def test_a_card_that_cannot_make_chances_or_alerts_is_damaged(place, wrong, trained, tmp_path):  # noqa: F811
    path = folder_with(trained, tmp_path) / store.CARD
    card = json.loads(path.read_text("utf-8"))
    card["calibration"]["any"] = dict(LINE)
    path.write_text(json.dumps(card), "utf-8")
    model.load(tmp_path)
    within = card
    for name in place[:-1]:
        within = within[name]
    within[place[-1]] = wrong
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(Refusal, match="model_damaged") as refusal:
        model.load(tmp_path)
    assert str(refusal.value.values["file"]) == store.CARD


@pytest.mark.parametrize("kind", ["gru", "lstm", "forest"])
def test_shipped_cards_are_whole(kind):
    assert model.shipped(kind).kind == kind


def test_knots_rise_however_far_the_logits_go():
    logit = np.linspace(-60, 60, 4000)
    made = metrics.isotonic_knots(logit > 0, logit)
    assert store.knots(json.loads(json.dumps(made)))
