"""Drugs as facts: key, names, ATC code and the interaction classes of the national thesaurus.

A key is the French DCI as the thesaurus writes it, lower case and without accents.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.settings import REFERENCE, default_workspace

THESAURUS_FILES = ("pairs.csv", "classes.csv", "substances.csv")

LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "‘": "'", "´": "'", "µ": "u", "μ": "u"}
)


@dataclass(frozen=True)
class Substance:
    """One active substance; ``listed`` is true when the index of the thesaurus knows it."""

    key: str
    name_fr: str
    name_en: str
    atc: str
    listed: bool
    classes: tuple[str, ...]


def key_of(text: str) -> str:
    """Lower case, no accents, ligatures split, one space between words, broken hyphens mended."""
    plain = unicodedata.normalize("NFKD", str(text).translate(LIGATURES)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"(?<=\w)- ", "-", " ".join(plain.split()))


def thesaurus_in_use() -> Path:
    """Where a newer edition lies that this workspace has put into use."""
    return default_workspace().path / "knowledge" / "thesaurus"


def path_of(name: str) -> Path:
    """A reference file: that of the workspace's own edition of the thesaurus, else the shipped one."""
    own = thesaurus_in_use() / name
    return own if name in THESAURUS_FILES and own.exists() else REFERENCE / name


def read_facts(name: str) -> list[dict[str, str]]:
    """Rows of one reference file, its '#' lines left out."""
    with path_of(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def classes_of() -> dict[str, tuple[str, ...]]:
    """Interaction classes by substance key."""
    found: dict[str, list[str]] = {}
    for row in read_facts("classes.csv"):
        found.setdefault(row["substance"], []).append(row["class"])
    return {key: tuple(sorted(classes)) for key, classes in found.items()}


@cache
def substances_by_key() -> dict[str, Substance]:
    return {
        row["key"]: Substance(
            row["key"], row["name_fr"], row["name_en"], row["atc"], row["thesaurus"] == "listed",
            classes_of().get(row["key"], ()),
        )
        for row in read_facts("substances.csv")
    }  # fmt: skip


def substance(key: str) -> Substance | None:
    """The substance of a key or of its name with accents; None when unknown."""
    return substances_by_key().get(key) or substances_by_key().get(key_of(key))


def all_substances() -> tuple[Substance, ...]:
    """Every substance, ordered by key."""
    return tuple(substances_by_key().values())


@cache
def members_of() -> dict[str, tuple[str, ...]]:
    """Substances by class label."""
    found: dict[str, list[str]] = {}
    for key, classes in classes_of().items():
        for label in classes:
            found.setdefault(label, []).append(key)
    return {label: tuple(sorted(keys)) for label, keys in found.items()}
