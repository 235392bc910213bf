"""A model goes on learning: its codes and weights are where it begins, what was new to it stays new."""

from dataclasses import replace

import pytest

from core.__main__ import main
from core.commands import train
from core.detection import habits, model, sources, splits, training
from core.detection.further import strange
from core.errors import Refusal
from tests.test_detection import RECIPE, SILENT, equal, folder_with


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("main", 300, 5, SILENT["tell"])


@pytest.fixture(scope="module")
def another():
    return sources.invented("main", 300, 6, SILENT["tell"])


@pytest.fixture(scope="module")
def begun(hospital, tmp_path_factory) -> model.Model:
    folder = tmp_path_factory.mktemp("begun")
    return model.load(folder_with(learned(hospital, folder / "steps"), folder / "model"))


def learned(tables, folder, start=None, stop=None, **other) -> model.Model:
    given = {"width": 16, "data": "invented", "start": start, **other}
    order = training.Order(given.pop("kind", "gru"), replace(RECIPE, epochs=2), **given)
    return training.learn(order, tables[0], splits.split(tables[0].stays), folder, **SILENT, last_epoch=stop)


def test_a_start_that_learns_nothing_is_left_as_it_was(begun, another, tmp_path):
    still = replace(RECIPE, epochs=1, learning_rate=0.0)
    order = training.Order("gru", still, width=16, start=begun)
    kept = training.learn(order, another[0], splits.split(another[0].stays), tmp_path, **SILENT)
    assert equal(begun, kept)


def test_going_on_begins_nearer_than_chance(begun, another, tmp_path):
    alone, on = learned(another, tmp_path / "alone"), learned(another, tmp_path / "on", begun)
    assert on.card["training"]["curve"][1]["loss"] < 0.9 * alone.card["training"]["curve"][0]["loss"]
    assert not equal(begun, on)


def test_codes_and_habits_are_those_of_the_start_and_its_pairs_are_kept(begun, another, tmp_path):
    on = learned(another, tmp_path, begun)
    assert on.words.line == begun.words.line
    assert on.words.habits == begun.words.habits
    assert on.words.digest == begun.words.digest
    assert set(begun.words.pairs) < set(on.words.pairs)


def test_what_the_start_never_saw_stays_new(begun, another, tmp_path):
    """Of the invented hospital, no stay with a substance that the first training lacked is learned from."""
    learning = splits.taken(another[0], splits.split(another[0].stays).train)
    new = strange(learning.lines, begun.words)
    assert new
    on = learned(another, tmp_path, begun)
    assert on.card["data"]["train_stays"] == len(learning.stays) - len(new)


def test_a_start_that_no_epoch_betters_is_kept(begun, another, tmp_path, monkeypatch):
    """Where validation falls from the start on, the model of the card is the start, and says so."""
    fell = iter([0.5, 0.4, 0.3])
    monkeypatch.setattr(training, "watch", lambda *given: lambda network: next(fell))
    kept = learned(another, tmp_path, begun)
    assert kept.card["training"]["best_epoch"] == 0
    assert [step["validation"] for step in kept.card["training"]["curve"]] == [0.5, 0.4, 0.3]
    assert equal(begun, kept)
    assert kept.card["reach"] == begun.card["reach"] and kept.words.pairs == begun.words.pairs


def test_as_many_alerts_are_raised_as_the_start_was_set_to(begun, another, tmp_path):
    few = replace(begun, card=begun.card | {"threshold": begun.card["threshold"] | {"alerts_per_100_lines": 2}})
    assert learned(another, tmp_path, few).card["threshold"]["alerts_per_100_lines"] == 2


def test_an_epoch_that_betters_the_start_takes_its_place(begun, another, tmp_path, monkeypatch):
    rose = iter([0.3, 0.4, 0.35])
    monkeypatch.setattr(training, "watch", lambda *given: lambda network: next(rose))
    kept = learned(another, tmp_path, begun)
    assert kept.card["training"]["best_epoch"] == 1
    assert not equal(begun, kept)


@pytest.mark.parametrize(("reached", "passes"), [([0.3, 0.4, 0.45], 3), ([0.3, 0.2, 0.25], 2)])
def test_patience_counts_passes_and_not_the_start(reached, passes, begun, another, tmp_path, monkeypatch):
    """Going on falls below the start before it rises again: what rises is not stopped for that."""
    values = iter([0.5, *reached])
    monkeypatch.setattr(training, "watch", lambda *given: lambda network: next(values))
    order = training.Order("gru", replace(RECIPE, epochs=3, patience=1), width=16, start=begun)
    kept = training.learn(order, another[0], splits.split(another[0].stays), tmp_path, **SILENT)
    assert kept.card["training"]["epoch"] == passes
    assert kept.card["training"]["best_epoch"] == 0


def test_a_workspace_teaches_each_of_its_stays_and_its_own_habits(begun, another, tmp_path):
    learning = splits.taken(another[0], splits.split(another[0].stays).train)
    on = learned(another, tmp_path, begun, data="workspace")
    assert on.card["data"]["train_stays"] == len(learning.stays)
    own, past = habits.learn(learning.lines), begun.words.habits
    assert on.words.habits.doses == past.doses | own.doses
    assert set(past.doses) - set(own.doses)
    assert on.words.habits.routes == past.routes | own.routes
    assert on.words.habits != past


def test_the_card_says_where_it_began(begun, another, tmp_path):
    said = learned(another, tmp_path, begun).card["data"]["start"]
    assert said["model"] == begun.id
    assert said["train_stays"] == begun.card["data"]["train_stays"]


def test_an_interrupted_training_that_goes_on_ends_at_the_same_weights(begun, another, tmp_path):
    whole = learned(another, tmp_path / "whole", begun)
    learned(another, tmp_path / "parts", begun, stop=1)
    assert equal(whole, learned(another, tmp_path / "parts", begun))


