"""Two processes learn together what one learns: the same code, under torchrun, and a card that says how many."""

import json
import subprocess
import sys

import pytest

from core.__main__ import main
from core.detection import parallel
from core.errors import Refusal
from core.settings import ROOT
from tests.test_detection import hospital, made  # noqa: F401  fixtures

ALONE = (sys.executable, "-m", "tests.parallel_training")
RUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m")
TWO = (*RUN, "tests.parallel_training")


def learned(command: tuple, folder) -> dict:
    folder.mkdir()
    out = folder / "out.json"
    done = subprocess.run(
        [*command, str(folder / "steps"), str(out)], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text("utf-8"))


def test_two_processes_reach_the_loss_and_the_weights_of_one(tmp_path):
    one, two = learned(ALONE, tmp_path / "one"), learned(TWO, tmp_path / "two")
    assert two["loss"] == pytest.approx(one["loss"], abs=1e-4)
    assert two["weights"] == pytest.approx(one["weights"], rel=3e-4)  # AdamW makes steps of gradients that are but rounding
    assert one["loss"][1] < one["loss"][0]


def test_a_model_of_two_processes_says_so_once_and_is_gone_on_with_by_as_many(tmp_path, capfd):
    workspace, out = tmp_path / "w", tmp_path / "m"
    assert main(["simulate", "--workspace", str(workspace), "--stays", "200", "--seed", "4", "--json"]) == 0
    order = ["train", "--model", "gru", "--width", "8", "--epochs", "2", "--workspace", str(workspace), "--out", str(out), "--lang", "en"]
    done = subprocess.run([*RUN, "core", *order, "--stop-after", "1"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    command = json.loads((out / "card.json").read_text("utf-8"))["command"]
    assert command.startswith("torchrun --nproc-per-node=2 -m core train --model gru ")
    assert len([line for line in done.stderr.splitlines() if line.startswith("epoch 1")]) == 1
    capfd.readouterr()
    assert main(order) == 2
    assert "other settings or data" in capfd.readouterr().err


def test_what_one_process_left_is_not_gone_on_with_by_two(hospital, tmp_path, monkeypatch):  # noqa: F811
    made(hospital, tmp_path, stop=1)
    monkeypatch.setattr(parallel, "size", lambda: 2)
    monkeypatch.setattr(parallel, "wait", lambda: None)
    with pytest.raises(Refusal, match="training_differs"):
        made(hospital, tmp_path)
