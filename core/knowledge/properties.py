"""Pharmacological properties of drugs: what they do, and how strongly, whatever the pair or the patient."""

from functools import cache

import numpy as np

from core.knowledge.substances import read_facts

LOCALLY_TOO = ("k_depleting",)  # inhaled beta-agonists lower potassium (RCP VENTOLINE, 4.8); the rest needs the blood


@cache
def facts() -> tuple[tuple[str, str, float], ...]:
    """Key (a substance, or an ATC prefix that ends in ``*``), property and strength, 1 being ordinary."""
    return tuple((row["key"], row["property"], float(row["strength"])) for row in read_facts("mechanisms.csv"))


@cache
def property_names() -> tuple[str, ...]:
    """Every property, in the order of the columns of ``strengths``."""
    return tuple(sorted({name for _, name, _ in facts()}))


@cache
def strengths(substances: tuple[str, ...], atc: str, local: bool) -> np.ndarray:
    """(properties,) the strongest row that names a substance or a class of a drug; 0 where it has none."""
    found, column = np.zeros(len(property_names())), {name: i for i, name in enumerate(property_names())}
    for key, name, strength in facts():
        fits = atc.startswith(key[:-1]) if key.endswith("*") else key in substances
        if fits and (not local or name in LOCALLY_TOO):
            found[column[name]] = max(found[column[name]], strength)
    found.flags.writeable = False
    return found
