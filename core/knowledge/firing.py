"""Which entries of the thesaurus fire for which pairs of substances, for many pairs at once."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.knowledge.conditions import BITS, FALSE, TRUE, Facts, Row, both, possible, rows_of_pairs, unknown_facts
from core.knowledge.scope import applies, restricted
from core.knowledge.substances import all_substances, members_of, read_facts, substances_by_key
from core.schema import LOCAL_ROUTES

Levels = tuple[np.ndarray, np.ndarray, np.ndarray]  # bits of the levels, row that holds or -1, bits of the rows not known


@dataclass(frozen=True)
class Entry:
    """One pair of labels with its levels, strongest first."""

    a: str
    b: str
    levels: tuple[str, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Curated conditions, as long as they speak of just the levels of this edition."""
        found = rows_of_pairs().get((self.a, self.b), ())
        return found if {row.level for row in found} - {"none"} == set(self.levels) else ()

    @property
    def conditional(self) -> bool:
        """Whether anything but the names of the substances matters, or several levels stand side by side."""
        return bool(self.rows) or self.a in restricted() or self.b in restricted()


@dataclass(frozen=True)
class Judged:
    """Entries that fire: ``pair`` is the row of the facts, ``bits`` the levels that may apply (BITS),
    ``row`` the curated condition that holds or -1, ``left`` the conditions before it that nobody knows, as bits,
    ``swapped`` when side a of the entry is side b."""

    pair: np.ndarray
    entry: np.ndarray
    swapped: np.ndarray
    bits: np.ndarray
    row: np.ndarray
    left: np.ndarray


@cache
def entries() -> tuple[Entry, ...]:
    """Every pair of labels in the order of the reference; conditional pairs in the order of their conditions."""
    turned = {tuple(sorted(pair)): pair for pair in rows_of_pairs()}
    found = []
    for row in read_facts("pairs.csv"):
        a, b = turned.get((row["a"], row["b"]), (row["a"], row["b"]))
        found.append(Entry(a, b, tuple(row["levels"].split("+"))))
    return tuple(found)


@cache
def bearers(label: str) -> np.ndarray:
    """Places of the substances that a label stands for."""
    keys = set(members_of().get(label, ())) | ({label} & substances_by_key().keys())
    places = {item.key: place for place, item in enumerate(all_substances())}
    return np.array(sorted(places[key] for key in keys), np.int64)


@cache
def firing() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(m,) sorted codes low * n + high, with entry and swapped, of every pair of different substances."""
    size, codes, numbers, turned = len(all_substances()), [], [], []
    for number, entry in enumerate(entries()):
        left, right = (side.ravel() for side in np.meshgrid(bearers(entry.a), bearers(entry.b), indexing="ij"))
        code = np.minimum(left, right) * size + np.maximum(left, right)
        codes.append(code[left != right])
        turned.append((left > right)[left != right])
        numbers.append(np.full(codes[-1].size, number))
    code, number, swapped = map(np.concatenate, (codes, numbers, turned))
    order = np.lexsort((swapped, number, code))
    code, number, swapped = code[order], number[order], swapped[order]
    again = np.r_[False, (code[1:] == code[:-1]) & (number[1:] == number[:-1])] & ~conditional()[number]
    return code[~again], number[~again], swapped[~again]


@cache
def conditional() -> np.ndarray:
    return np.array([entry.conditional for entry in entries()])


@cache
def fixed_bits() -> np.ndarray:
    """Bits of the levels of each entry as it is printed."""
    return np.array([sum(BITS[level] for level in entry.levels) for entry in entries()], np.int8)


@cache
def slots() -> tuple[np.ndarray, np.ndarray]:
    """(n + 1, n + 1) first place in ``firing()`` and number of entries of each pair; the last row is no substance."""
    size = len(all_substances())
    codes, first, count = np.unique(firing()[0], return_index=True, return_counts=True)
    low, high = np.divmod(codes, size)
    starts, counts = np.zeros((size + 1, size + 1), np.int32), np.zeros((size + 1, size + 1), np.int32)
    starts[low, high], counts[low, high] = first, count
    starts[high, low], counts[high, low] = first, count
    return starts, counts


@cache
def by_names() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(bits, row that holds, rows not known) of each place of ``firing()`` as far as the names alone tell.

    More facts only narrow what is possible, so an entry with one level left here is settled.
    """
    codes, number, swapped = firing()
    facts = unknown_facts(*np.divmod(codes, len(all_substances())))
    found = fixed_bits()[number], np.full(len(codes), -1), np.zeros(len(codes), np.int64)
    narrow(found, np.flatnonzero(conditional()[number]), facts, np.arange(len(codes)), number, swapped)
    return found


