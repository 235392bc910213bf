"""Sentences by key, French first: ``assets/i18n/<language>/<room>.toml`` read once.

The name of a file is the first part of the key: ``errors.empty_file`` stands in
``errors.toml`` under ``empty_file``.
"""

import tomllib
from functools import cache

from core.settings import ROOT

LANGUAGES = ("fr", "en")
FOLDER = ROOT / "assets" / "i18n"


def flatten(tree: dict, prefix: str = "") -> dict[str, str]:
    """Nested tables as one level of dotted keys."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        flat |= flatten(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


@cache
def sentences(language: str) -> dict[str, str]:
    """Every sentence of one language by its dotted key."""
    return flatten(
        {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((FOLDER / language).glob("*.toml"))}
    )


def t(key: str, language: str = "fr", **values: object) -> str:
    """The sentence of ``key`` with its slots filled; a missing key raises KeyError."""
    return sentences(language)[key].format(**values)
