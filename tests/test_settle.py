"""A model that was made is never lost to another that is written where it stands."""

import json
from dataclasses import replace

import pytest

from core.__main__ import build_parser, main
from core.commands import train
from core.detection import cards, model
from core.settings import TRAINED, Workspace
from models import store
from tests.test_adapt import begun, home  # noqa: F401  fixtures
from tests.test_detection import hospital, trained  # noqa: F401


@pytest.fixture
def other(begun):  # noqa: F811
    """The same network with one weight changed."""
    made = replace(begun, network=model.network_of(begun.card, begun.network.state_dict()))
    next(made.network.parameters()).data.add_(0.5)
    return made


def test_another_model_is_kept_beside_and_found_by_its_alerts(begun, other, tmp_path):  # noqa: F811
    folder = tmp_path / "gru"
    old, nothing = model.settle(folder, begun)
    new, aside = model.settle(folder, other)
    assert nothing is None and new.id != old.id
    assert model.load(folder).id == new.id
    assert aside == tmp_path / old.id and model.load(aside).id == old.id


def test_the_same_model_again_takes_its_place(begun, tmp_path):  # noqa: F811
    model.settle(tmp_path / "gru", begun)
    assert model.settle(tmp_path / "gru", begun)[1] is None
    assert [path.name for path in tmp_path.iterdir()] == ["gru"]


@pytest.mark.parametrize(("name", "part"), [("calibration", "several"), ("threshold", "score")])
def test_the_same_weights_calibrated_otherwise_take_no_place_of_the_former(begun, tmp_path, name, part):  # noqa: F811
    model.settle(tmp_path / "gru", begun)
    former = begun.card[name]
    changed = {"calibration": {"logit": [-9.0, 9.0], "probability": [0.1, 0.2]}, "threshold": 0.9}[name]
    aside = model.settle(tmp_path / "gru", replace(begun, card=begun.card | {name: former | {part: changed}}))[1]
    assert aside and model.load(aside).card[name] == former and model.load(tmp_path / "gru").card[name][part] == changed


def test_what_was_measured_is_kept_when_the_new_one_has_no_figures(begun, tmp_path):  # noqa: F811
    model.settle(tmp_path / "gru", begun)
    aside = model.settle(tmp_path / "gru", replace(begun, card=begun.card | {"metrics": []}))[1]
    assert model.load(aside).card["metrics"] == begun.card["metrics"] != []


def test_a_training_that_goes_on_takes_the_place_of_what_it_left(begun, other, tmp_path):  # noqa: F811
    command = begun.card["command"]
    model.settle(tmp_path / "gru", replace(begun, card=begun.card | {"unfinished": command}))
    assert model.settle(tmp_path / "gru", other)[1] is None


def test_two_that_are_set_aside_have_two_places(begun, other, tmp_path):  # noqa: F811
    places = [model.settle(tmp_path / "gru", each)[1] for each in (begun, other, begun, other)]
    assert len({*places}) == 4 and all(place is None or model.load(place) for place in places)


def test_a_damaged_model_is_written_over(begun, tmp_path):  # noqa: F811
    folder = tmp_path / "gru"
    model.settle(folder, begun)
    (folder / store.WEIGHTS).write_bytes(b"")
    assert model.settle(folder, begun)[1] is None


def test_adapting_keeps_the_model_of_the_workspace(begun, other, home, tmp_path, capsys):  # noqa: F811
    workspace = Workspace(home.path)
    mine = model.save(workspace.models / "gru", other)
    model.save(tmp_path / "shipped", begun)
    order = ["adapt", "--workspace", str(home.path), "--model", str(tmp_path / "shipped")]
    assert main([*order, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert cards.identity(store.read_card(workspace.models / "gru")) == answer["model"] != mine.id
    assert model.load(answer["aside"]).id == mine.id


@pytest.mark.parametrize("given", [[], ["--invented", "500"]])
def test_no_training_writes_over_a_shipped_model_unless_told(given, tmp_path, monkeypatch):
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path))
    options = build_parser("fr").parse_args(["train", "--model", "gru", *given])
    assert train.folder_of(options) == tmp_path / "models" / "gru"
    named = build_parser("fr").parse_args(["train", "--model", "gru", "--out", str(TRAINED / "gru")])
    assert train.folder_of(named) == TRAINED / "gru"


def test_the_command_of_a_card_says_the_seed_though_it_is_0(tmp_path):
    options = build_parser("fr").parse_args(["train", "--seed", "0", "--invented", "500", "--out", str(tmp_path)])
    assert "--seed 0 " in train.command_of(options)
