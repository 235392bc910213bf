"""What argparse says of a command line that it cannot read, in the language that was asked for."""

import argparse
import inspect

import pytest

from core.__main__ import main
from core.i18n import sentences

WRONG = {
    "train --bogus": "arguments inconnus : --bogus",
    "labels": "il manque : ",
    "train --epochs x": "argument --epochs : 'x' n'est pas une valeur possible",
    "train --model x": "'x' n'est pas un choix possible (au choix : 'gru', 'lstm'",
    "train --epochs": "il faut une valeur",
    "compare --models": "il faut une valeur au moins",
    "figures --json=3": "cette option ne prend pas de valeur : '3'",
    "train --s 3": "option ambiguë : --s peut être --",
}


def stopped(capsys, *words: str) -> str:
    with pytest.raises(SystemExit):
        main([*words])
    told = capsys.readouterr()
    return told.out + told.err


@pytest.mark.parametrize("line", WRONG)
def test_a_command_line_that_cannot_be_read_is_refused_in_french(line, capsys):
    said = stopped(capsys, *line.split())
    assert WRONG[line] in said and said.startswith("usage : ")
    assert not [word for word in ("error", "invalid", "required", "expected") if word in said.splitlines()[-1]]


def test_help_is_french_or_english(capsys):
    french, english = (stopped(capsys, "figures", "--help", *lang) for lang in ((), ("--lang", "en")))
    assert "usage : " in french and "options :" in french and "montre cette aide" in french
    assert "usage: " in english and "options:" in english and "show this help message and exit" in english


@pytest.mark.parametrize("key", [key for key in sentences("en") if key.startswith("argparse.")])
def test_the_english_sentences_are_those_of_argparse(key):
    """A version of Python that says something else makes this red, not the French silent."""
    assert repr(sentences("en")[key])[1:-1] in inspect.getsource(argparse).replace("'\n", "").replace('"', "'")
