"""Trials stand side by side only when they were made of the same; a damaged one is named, or done over."""

import json
import shutil

import pytest

from core.__main__ import main
from core.detection import agreement, trials
from core.detection.recipe import Recipe
from core.errors import Refusal
from core.report.content import content
from core.settings import Workspace

LEARNED = "plain_gru-whole-s1"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    path = tmp_path_factory.mktemp("agreed") / "w"
    assert main(["simulate", "--workspace", str(path), "--stays", "220", "--seed", "8", "--json"]) == 0
    assert compare(path) == 0
    return path


@pytest.fixture
def workspace(first, tmp_path):
    return shutil.copytree(first, tmp_path / "w")


def compare(path, *more: str) -> int:
    options = ["--seeds", "1", "--epochs", "1", "--models", "rules", "plain_gru", "--lang", "en", "--json"]
    return main(["compare", "--workspace", str(path), *options, *more])


def result_of(path, name: str = LEARNED):
    return path / "models" / "compare" / name / trials.RESULT


def told(path, capsys, *command: str) -> str:
    """What a command that refuses says."""
    capsys.readouterr()
    assert main([*command, "--workspace", str(path), "--lang", "en"]) == 2
    return capsys.readouterr().err


def kept_by_an_earlier_version(path) -> None:
    found = json.loads(path.read_text("utf-8"))
    del found["fingerprint"], found["command"]
    path.write_text(json.dumps(found), "utf-8")


def test_another_effort_is_refused_before_anything_is_learned(workspace, capsys, monkeypatch):
    monkeypatch.setattr(trials, "first", None)
    assert compare(workspace, "--epochs", "2") == 2
    said = capsys.readouterr().err
    assert LEARNED in said and "--again" in said
    assert "rules-whole-s0" not in said  # rules take no passes


def test_what_was_made_otherwise_is_done_again_when_asked(workspace):
    before = json.loads(result_of(workspace, "rules-whole-s0").read_text("utf-8"))
    assert compare(workspace, "--epochs", "2", "--again") == 0
    found = json.loads(result_of(workspace).read_text("utf-8"))
    assert found["fingerprint"]["recipe"]["epochs"] == len(found["training"]["curve"]) == 2
    assert json.loads(result_of(workspace, "rules-whole-s0").read_text("utf-8")) == before


def test_stays_that_came_later_make_other_trials(workspace, tmp_path, capsys):
    assert main(["simulate", "--workspace", str(workspace), "--stays", "30", "--seed", "9", "--json"]) == 0
    assert "--again" in told(workspace, capsys, "report", "--out", str(tmp_path / "r.html"))
    assert compare(workspace) == 2
    said = capsys.readouterr().err
    assert LEARNED in said and "rules-whole-s0" in said
    assert compare(workspace, "--again", "--models", "rules") == 0
    out = capsys.readouterr()
    assert {row["model"] for row in json.loads(out.out.splitlines()[-1])} == {"rules"}
    assert LEARNED in out.err  # left out, and said to be


@pytest.mark.parametrize("command", [["select"], ["report", "--out", "r.html"]])
def test_trials_of_other_efforts_are_not_ranked_together(workspace, capsys, command):
    assert compare(workspace, "--epochs", "2", "--models", "plain_lstm") == 0
    assert "plain_lstm-whole-s1" in told(workspace, capsys, *command)


def test_trials_kept_by_an_earlier_version_are_read_and_not_taken_for_new_ones(workspace, capsys):
    for path in (workspace / "models" / "compare").glob(f"*/{trials.RESULT}"):
        kept_by_an_earlier_version(path)
    assert main(["select", "--workspace", str(workspace), "--json"]) == 0
    assert content(Workspace(workspace)).compared["chosen"]["champion"] == "plain_gru"
    assert compare(workspace) == 2
    assert compare(workspace, "--again", "--models", "rules") == 0
    assert "compared: rules-whole-s0 have" in told(workspace, capsys, "select")


@pytest.mark.parametrize("damage", ['{"trial": {"kind": ', "{}", "[1]", '"\udcff'])
def test_a_damaged_trial_is_named_and_done_again(workspace, capsys, damage):
    path = result_of(workspace)
    path.write_bytes(damage.encode("utf-8", "surrogateescape"))
    for command in (["select"], ["report", "--out", "r.html"]):
        said = told(workspace, capsys, *command)
        assert str(path) in said and "python -m core compare" in said
    assert compare(workspace) == 0
    assert main(["select", "--workspace", str(workspace), "--json"]) == 0