def test_an_unfinished_training_is_not_resumed_with_other_labels_of_as_many_lines(hospital, tmp_path):
    learned(hospital, tmp_path, stop=1)
    said = hospital[0].interventions
    other = replace(hospital[0], interventions=said.assign(error_type=said["error_type"].to_numpy()[::-1]))
    with pytest.raises(Refusal, match="training_differs"):
        learned((other, None), tmp_path)


def test_a_training_that_diverges_is_no_model(hospital, tmp_path, monkeypatch):
    monkeypatch.setattr("core.detection.fitting.run_epoch", lambda *given: float("nan"))
    with pytest.raises(Refusal, match="training_diverged"):
        learned(hospital, tmp_path)
    assert not (tmp_path / "best.pt").exists()


def test_that_no_pass_bettered_the_start_is_told(begun, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "ELSEWHERE", (20, 1001))
    monkeypatch.setattr(training, "watch", lambda *given: lambda network: 0.5)
    start = folder_with(begun, tmp_path / "start")
    order = ["train", "--model", "gru", "--start", str(start), "--width", "16", "--invented", "300", "--seed", "6"]
    assert main([*order, "--epochs", "1", "--out", str(tmp_path / "m"), "--lang", "en"]) == 0
    assert f"No pass bettered {begun.id}" in capsys.readouterr().out


def test_no_pass_is_made_beyond_those_of_the_recipe(hospital, tmp_path):
    assert learned(hospital, tmp_path, stop=9).card["training"]["epoch"] == 2


def test_an_unfinished_training_is_not_resumed_from_another_start(begun, another, tmp_path):
    learned(another, tmp_path, begun, stop=1)
    with pytest.raises(Refusal, match="training_differs"):
        learned(another, tmp_path, replace(begun, id="gru-00000000"))


@pytest.mark.parametrize("other", [{"width": 8}, {"without": ("biology",)}])
def test_a_start_of_another_size_or_with_other_inputs_is_refused(begun, another, tmp_path, other):
    with pytest.raises(Refusal, match="start_differs"):
        learned(another, tmp_path, begun, **other)


@pytest.mark.parametrize("kind", ["lstm", "forest"])
def test_a_start_of_another_kind_is_refused(begun, kind, capsys, tmp_path):
    start = str(folder_with(begun, tmp_path / "start"))
    order = ["train", "--model", kind, "--start", start, "--invented", "500", "--out", str(tmp_path / "m")]
    assert main([*order, "--lang", "en"]) != 0
    assert "--start" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


@pytest.fixture
def of_two_seeds(begun, tmp_path, monkeypatch) -> list[str]:
    """The order to go on from a model of the seeds 5 and 8, which gets as far as the stays and no further."""

    def no_further(*_):
        raise Refusal("train_without_data")

    monkeypatch.setattr(train, "gathered", no_further)
    steps = "python -m core train --invented 300 --seed 5 && python -m core train --invented 300 --seed 8 --start x"
    start = folder_with(replace(begun, card=begun.card | {"command": steps}), tmp_path / "start")
    return ["train", "--model", "gru", "--start", str(start), "--width", "16", "--out", str(tmp_path / "m"), "--lang", "en"]


@pytest.mark.parametrize(("seed", "stays"), [("5", "300"), ("5", "600"), ("8", "300")])
def test_a_start_that_learned_from_invented_stays_of_the_seed_is_refused(of_two_seeds, capsys, seed, stays):
    assert main([*of_two_seeds, "--invented", stays, "--seed", seed]) == 2
    said = capsys.readouterr().err
    assert f"stays of seed {seed}" in said and "another seed than 5, 8" in said


@pytest.mark.parametrize("stays", [["--invented", "300", "--seed", "6"], ["--workspace", "w", "--seed", "5"]])
def test_a_start_goes_on_with_another_seed_and_with_the_stays_of_a_workspace_whatever_the_seed(of_two_seeds, capsys, stays):
    assert main([*of_two_seeds, *stays]) == 2
    assert "--start" not in capsys.readouterr().err  # as far as the stays


@pytest.mark.parametrize("rate", ["0", "1.5", "nan"])
def test_a_rate_that_is_none_is_refused(rate, capsys, tmp_path):
    assert main(["train", "--invented", "300", "--rate", rate, "--out", str(tmp_path / "m"), "--lang", "en"]) != 0
    assert "--rate" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_a_forest_has_no_rate(capsys, tmp_path):
    order = ["train", "--model", "forest", "--rate", "0.1", "--invented", "300", "--out", str(tmp_path / "m")]
    assert main([*order, "--lang", "en"]) != 0
    assert "--rate" in capsys.readouterr().err


def test_the_command_of_the_card_makes_the_start_first_and_figures_are_told_in_words(begun, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "ELSEWHERE", (20, 1001))
    first = replace(begun, card=begun.card | {"command": "python -m core train --seed 5"})
    start = folder_with(first, tmp_path / "start")
    order = ["train", "--model", "gru", "--start", str(start), "--width", "16", "--invented", "300", "--seed", "6"]
    order += ["--rate", "0.0005", "--epochs", "1", "--threads", "1", "--out", str(tmp_path / "m")]
    assert main(order) == 0
    one, two = model.load(tmp_path / "m").card["command"].split(" && ")
    assert one == "python -m core train --seed 5"
    assert f"--rate 0.0005 --start {start} " in two
    assert model.load(tmp_path / "m").card["recipe"]["learning_rate"] == 0.0005
    assert "GRU concomitant · erreurs de plusieurs lignes · test\u202f: AUPRC " in capsys.readouterr().out
