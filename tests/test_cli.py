"""The command line: every station explains itself, in both languages, and refuses with 2."""

import argparse
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.__main__ import build_parser, main
from core.commands import STATIONS, explain, telling
from core.data.store import Tables
from core.errors import Refusal
from core.i18n import t
from tests import small_stays as small

ALERT = {"line_id": "S1-00-0", "error_type": "6.2", "at": small.hour(26), "score": 0.5}
WHY = {
    "lines": [{"line_id": "S1-00-1", "attribution": -1.25}, {"line_id": "S1-00-5", "attribution": 0.1}], "trusted": True,
    "features": [{"name": "potassium", "attribution": 0.5, "value": 6.1}, {"name": "age", "attribution": 0.2, "value": 81.0},
                 *({"name": name, "attribution": 0.1} for name in ("sex", "ward", "route", "diagnoses"))],
    "pairs": [{"a": "S1-00-0", "b": "S1-00-1", "effect": 0.75}],
}  # fmt: skip
STAYS = Tables(small.stays(), small.lines(), small.observations(), small.interventions())


def leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command of the parser as the words that call it."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        return [path]
    return [
        leaf for action in nested for name, child in action.choices.items() for leaf in leaves(child, (*path, name))
    ]


COMMANDS = leaves(build_parser("fr"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command, language, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--lang", language, "--help"])
    assert stop.value.code == 0
    assert "--json" in capsys.readouterr().out


class Station:
    """A station whose only command answers or refuses."""

    def __init__(self, answer):
        self.answer = answer

    def add(self, commands, shared, language):
        commands.add_parser("probe", parents=[shared]).set_defaults(run=self.run)

    def run(self, options):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_refusal_is_a_sentence_and_exit_code_two(monkeypatch, capsys):
    monkeypatch.setattr("core.__main__.STATIONS", (Station(Refusal("language", wanted="de")),))
    assert main(["probe", "--lang", "en"]) == 2
    assert "de" in capsys.readouterr().err


def test_the_last_thing_printed_is_one_json_object(monkeypatch, capsys):
    monkeypatch.setattr("core.__main__.STATIONS", (Station({"lignes": 3}),))
    assert main(["probe", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"lignes": 3}


def test_a_process_that_only_helps_another_prints_no_answer(monkeypatch, capsys):
    monkeypatch.setattr("core.__main__.STATIONS", (Station(None),))
    assert main(["probe", "--json"]) == 0
    assert capsys.readouterr().out == ""


def test_a_ward_that_the_stay_does_not_say_is_no_nan(capsys):
    explain.show(ALERT, WHY, replace(STAYS, stays=STAYS.stays.assign(ward=None)), "en")
    assert "Ward\n" in capsys.readouterr().out


ENGLISH = [["--lang=en", "probe"], ["--lang", "en", "probe"], ["probe", "--lang=en"], ["probe", "--lang", "en"], ["probe", "--lan", "en"]]


@pytest.mark.parametrize("words", ENGLISH, ids=" ".join)
def test_the_language_is_heard_however_it_is_written_and_on_either_side_of_the_command(words, monkeypatch, capsys):
    monkeypatch.setattr("core.__main__.STATIONS", (Station(Refusal("no_drugs")),))
    assert main(words) == 2
    assert capsys.readouterr().err.strip() == t("errors.no_drugs", "en")


@pytest.mark.parametrize("words", [["--json", "probe"], ["probe", "--json"], ["--json", "probe", "--json"]], ids=" ".join)
def test_json_is_heard_on_either_side_of_the_command(words, monkeypatch, capsys):
    monkeypatch.setattr("core.__main__.STATIONS", (Station({"lines": 3}),))
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out) == {"lines": 3}


def test_json_and_language_stand_before_an_action_as_well(capsys):
    assert main(["knowledge", "--json", "--lang=en", "coverage"]) == 0
    assert "references" in json.loads(capsys.readouterr().out)


def test_an_action_that_is_missing_is_called_so(capsys):
    for command in ("knowledge", "register", "labels"):
        with pytest.raises(SystemExit):
            main([command])
        assert "il manque : action" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([])
    assert "il manque : commande" in capsys.readouterr().err


def test_stations_are_named_once():
    assert len(STATIONS) == len(set(STATIONS))


@pytest.mark.parametrize(("language", "sign"), [("fr", ","), ("en", ".")])
def test_figures_of_the_terminal_have_the_decimal_sign_of_the_language(language, sign, capsys):
    telling.teller(language)(epoch=2, loss=0.123456, validation=0.67)
    explain.show(ALERT, WHY, STAYS, language)
    told = "".join(capsys.readouterr())
    for figure in ("0.1235", "0.6700", "0.500", "-1.250", "+0.500", " 6.1 mmol/L", "+0.750"):
        assert figure.replace(".", sign) in told


@pytest.mark.parametrize(("language", "words"), [
    ("fr", ("Ligne warfarine 5 mg, orale (S1-00-0)", "Interaction, précaution d’emploi (6.2), 11 mars 2025 10:00", "-1,250  amiodarone 200 mg",
            "Kaliémie 6,1 mmol/L", "Âge 81 ans", "Sexe Femme", "Unité Cardiologie", "Voie\n", "Diagnostics I48\n",
            "warfarine 5 mg, orale (S1-00-0) + amiodarone 200 mg, orale (S1-00-1)", "Remède inconnu au nom vraiment très long")),
    ("en", ("Line warfarin 5 mg, oral (S1-00-0)", "(6.2), 11 Mar 2025 10:00", "-1.250  amiodarone 200 mg", "Potassium 6.1 mmol/L",
            "Age 81 years", "Sex Woman", "Ward Cardiology")),
])  # fmt: skip
def test_an_explanation_at_the_terminal_has_the_words_of_the_app(language, words, capsys):
    explain.show(ALERT, WHY, STAYS, language)
    told = capsys.readouterr().out
    assert not [each for each in words if each not in told], told


def test_the_time_left_is_that_of_the_model_in_hand(monkeypatch, capsys):
    """A comparison teaches one model after another: the second's first pass did not begin with the first's."""
    clock = iter([0.0, 100.0, 1000.0, 1010.0])
    monkeypatch.setattr(telling, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    tell = telling.teller("en")
    for done in (0, 10, 0, 5):
        tell(epoch=0, done=done, total=10)
    assert "5 of 10, about 10 s left" in capsys.readouterr().err
