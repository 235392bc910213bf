"""What Python's argparse says, in the language that was asked for.

argparse takes its sentences from gettext, whose catalogues are compiled files; ours stand among the other sentences,
in ``argparse.toml``: in English those of argparse, word for word, and beside them the French ones.
"""

import argparse
from functools import partial

from core.i18n import sentences


def speak(language: str) -> None:
    """Parsers speak this language from now on."""
    argparse._ = partial(told, language)
    argparse.ngettext = partial(counted, language)


def told(language: str, sentence: str) -> str:
    """A sentence of argparse in another language; as it is where it is not known."""
    return catalogue(language).get(sentence, sentence)


def counted(language: str, one: str, many: str, count: int) -> str:
    return told(language, one if count == 1 else many)


def catalogue(language: str) -> dict[str, str]:
    """Sentences of a language by those of argparse."""
    theirs, ours = sentences("en"), sentences(language)
    return {theirs[key]: ours[key] for key in ours if key.startswith("argparse.")}
