"""Models side by side: nothing is done twice, the champion is named on validation alone."""

import json

import numpy as np
import pytest

from core.__main__ import main
from core.commands import compare, train
from core.detection import comparison, evaluation, model, selection, sources, targets, training, trials, withheld
from core.detection.predict import score_lines
from core.detection.sequences import prepare
from core.errors import Refusal
from core.knowledge import rules
from core.schema import SEVERAL_LINE_TYPES


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
    monkeypatch.setattr(trials, "learned_rows", None)
    monkeypatch.setattr(trials, "rules_rows", None)
    assert main([*COMMAND, str(workspace)]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {row["model"] for row in rows} == {"rules", "plain_gru", "plain_lstm"}
    assert {row["population"] for row in rows} == {"valid", "test"}
    assert (workspace / "models" / "compare" / "figures.csv").read_text("utf-8").startswith("model,variant,scope")


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
    rows = comparison.compare([made], tables, oracle, "test", lambda **_: None)
    seq = prepare(tables, made.words)
    truth = evaluation.judged(seq, tables, targets.targets(seq, tables.interventions), oracle).truth["several"]
    several = alerts[alerts["error_type"].isin(SEVERAL_LINE_TYPES)] if len(alerts := rules.detect(tables)) else alerts
    by_rules = np.isin(seq.line_ids, several["line_id"].to_numpy(dtype=object))
    order, needed, found = np.argsort(-score_lines(made, seq).several, kind="stable"), 0, 0
    while found < truth[by_rules].sum():
        found += truth[order[needed]]
        needed += 1
    told = {row["model"]: row["alerts_to_rules"] for row in rows if row["scope"] == "several" and row["population"] == "test"}
    assert truth[by_rules].sum() > 3
    assert told == {"rules": 1.0, "gru": pytest.approx(needed / by_rules.sum(), abs=1e-3)}
