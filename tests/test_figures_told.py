"""Figures as a terminal shows them: whose they are, on what, and what the oracle is worth there."""

import json

from core.__main__ import main
from core.commands import figures
from core.commands.rows import afresh, population, written
from core.report.populations import no_ceiling
from core.report.words import rate
from core.settings import TRAINED


def test_each_source_of_figures_has_its_heading(capsys):
    assert main(["figures"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert [head.split()[0] for head in heads] == ["Fiches", "Course"]
    new = [line for line in lines if "jamais vues" in line and "de l'oracle" in line]
    assert new and all("pas un plafond" in line for line in new)
    assert not any("plafond" in line for line in lines if "jamais vues" not in line)


def test_the_oracle_is_no_ceiling_where_known_errors_are_left_out():
    assert [no_ceiling(name) for name in ("test", "fresh", "unseen_pairs", "fresh_unseen_substances")] == [False, False, True, True]
    row = {"model": "plain_lstm", "scope": "single", "population": "fresh_unseen_substances", "auprc": 0.068, "auprc_low": 0.038,
           "auprc_high": 0.13, "base_rate": 6e-05, "oracle_ratio": 3.295}  # fmt: skip
    assert "329.5% of the oracle, which is no ceiling here" in written(row, "en")


def test_a_very_small_rate_is_not_rounded_away():
    assert [rate(value, "en") for value in (0.0268, 0.0006, 6e-05, 0.0, None)] == ["2.7%", "0.06%", "0.006%", "0.0%", "–"]
    assert rate(0.0268, "fr", 2) == "2,68\u202f%"


def test_stays_made_afresh_are_called_so(capsys):
    command = ["evaluate", "--stays", "20", "--seed", "70", "--model", str(TRAINED / "lstm"), "--lang", "en"]
    assert main(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert said and all("invented stays made afresh" in line and "· test" not in line for line in said)
    assert main([*command, "--json"]) == 0
    assert {row["population"] for row in json.loads(capsys.readouterr().out)} == {"test"}
    assert population(afresh("unseen_pairs"), "fr") == "séjours inventés à neuf, paires jamais vues"


def test_a_shipped_card_that_is_damaged_is_said_to_be_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(figures, "TRAINED", tmp_path)
    (tmp_path / "gru").mkdir()
    (tmp_path / "gru" / "card.json").write_text("{", "utf-8")
    assert main(["figures"]) == 2
    assert "gru/card.json" in capsys.readouterr().err