def narrow(found: Levels, asked, facts: Facts, pair, entry, swapped) -> None:
    """Put in place what the facts leave possible of the entries asked, one entry at a time."""
    asked = asked[np.argsort(entry[asked], kind="stable")]
    for group in np.split(asked, np.flatnonzero(np.diff(entry[asked])) + 1):
        if len(group):
            told = levels_of(entries()[entry[group[0]]], facts.taken(pair[group]), swapped[group])
            for kept, fresh in zip(found, told, strict=True):
                kept[group] = fresh


def places_for(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """(pair, place in ``firing()``) of every entry that names two substances, by pairs of lines."""
    starts, counts = slots()
    a, b = facts.place["a"], facts.place["b"]
    count = counts[a, b]
    some = np.flatnonzero(count)
    count, start = count[some], starts[a[some], b[some]]
    return np.repeat(some, count), np.repeat(start - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(count.sum())


def local(routes: np.ndarray) -> np.ndarray:
    """(n,) bool: a local treatment."""
    return np.array([route in LOCAL_ROUTES for route in routes.tolist()], bool)


def tells_more(facts: Facts) -> np.ndarray:
    """(n,) bool: anything but the names is known."""
    numbers = (*facts.dose.values(), *facts.day.values(), facts.age, facts.egfr, facts.k)
    texts = (*facts.route.values(), facts.icd)
    return np.logical_or.reduce([*(~np.isnan(values) for values in numbers), *(values != "" for values in texts)])


def judge(facts: Facts) -> Judged:
    """Every entry that fires for the pairs, with the levels that may apply as far as the facts tell."""
    pair, place = places_for(facts)
    _, numbers, turned = firing()
    entry, swapped = numbers[place], turned[place] != (facts.place["a"] > facts.place["b"])[pair]
    found = tuple(values[place] for values in by_names())
    bits = found[0]
    here = facts.taken(pair)
    several = (bits & (bits - 1)) > 0
    asked = (several & conditional()[entry] & tells_more(here)) | local(here.route["a"]) | local(here.route["b"])
    narrow(found, np.flatnonzero(asked), facts, pair, entry, swapped)
    kept = bits != BITS["none"]
    return Judged(pair[kept], entry[kept], swapped[kept], *(values[kept] for values in found))


def levels_of(entry: Entry, facts: Facts, swapped: np.ndarray) -> Levels:
    """(bits, row that holds, rows not known) of one entry for pairs that may stand the other way round."""
    found = one_way(entry, facts)
    if swapped.any():
        other = one_way(entry, facts.swapped())
        found = tuple(np.where(swapped, turned, told) for turned, told in zip(other, found, strict=True))
    return found


def one_way(entry: Entry, facts: Facts) -> Levels:
    rows = entry.rows
    fixed = np.full(facts.size, sum(BITS[level] for level in entry.levels), np.int8)
    none = np.full(facts.size, -1), np.zeros(facts.size, np.int64)
    bits, row, left = possible(facts, rows) if rows else (fixed, *none)
    counts = both(applies(facts, "a", entry.a), applies(facts, "b", entry.b))
    bits = np.where(counts == TRUE, bits, bits | BITS["none"])
    return np.where(counts == FALSE, BITS["none"], bits).astype(np.int8), row, left
