"""Where a label of the thesaurus counts for a line at all: its route, its dose, local treatments."""

from functools import cache

import numpy as np

from core.knowledge.conditions import FALSE, TRUE, UNKNOWN, Facts, holds
from core.knowledge.matrix import place_of
from core.knowledge.substances import read_facts
from core.schema import LOCAL_ROUTES


@cache
def restricted() -> dict[str, tuple[tuple[str, str], ...]]:
    """(substance or *, condition) by label."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in read_facts("label_conditions.csv"):
        found.setdefault(row["label"], []).append((row["substance"], row["when"]))
    return {label: tuple(rows) for label, rows in found.items()}


@cache
def local_routes() -> dict[str, frozenset[str]]:
    """Local routes by which a label or substance counts all the same."""
    found: dict[str, set[str]] = {}
    for row in read_facts("local_routes.csv"):
        found.setdefault(row["name"], set()).add(row["route"])
    return {name: frozenset(routes) for name, routes in found.items()}


def excluded_locally(facts: Facts, side: str, label: str) -> np.ndarray:
    """(n,) bool: the line is a local treatment that this label does not speak of."""
    local = np.isin(facts.route[side], LOCAL_ROUTES) & ~np.isin(facts.route[side], list(local_routes().get(label, ())))
    for name, routes in local_routes().items():
        if name in place_of() and local.any():
            local &= ~((facts.place[side] == place_of()[name]) & np.isin(facts.route[side], list(routes)))
    return local


def applies(facts: Facts, side: str, label: str) -> np.ndarray:
    """(n,) 1, 0 or -1: whether the label counts for the line of this side."""
    value = np.where(excluded_locally(facts, side, label), FALSE, TRUE)
    seen = facts if side == "a" else facts.swapped()
    left = np.ones(facts.size, bool)
    for key, when in restricted().get(label, ()):
        here = left & ((facts.place[side] == place_of()[key]) if key != "*" else True)
        if here.any():
            value = np.where(here & (value == TRUE), holds(seen, when), value)
        left &= ~here
    return np.where((facts.place[side] < 0) & (value == TRUE) & (label in restricted()), UNKNOWN, value)
