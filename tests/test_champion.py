"""The champion in words: why it, and how the rules and chance stand beside it."""

import json
import statistics

import pytest

from core.__main__ import main
from core.detection import selection, trials
from core.report import champion, digest, sections
from core.settings import Workspace
from tests.test_app import opened
from tests.tiny_workspace import make


def result(kind: str, valid: float, seed: int = 1, seconds: float = 1.0, test: float = 0.5, base_rate: float = 0.03) -> dict:
    """A trial as its folder tells it, with figures on several-line errors."""
    row = {"model": kind, "scope": "several", "auprc_low": 0.0, "auprc_high": 1.0, "base_rate": base_rate, "oracle_ratio": None,
           "precision_at": {}, "recall_at": {}, "flagged": None, "curve": [], "reliability": [], "ece": None, "lines": 9}  # fmt: skip
    made = {} if kind == "rules" else {"model": f"{kind}-x", "measure_seconds": seconds, "fit_seconds": 3.0}
    rows = [row | {"population": name, "auprc": value} for name, value in (("valid", valid), ("test", test))]
    return {"trial": {"kind": kind, "seed": seed, "variant": "whole"}, "rows": rows} | made


def told(results: list[dict], language: str = "fr") -> tuple[str, str, list[str]]:
    chosen, rows = selection.select(results), selection.summary(results)
    return champion.why(chosen, language), champion.rules(chosen, rows, language), champion.cautions(chosen, rows, language)


def test_a_candidate_alone_is_called_so():
    why, _, _ = told([result("gru", 0.064), result("rules", 0.082)])
    assert "seul candidat" in why and "0,064" in why and "–" not in why


def test_rules_that_do_better_than_the_champion_are_named():
    _, rules, cautions = told([result("gru", 0.064), result("rules", 0.082)])
    assert "pas candidates" in rules and "0,082" in rules and "0,064" in rules
    assert len(cautions) == 1 and "les règles font au moins aussi bien" in cautions[0]
    assert told([result("gru", 0.64), result("rules", 0.082)])[2] == []


def test_a_champion_no_better_than_chance_is_named():
    _, _, cautions = told([result("gru", 0.02, test=0.03)])
    assert ["en validation" in cautions[0], "sur le test" in cautions[1]] == [True, True]


@pytest.mark.parametrize(("errors", "few"), [(1, True), (29, True), (30, False), (None, False)])
def test_too_few_errors_to_tell_are_said(errors, few):
    made = result("gru", 0.4)
    for row in made["rows"]:
        row["errors"] = errors if row["population"] == "valid" else 2
    cautions = told([made, result("forest", 0.2)])[2]
    assert [f"n'a que {errors} erreurs" in one for one in cautions] == [True] * few


def test_kinds_with_fewer_seeds_than_others_are_named_and_the_choice_stays_that_of_the_criterion():
    unfinished = [*(result("gru", value, seed) for seed, value in enumerate((0.50, 0.52, 0.51), 1)), result("lstm", 0.53)]
    assert selection.select(unfinished)["champion"] == "lstm"
    french, english = (told(unfinished, language)[2] for language in ("fr", "en"))
    assert ["« LSTM concomitant » (1)" in one.replace("\u202f", " ") and "--seeds 3" in one and "GRU" not in one for one in french] == [True]
    assert ["“Concomitant LSTM” (1)" in one and "fewer seeds than the others (3)" in one for one in english] == [True]
    assert told([*unfinished, result("lstm", 0.54, 2), result("lstm", 0.53, 3)])[2] == []


@pytest.mark.parametrize(("other", "wide"), [(0.80, True), (0.24, False)])
def test_a_margin_of_more_than_a_fifth_of_the_best_is_said(other, wide):
    seeds = [result("gru", 0.20, 1, 9.0), result("gru", other, 2, 9.0), result("forest", 0.10, 1), result("forest", 0.11, 2)]
    chosen = selection.select(seeds)
    assert chosen["champion"] == ("forest" if wide else "gru")
    assert ["un cinquième du meilleur" in one and "0,4243" in one for one in told(seeds)[2]] == [True] * wide
    assert "wide" not in selection.beside(selection.select(seeds[:2]), selection.summary(seeds[:2]))["cautions"]  # nothing to choose


