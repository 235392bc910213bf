"""Figures on stays that a model learned from are said to be too good, and no oracle is told of stays that it does not know."""

import argparse
import json

import pytest

from core.__main__ import main
from core.commands import train
from core.data.sources import sources as held
from core.data.sources import unmixed
from core.detection import known_stays, sources
from core.errors import Refusal
from core.schema import INVENTED
from core.settings import Workspace
from core.simulator import HOSPITALS
from core.simulator.output import populate
from tests.test_detection import SILENT


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("home") / "w")
    populate(workspace, HOSPITALS["main"], 250, 31)
    return workspace


@pytest.fixture(scope="module")
def folder(home, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained") / "m"
    order = ["train", "--model", "forest", "--workspace", str(home.path), "--out", str(out), "--json"]
    assert main(order) == 0
    return out


def told(capsys, *order: str) -> tuple[str, list[dict]]:
    capsys.readouterr()
    assert main([*map(str, order), "--lang", "en", "--json"]) == 0
    said = capsys.readouterr()
    return said.err, json.loads(said.out)


def test_a_model_measured_on_stays_that_it_learned_from_says_so(home, folder, tmp_path, capsys):
    warned, rows = told(capsys, "evaluate", "--workspace", home.path, "--model", folder)
    assert "learned from a part of these stays" in warned and {row["learned_from"] for row in rows} == {False, True}
    populate(Workspace(tmp_path / "v"), HOSPITALS["main"], 60, 32)
    warned, rows = told(capsys, "evaluate", "--workspace", tmp_path / "v", "--model", folder)
    assert "learned from" not in warned and not any(row["learned_from"] for row in rows)


def test_marks_are_few_and_met_by_whoever_has_the_stays():
    stays = [f"s{i}" for i in range(5000)]
    data = {"marks": known_stays.marks(stays)}
    assert len(data["marks"]) == known_stays.MARKS
    assert known_stays.learned_from({"data": {"start": data}}, stays[::3])
    assert not known_stays.learned_from({"data": {"start": data}}, ["t1", "t2"]) and not known_stays.learned_from({}, stays)


def test_a_workspace_that_was_simulated_has_its_oracle_in_training(home, folder):
    rows = json.loads((folder / "card.json").read_text("utf-8"))["metrics"]
    assert all(0 < row["oracle_ratio"] <= 1.1 for row in rows if row["population"] == "test")


def test_where_some_stays_are_of_a_hospital_there_is_no_oracle(home, monkeypatch):
    assert sources.oracle_of(home) is not None
    monkeypatch.setattr(sources, "origins", lambda workspace: {INVENTED, "csv"})
    assert sources.oracle_of(home) is None
    assert next(sources.stored_parts(home, **SILENT))[1] is None


def test_invented_stays_beside_those_of_a_hospital_are_measured_without_an_oracle(home, monkeypatch):
    monkeypatch.setattr(sources, "oracle_of", lambda workspace: None)
    options = argparse.Namespace(invented=20, workspace=home.path, further=0, model="gru", seed=3)
    tables, oracle = train.gathered(options, None, SILENT["tell"])
    assert oracle is None and len(tables.stays) == 270


def test_patients_and_invented_stays_never_share_a_workspace(tmp_path, capsys):
    real, invented = tmp_path / "real", tmp_path / "invented"
    (tmp_path / "lines.csv").write_text(
        "line_id,stay_id,drug,route,prn,started_at\n1,A,aspirine,PO,non,2024-02-05 08:00\n", "utf-8"
    )
    assert main(["import", "csv", str(tmp_path / "lines.csv"), "--workspace", str(real)]) == 0
    assert main(["simulate", "--workspace", str(invented), "--stays", "4"]) == 0
    capsys.readouterr()
    assert main(["simulate", "--workspace", str(real), "--stays", "4"]) == 2
    assert "séjours de patients" in capsys.readouterr().err
    assert main(["import", "csv", str(tmp_path / "lines.csv"), "--workspace", str(invented)]) == 2
    assert "séjours inventés" in capsys.readouterr().err
    assert held(Workspace(real)) == {"csv"} and held(Workspace(invented)) == {"invented"}


@pytest.mark.parametrize("there", [set(), {"invented"}, {"csv"}])
def test_stays_that_mix_both_are_refused_anywhere(monkeypatch, there):
    monkeypatch.setattr("core.data.sources.sources", lambda _: frozenset(there))
    with pytest.raises(Refusal):
        unmixed(Workspace("w"), ["invented", "csv"])
    unmixed(Workspace("w"), there or ["csv"])
