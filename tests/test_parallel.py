"""Two processes learn what one does: the same code, under torchrun."""

import json
import subprocess
import sys

import pytest

from core.settings import ROOT

ALONE = (sys.executable, "-m", "tests.parallel_training")
TWO = (
    sys.executable,
    "-m",
    "torch.distributed.run",
    "--standalone",
    "--nproc-per-node=2",
    "-m",
    "tests.parallel_training",
)


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