def test_rules_that_were_not_measured_are_said_to_be_no_candidate():
    _, rules, cautions = told([result("gru", 0.4), result("forest", 0.2)], "en")
    assert "no candidate" in rules and "not measured" in rules and cautions == []


def test_the_rules_stand_below_the_candidates():
    results = [result("gru", 0.4, seconds=0.75), result("forest", 0.2), result("rules", 0.1)]
    rows = sections.candidate_rows(selection.select(results), selection.summary(results), "fr")
    assert [row[0] for row in rows] == ["GRU concomitant", "Forêt, ligne seule", "Règles (pas candidates)"]
    assert [row[2] for row in rows] == ["0,400", "0,200", "0,100"]
    assert rows[0][-1] == "0,75"


def kept(workspace: Workspace, *results: dict) -> None:
    for each in results:
        trials.write(workspace.models / "compare" / trials.name_of(each) / trials.RESULT, each)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_select_speaks_of_models_by_name_in_numbers_of_the_language(tmp_path, capsys, language):
    kept(Workspace(tmp_path), result("forest", 0.22011, 1), result("forest", 0.22411, 2), result("rules", 0.3))
    assert main(["select", "--workspace", str(tmp_path), "--lang", language]) == 0
    said = capsys.readouterr().out
    name, value, rules = {"fr": ("Forêt, ligne seule", "0,222", "0,300"), "en": ("Forest, line alone", "0.222", "0.300")}[language]
    assert name in said and value in said and rules in said
    assert "0.22211" not in said and ": -" not in said and "Attention" * (language == "fr") in said


def test_select_tells_programs_how_the_rules_stand(tmp_path, capsys):
    kept(Workspace(tmp_path), result("gru", 0.064), result("rules", 0.082))
    assert main(["select", "--workspace", str(tmp_path), "--json"]) == 0
    chosen = json.loads(capsys.readouterr().out)
    assert chosen["reason"] == "only_candidate"
    assert chosen["beside"] == {"champion": 0.064, "rules": 0.082, "base_rate": 0.03, "cautions": ["rules", "unloadable"]}


def test_the_page_of_models_says_how_the_rules_stand(tmp_path, monkeypatch):
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path / "w"))
    make(tmp_path / "w")
    app = opened("models")
    assert not app.exception
    assert any("Les règles ne sont pas candidates" in each.value and "0,081" in each.value for each in app.markdown)


def test_the_spread_over_seeds_is_that_of_a_sample():
    seeds = [0.496, 0.501, 0.516]
    results = [result("lstm", value, seed) for seed, value in enumerate(seeds, 1)]
    wide = statistics.stdev(seeds)
    assert selection.spread(seeds) == pytest.approx(wide) and selection.spread(seeds[:1]) == 0
    assert selection.select(results)["margin"] == pytest.approx(wide, abs=1e-5)
    assert {row["auprc_sd"] for row in selection.summary(results) if row["population"] == "valid"} == {round(wide, 5)}
    near = statistics.mean(seeds) - 0.95 * wide
    assert selection.select([*results, result("gru", near, seconds=0.5)])["champion"] == "gru"


def test_the_shipped_champion_follows_from_the_figures_beside_it():
    kept = digest.shipped()
    chosen = kept["chosen"]
    best, *others = chosen["candidates"]
    row = digest.picked(kept["rows"], model=best["model"], variant="whole", scope="several", population="valid")[0]
    assert chosen["margin"] == pytest.approx(row["auprc_sd"], abs=2e-5)
    near = [each for each in others if each["validation_auprc"] >= best["validation_auprc"] - chosen["margin"]]
    equals = sorted([best, *near], key=lambda each: each["measure_seconds"])
    assert chosen["equals"] == [each["model"] for each in equals] and chosen["champion"] == equals[0]["model"]
