"""What cannot be is refused before any work, with a sentence, and nothing is left behind."""

import argparse

import pytest

from core.__main__ import build_parser, main
from core.detection import sources
from core.settings import ROOT, default_workspace

TRAIN = ["train", "--model", "gru", "--invented", "5"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    path = tmp_path_factory.mktemp("few")
    assert main(["simulate", "--workspace", str(path), "--stays", "20", "--seed", "4", "--json"]) == 0
    return path


def refused(capsys, *words: str) -> str:
    assert main([*map(str, words), "--lang", "en"]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--threshold", "-1"], ["--threshold", "2"], ["--threshold", "nan"], ["--explain", "-3"]])
def test_a_chance_that_is_none_is_not_scored_with(wrong, workspace, capsys):
    assert refused(capsys, "score", "--workspace", workspace, *wrong).startswith(" ".join(wrong)[:15])
    assert not (workspace / "register.db").exists()


def test_alerts_go_into_no_file_of_unknown_ending(workspace, tmp_path, capsys):
    assert ".parquet, .csv" in refused(capsys, "score", "--workspace", workspace, "--out", tmp_path / "x.xlsx")
    assert not (workspace / "register.db").exists()


@pytest.mark.parametrize(("command", "option"), [
    ("train --seed -1", "--seed -1"), ("train --invented -5", "--invented -5"), ("train --stop-after 0", "--stop-after 0"),
    ("train --stop-after -1", "--stop-after -1"), ("train --width 7", "multiple of 4"), ("compare --other -3", "--other -3"),
    ("evaluate --seed -1", "--seed -1"), ("evaluate --stays 0", "--stays 0"), ("simulate --seed -1", "--seed -1"),
    ("evaluate --workspace V --hospital main --seed 5", "--hospital --seed"), ("train --device cuda", "no GPU|GPU"),
    ("train --start nowhere", "no model in nowhere"),
    ("train --start m --out m --stop-after 1", "another folder with --out"),
    ("train --seed 202511302022", "from 0 to 4294967295"), ("train --model forest --stop-after 1", "leave the option out"),
])  # fmt: skip
def test_numbers_and_options_that_make_no_sense_are_refused_first(command, option, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr(sources, "chunks", None)
    out = ["--out", tmp_path / "m"] if command.startswith("train") and "--out" not in command else []
    data = ["--invented", "5"] if command.startswith("train") and "--invented" not in command else []
    assert any(part in refused(capsys, *command.split(), *data, *out) for part in option.split("|"))
    assert not list(tmp_path.iterdir())


def test_stays_that_a_workspace_holds_are_not_invented_beside_it_again(workspace, tmp_path, capsys):
    said = refused(capsys, *TRAIN[:3], "--invented", 20, "--seed", 4, "--workspace", workspace, "--out", tmp_path / "m")
    assert "holds 20 of the invented stays" in said and not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["train --invented 5", "adapt", "score", "report", "compare --keep"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(command, workspace, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sources, "chunks", None)
    monkeypatch.setattr(sources, "filled", lambda workspace: pytest.fail("work has begun"))
    (tmp_path / "file").write_text("")
    ending = {"score": "a.csv", "report": "r.html", "compare": "k.json"}.get(command.split()[0], "m")
    words = command.split() if "--keep" in command else [*command.split(), "--out"]
    where = [] if command.startswith("train") else ["--workspace", workspace]
    said = refused(capsys, *words, tmp_path / "file" / "below" / ending, *where)
    assert "cannot be written" in said and str(tmp_path / "file") in said


def test_looking_whether_a_place_can_be_written_leaves_nothing(tmp_path, capsys):
    refused(capsys, *TRAIN[:3], "--out", tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())


READERS = ["score", "adapt", "evaluate", "train", "compare --models rules", "explain --stay S1", "select", "describe"]


@pytest.mark.parametrize("command", READERS)
def test_a_workspace_that_is_not_there_is_not_called_empty(command, tmp_path, capsys):
    assert "no workspace" in refused(capsys, *command.split(), "--workspace", tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["score", "adapt", "explain --stay S1", "select", "describe", "labels export --out l.csv"])
def test_a_folder_of_something_else_is_no_workspace(command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("")
    assert "no workspace" in refused(capsys, *command.split(), "--workspace", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def with_option(parser: argparse.ArgumentParser, option: str, words: tuple = ()) -> list[str]:
    """Every command that takes an option."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    here = [" ".join(words)] if any(option in action.option_strings for action in parser._actions) else []
    return here + [command for action in nested for name, child in action.choices.items()
                   for command in with_option(child, option, (*words, name))]  # fmt: skip


EMPTY = [(command, option) for option in ("--workspace", "--out", "--model", "--keep", "--start", "--labels")
         for command in with_option(build_parser("en"), option) if (command, option) not in
         {("train", "--model"), ("compare", "--labels")}]  # fmt: skip


@pytest.mark.parametrize(("command", "option"), EMPTY)
def test_a_path_that_a_shell_variable_left_empty_is_not_the_current_folder(command, option, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {"import": ["csv", "x"], "knowledge import-bdpm": ["x"], "knowledge import-ansm": ["x"]}.get(command, [])
    assert "An empty path was given" in refused(capsys, *command.split(), option, "", *given)
    assert not list(tmp_path.iterdir())


def test_a_variable_that_is_empty_names_no_workspace(monkeypatch):
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", "")
    assert default_workspace().path == ROOT / "workspace"


@pytest.mark.parametrize("stays", ["1", "10", "100"])
def test_too_few_stays_are_said_to_be_too_few(stays, tmp_path, capsys):
    order = ["train", "--model", "gru", "--epochs", "1", "--invented", stays, "--out", tmp_path / "m"]
    assert "Too few interventions" in refused(capsys, *order)
    assert not list(tmp_path.iterdir())


def test_a_seed_that_a_model_learned_from_is_told(capsys, monkeypatch):
    from core.detection import comparison

    def figures(models, parts, population):
        return [{"id": None}, *({"id": made.id} for made in models)]

    monkeypatch.setattr(comparison, "compare", figures)
    monkeypatch.setattr("core.commands.evaluate.t", lambda key, language, **values: f"{key} {values.get('models')}")
    for seed, hospital, learned in (("8", "main", True), ("1001", "main", False), ("8", "other", False)):
        order = ["evaluate", "--model", "models/trained/gru", "--seed", seed, "--hospital", hospital, "--json"]
        assert main(order) == 0
        told = capsys.readouterr()
        assert ("learned_from gru-" in told.err) == learned
        assert ('"learned_from": true' in told.out) == learned


@pytest.mark.parametrize(("second", "named"), [("gru", True), ("lstm", False)])
def test_two_models_of_one_kind_are_told_by_their_own_names(second, named, capsys, monkeypatch):
    from core.detection import comparison

    row = {"scope": "several", "population": "workspace", "auprc": None}
    monkeypatch.setattr(comparison, "compare", lambda models, *_: [row | {"model": made.kind, "id": made.id} for made in models])
    order = ["evaluate", "--model", "models/trained/gru", "--model", f"models/trained/{second}", "--stays", "5"]
    assert main(order) == 0
    assert (" · gru-" in capsys.readouterr().out) == named


def test_trees_that_have_too_few_of_each_type_say_so(tmp_path, capsys):
    order = ["train", "--model", "forest_context", "--invented", "30", "--out", tmp_path / "m"]
    assert "at most of one type" in refused(capsys, *order)
