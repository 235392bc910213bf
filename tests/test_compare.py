"""Models side by side: nothing is done twice, the champion is named on validation alone."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.__main__ import main
from core.commands import compare, train
from core.data import store
from core.data.store import Tables
from core.detection import (
    comparison,
    evaluation,
    metrics,
    model,
    selection,
    sources,
    targets,
    training,
    trials,
    withheld,
)
from core.detection.predict import score_lines
from core.detection.sequences import prepare
from core.errors import Refusal
from core.knowledge import rules
from core.schema import SEVERAL_LINE_TYPES
from core.settings import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    path = tmp_path_factory.mktemp("compared")
    assert main(["simulate", "--workspace", str(path), "--stays", "220", "--seed", "4", "--json"]) == 0
    assert main([*COMMAND, str(path)]) == 0
    return path


COMMAND = [
    "compare",
    "--seeds",
    "1",
    "--epochs",
    "1",
    "--models",
    "rules",
    "plain_gru",
    "plain_lstm",
    "--json",
    "--workspace",
]


def test_the_commands_know_every_kind_and_every_idea():
    """Written out in the commands so that --help does not load torch."""
    assert set(train.KINDS) == set(training.KINDS)
    assert compare.IDEAS == withheld.IDEAS


def test_what_is_done_is_not_done_again(workspace, capsys, monkeypatch):
    monkeypatch.setattr(trials, "learned", None)
    monkeypatch.setattr(trials, "measured", None)
    assert main([*COMMAND, str(workspace)]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {row["model"] for row in rows} == {"rules", "plain_gru", "plain_lstm"}
    assert {row["population"] for row in rows} == {"valid", "test"}
    assert (workspace / "models" / "compare" / "figures.csv").read_text("utf-8").startswith("model,variant,scope")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    path = tmp_path_factory.mktemp("fresh")
    assert main(["simulate", "--workspace", str(path), "--stays", "120", "--seed", "5", "--json"]) == 0
    return path


def test_trials_are_measured_on_fresh_stays_without_learning_again(workspace, fresh, capsys, monkeypatch):
    before = trials.results(workspace / "models" / "compare")
    monkeypatch.setattr(trials, "learned", None)
    capsys.readouterr()
    assert main([*COMMAND, str(workspace), "--fresh", str(fresh)]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    lines = {row["lines"] for result in trials.results(workspace / "models" / "compare") for row in result["rows"]
             if row["population"] == "fresh"}  # fmt: skip
    assert lines == {len(store.read_all(Workspace(fresh)).lines)}
    assert {row["model"] for row in rows if row["population"] == "fresh"} == {"rules", "plain_gru", "plain_lstm"}
    assert all(row["oracle_ratio"] for row in rows if row["population"] == "fresh" and row["base_rate"])
    for old, new in zip(before, trials.results(workspace / "models" / "compare"), strict=True):
        assert [row for row in new["rows"] if row["population"] != "fresh"] == old["rows"]
        assert new.get("measure_seconds") == old.get("measure_seconds")
    monkeypatch.setattr(trials, "measured", None)
    assert main([*COMMAND, str(workspace), "--fresh", str(fresh)]) == 0


def test_fresh_stays_of_which_models_learned_are_refused_before_learning(workspace, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(trials, "run", None)
    assert main([*COMMAND, str(workspace), "--fresh", str(workspace), "--lang", "en"]) == 2
    assert "of whom models learn" in capsys.readouterr().err
    assert main([*COMMAND, str(workspace), "--fresh", str(tmp_path), "--lang", "en"]) == 2
    assert "holds no line" in capsys.readouterr().err


def test_figures_of_parts_are_those_of_the_whole(workspace):
    """Stays measured part by part add up to the very figures of all at once, culprits, pairs and stays among them."""
    whole = sources.invented("main", 1000, 42, lambda **_: None)
    cut = whole[0].stays["stay_id"].iloc[:400]
    halves = [
        (Tables(*(frame[frame["stay_id"].isin(cut) == mine] for frame in vars(whole[0]).values())), whole[1])
        for mine in (True, False)
    ]
    made = model.shipped("lstm")
    together = evaluation.evaluate(made, [whole], "test")
    apart = evaluation.evaluate(made, halves, "test")
    for a, b in zip(together, apart, strict=True):
        assert a.keys() == b.keys()
        for name, value in a.items():
            assert b[name] == (pytest.approx(value, abs=5e-4) if isinstance(value, float | dict) else value), name


def test_the_champion_is_named_with_its_reason(workspace, capsys):
    assert main(["select", "--workspace", str(workspace), "--lang", "en", "--json"]) == 0
    chosen = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert chosen["champion"] in ("plain_gru", "plain_lstm")
    assert "validation" in chosen["criterion_in_words"]
    assert (workspace / "models" / "compare" / chosen["trial"] / "card.json").exists()


def result(kind: str, seed: int, valid: float, test: float, seconds: float = 1.0, variant: str = "whole") -> dict:
    rows = [{"model": kind, "scope": "several", "population": name, "auprc": value}
            for name, value in (("valid", valid), ("test", test))]  # fmt: skip
    return {"trial": {"kind": kind, "seed": seed, "variant": variant}, "rows": rows, "model": f"{kind}-x",
            "measure_seconds": seconds}  # fmt: skip


def test_the_test_part_has_no_say():
    two = [result("a", 1, 0.6, 0.1), result("b", 1, 0.5, 0.9)]
    assert selection.select(two)["champion"] == "a"


def test_among_equals_the_fastest_goes():
    two = [result("a", 1, 0.600, 0, seconds=9), result("b", 1, 0.598, 0, seconds=2)]
    assert selection.select(two)["champion"] == "b"
    assert selection.select(two)["reason"] == "fastest_of_equals"


def test_a_model_from_which_something_was_withheld_cannot_win():
    two = [result("a", 1, 0.9, 0, variant="without-time"), result("b", 1, 0.5, 0)]
    assert selection.select(two)["champion"] == "b"
    with pytest.raises(Refusal, match="nothing_to_select"):
        selection.select(two[:1])


def test_alerts_at_the_recall_of_the_rules():
    """A model that finds in 2 alerts of 100 what the rules find in 10 raises a fifth of their alerts."""
    rules = {"recall": 0.5, "alerts_per_100": 10.0}
    row = {"flagged": None, "curve": [[1, 1, 0.25], [2, 1, 0.5], [100, 0.1, 1.0]]}
    assert selection.alerts_to_rules(row, rules) == pytest.approx(0.2)


def test_alerts_at_the_recall_of_the_rules_are_those_of_the_lines_themselves():
    rng = np.random.default_rng(3)
    truth = rng.random(4000) < 0.03
    score = rng.random(4000) + 0.7 * truth
    rules = {"recall": 0.8, "alerts_per_100": 20.0}
    told = selection.alerts_to_rules(trials.more("several", truth, score, score / 2), rules)
    assert told == pytest.approx(metrics.alerts_for(truth, score, 0.8) / 20, rel=0.01)


def test_the_curve_of_lines_that_score_alike_is_the_mean_over_their_orders():
    truth = np.arange(1000) < 50
    alerts, precision, recall = np.array(trials.more("several", truth, np.zeros(1000), None)["curve"]).T
    assert recall == pytest.approx(np.maximum(1, np.round(10 * alerts)) / 1000, abs=1e-3) and precision == pytest.approx(0.05, abs=1e-3)




def test_trials_are_the_same_for_every_kind():
    made = trials.trials(["gru", "forest", "rules"], 2, ["time"], [1.0, 0.5], 0.3)
    by_kind = {kind: [(t.variant, t.seed) for t in made if t.kind == kind] for kind in ("gru", "forest")}
    assert by_kind["gru"] == by_kind["forest"]
    assert [variant for variant, seed in by_kind["gru"] if seed == 1] == [
        "whole",
        "without-time",
        "labels-0.5",
        "missing-0.3",
    ]


@pytest.mark.parametrize("wrong", [["--labels", "0"], ["--missing", "1"], ["--seeds", "0"]])
def test_a_share_or_number_that_makes_no_sense_is_refused(wrong, tmp_path, capsys):
    assert main(["compare", "--workspace", str(tmp_path), *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err


def test_nothing_compared_is_said(tmp_path, capsys):
    assert main(["select", "--workspace", str(tmp_path), "--lang", "en"]) == 2
    assert "compare" in capsys.readouterr().err


def test_alerts_that_find_as_much_as_the_rules_are_counted():
    """Beside a count by hand: the highest scores are taken until the recall of the rules is reached."""
    tables, oracle = sources.invented("main", 120, 41, lambda **_: None)
    made = model.shipped("gru")
    rows = comparison.compare([made], [(tables, oracle)], "test")
    seq = prepare(tables, made.words)
    truth = evaluation.judged(seq, tables, targets.targets(seq, tables.interventions), oracle).truth["several"]
    several = alerts[alerts["error_type"].isin(SEVERAL_LINE_TYPES)] if len(alerts := rules.detect(tables)) else alerts
    by_rules = np.isin(seq.line_ids, several["line_id"].to_numpy(dtype=object))
    order, needed, found = np.argsort(-score_lines(made, seq).several, kind="stable"), 0, 0
    while found < truth[by_rules].sum():
        found += truth[order[needed]]
        needed += 1
    told = {
        row["model"]: row["alerts_to_rules"]
        for row in rows
        if row["scope"] == "several" and row["population"] == "test"
    }
    assert truth[by_rules].sum() > 3
    assert told == {"rules": 1.0, "gru": pytest.approx(needed / by_rules.sum(), abs=1e-3)}


def test_stays_without_an_intervention_are_not_compared(workspace):
    tables = sources.stored(Workspace(workspace))
    with pytest.raises(Refusal, match="few_to_learn"):
        trials.field_of(replace(tables, interventions=tables.interventions.iloc[:0]), None, {})
