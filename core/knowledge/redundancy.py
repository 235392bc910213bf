"""Curated groups of one pharmacological effect: two of a group at once are redundant."""

from functools import cache
from typing import NamedTuple

import numpy as np

from core.knowledge.matrix import place_of
from core.knowledge.substances import all_substances, read_facts, substance

ATC_LENGTHS = (3, 4, 5, 7)


def belongs(item, member: str) -> bool:
    """Whether a substance is the member named, or bears the ATC prefix."""
    return item.key == member or (member.isupper() and len(member) in ATC_LENGTHS and item.atc.startswith(member))


@cache
def groups() -> dict[str, frozenset[str]]:
    """Substance keys by group."""
    found: dict[str, set[str]] = {}
    for row in read_facts("redundancy.csv"):
        spared = set(row["except"].split("+"))
        keys = {item.key for item in all_substances() if belongs(item, row["member"]) and item.key not in spared}
        found.setdefault(row["group"], set()).update(keys)
    return {group: frozenset(keys) for group, keys in found.items()}


@cache
def facts_of_group() -> dict[str, tuple[str, str]]:
    """Routes (systemic or inhaled) and source by group."""
    return {row["group"]: (row["routes"], row["source"]) for row in read_facts("redundancy.csv")}


class TooMany(NamedTuple):
    """Why two substances are too many together: the group that names both, its source, whether they must never be."""

    group: str
    source: str
    never: bool


def banned(row: dict, a: str, b: str) -> bool:
    """Whether a row of what must never be together has the first of two substances for its one, the second for the other."""
    one = substance(a)
    return a != b and one is not None and belongs(one, row["one"]) and b in groups()[row["other"]]


@cache
def too_many(a: str, b: str) -> tuple[TooMany, ...]:
    """What must never be before all groups that hold both; none for one substance twice."""
    never = [row for row in read_facts("never_together.csv") if banned(row, a, b) or banned(row, b, a)]
    if never:
        return (TooMany(never[0]["told"], never[0]["source"], True),)
    return tuple(TooMany(group, facts_of_group()[group][1], False) for group in shared_groups(a, b))


@cache
def dense_never() -> np.ndarray:
    """(n + 1, n + 1) bool: two substances that must never be together; diagonal and last row are false."""
    never = np.zeros((len(place_of()) + 1,) * 2, bool)
    for row in read_facts("never_together.csv"):
        one = [place_of()[item.key] for item in all_substances() if belongs(item, row["one"])]
        other = [place_of()[key] for key in groups()[row["other"]]]
        never[np.ix_(one, other)] = True
    never |= never.T
    np.fill_diagonal(never, False)
    never.flags.writeable = False
    return never


@cache
def group_matrix() -> np.ndarray:
    """(n + 1, groups) bool, in the order of ``groups()``; the last row, a substance not known, is empty."""
    places, table = place_of(), np.zeros((len(place_of()) + 1, len(groups())), bool)
    for column, keys in enumerate(groups().values()):
        table[[places[key] for key in keys], column] = True
    table.flags.writeable = False
    return table


@cache
def dense_same_class() -> np.ndarray:
    """(n + 1, n + 1) bool: two different substances of one group; diagonal and last row are false."""
    table = group_matrix().astype(np.int16)
    same = (table @ table.T) > 0
    np.fill_diagonal(same, False)
    same.flags.writeable = False
    return same


@cache
def shared_groups(a: str, b: str) -> tuple[str, ...]:
    """Groups that hold both substances."""
    return tuple(group for group, keys in groups().items() if a in keys and b in keys and a != b)