@pytest.mark.parametrize("lost", ["weights.safetensors", "vocabulary.json", "card.json"])
def test_a_trial_whose_model_does_not_load_is_done_again_by_the_same_command(workspace, capsys, lost):
    place = result_of(workspace).parent
    before = {name: (place / name).read_bytes() for name in ("weights.safetensors", "vocabulary.json")}
    (place / lost).unlink()
    said = told(workspace, capsys, "report", "--out", str(workspace / "r.html"))
    assert str(place) in said and "python -m core compare" in said and "card" not in said
    assert compare(workspace) == 0
    assert f"{place} does not load: this trial is done over" in capsys.readouterr().err
    assert {name: (place / name).read_bytes() for name in before} == before  # the same seed makes the same model
    assert main(["report", "--workspace", str(workspace), "--out", str(workspace / "r.html")]) == 0


def cautions(path, capsys) -> tuple[list[str], str]:
    """The codes and the words of what ``select`` holds against the champion."""
    capsys.readouterr()
    assert main(["select", "--workspace", str(path), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert main(["select", "--workspace", str(path), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["beside"]["cautions"], said


def test_select_says_that_the_model_it_names_does_not_load(workspace, capsys):
    assert "unloadable" not in cautions(workspace, capsys)[0]
    (result_of(workspace).parent / "weights.safetensors").unlink()
    codes, said = cautions(workspace, capsys)
    assert "unloadable" in codes and f"the model in {result_of(workspace).parent} is missing or damaged" in said


def test_select_says_that_the_stays_changed_and_reads_a_comparison_without_its_stays(workspace, capsys):
    assert "stays_changed" not in cautions(workspace, capsys)[0]
    assert main(["simulate", "--workspace", str(workspace), "--stays", "30", "--seed", "9", "--json"]) == 0
    codes, said = cautions(workspace, capsys)
    assert "stays_changed" in codes and "compare --again" in said
    for gone in (workspace / "data" / "lines", workspace / "data"):
        shutil.rmtree(gone)
        assert "stays_changed" not in cautions(workspace, capsys)[0]


def test_a_trial_that_was_not_finished_goes_on_and_counts_for_nothing(workspace, capsys, monkeypatch):
    def interrupted(*_) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(trials, "first", interrupted)
        with pytest.raises(KeyboardInterrupt):
            trials.run(trials.Trial("plain_lstm", 1), Recipe(), field_of_nothing(), result_of(workspace).parent.parent, None)
    assert {result["trial"]["kind"] for result in trials.results(workspace / "models" / "compare")} == {"rules", "plain_gru"}
    assert compare(workspace, "--models", "plain_lstm") == 2  # another effort than the one that began
    assert "plain_lstm-whole-s1" in capsys.readouterr().err


def field_of_nothing() -> trials.Field:
    return trials.Field(None, None, None, {}, "none")


def result(kind: str, epochs: int, stays: str = "a", **elsewhere: str) -> dict:
    return {"trial": {"kind": kind}, "fingerprint": agreement.fingerprint(Recipe(epochs=epochs), stays), "elsewhere": elsewhere}


def test_what_has_to_agree():
    of_rules, gru, lstm = result("rules", 1), result("gru", 2), result("lstm", 2, fresh="part-1")
    assert agreement.apart([of_rules, gru, lstm]) == []
    others = (result("forest", 3), result("forest", 2, "b"), result("forest", 2, fresh="part-2"), {"trial": {"kind": "gru"}})
    for other in others:
        assert agreement.apart([of_rules, gru, lstm, other]) == [other]


def test_on_a_tie_those_that_say_what_they_were_made_of_are_right():
    old, new = [{"trial": {"kind": "gru"}}] * 4, [result("gru", 2)] * 4
    assert agreement.apart([*old, *new]) == old


def test_the_seed_and_the_threads_are_no_other_effort():
    one, other = (agreement.fingerprint(recipe, "a") for recipe in (Recipe(), Recipe(seed=3, threads=2)))
    assert one == other


def test_any_change_of_a_stay_changes_the_digest(workspace):
    from core.data import store

    tables = store.read_all(Workspace(workspace))
    before = agreement.stays_digest(tables)
    assert before == agreement.stays_digest(store.read_all(Workspace(workspace)))
    tables.lines.loc[tables.lines.index[0], "dose"] += 1
    assert agreement.stays_digest(tables) != before


def test_nothing_measured_yet_is_nothing_compared(tmp_path):
    trials.write(tmp_path / "gru-whole-s1" / trials.RESULT, {"trial": {}, "fingerprint": {}})
    with pytest.raises(Refusal, match="nothing_compared"):
        trials.results(tmp_path)
