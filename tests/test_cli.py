"""The command line: every station explains itself, in both languages, and refuses with 2."""

import argparse
import json
from types import SimpleNamespace

import pytest

from core.__main__ import build_parser, main
from core.commands import STATIONS, explain, telling
from core.errors import Refusal


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


def test_stations_are_named_once():
    assert len(STATIONS) == len(set(STATIONS))


@pytest.mark.parametrize(("language", "sign"), [("fr", ","), ("en", ".")])
def test_figures_of_the_terminal_have_the_decimal_sign_of_the_language(language, sign, capsys):
    telling.teller(language)(epoch=2, loss=0.123456, validation=0.67)
    why = {"lines": [{"line_id": "l1", "attribution": -1.25}], "features": [{"name": "potassium", "attribution": 0.5, "value": 6.1}],
           "pairs": [{"a": "l1", "b": "l2", "effect": 0.75}], "trusted": True}  # fmt: skip
    explain.show({"line_id": "l1", "error_type": "6.2", "at": "2025-01-01", "score": 0.5}, why, language)
    told = "".join(capsys.readouterr())
    for figure in ("0.1235", "0.6700", "0.500", "-1.250", "+0.500", "potassium 6.1", "+0.750"):
        assert figure.replace(".", sign) in told


def test_the_time_left_is_that_of_the_model_in_hand(monkeypatch, capsys):
    """A comparison teaches one model after another: the second's first pass did not begin with the first's."""
    clock = iter([0.0, 100.0, 1000.0, 1010.0])
    monkeypatch.setattr(telling, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    tell = telling.teller("en")
    for done in (0, 10, 0, 5):
        tell(epoch=0, done=done, total=10)
    assert "5 of 10, about 10 s left" in capsys.readouterr().err
