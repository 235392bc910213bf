"""When does a pair with several levels take which: conditions as data, decided in three values.

A condition is true, false, or not known from the data (-1). Rows of one pair are tried in order; the
first true one decides, and those not known before it stay possible.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, reduce

import numpy as np

from core.knowledge.matrix import place_of
from core.knowledge.substances import members_of, read_facts
from core.schema import SEPARATOR

TRUE, FALSE, UNKNOWN = np.int8(1), np.int8(0), np.int8(-1)
BITS = {"none": 1, "apec": 2, "pe": 4, "ad": 8, "ci": 16}
COMPARE: dict[str, Callable] = {
    ">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less,
}  # fmt: skip
SIDED = re.compile(r"(a|b|any)(=|@)(.+)")
MEASURED = re.compile(r"(?:(a|b)\.(day|dose|week)|(egfr|age|k))(>=|<=|>|<)([\d.]+)")
ICD10 = re.compile(r"[A-Z]\d[A-Z\d](\.?[A-Z\d]{1,4})?")  # C4A is one too, and national endings
AROUND = ".-*†():"  # G30.9†, F00.9*, I48.- as ICD-10 prints them, (I10) as people do
ROUTED = re.compile(r"(a|b)\.route(!?=)(.+)")


@dataclass(frozen=True)
class Facts:
    """What is known of n pairs of lines: arrays of length n; NaN, '' or place -1 is not known."""

    place: dict[str, np.ndarray]  # side → place of the substance
    route: dict[str, np.ndarray]
    dose: dict[str, np.ndarray]  # mg of one administration
    day: dict[str, np.ndarray]  # mg a day when taken as written
    age: np.ndarray
    egfr: np.ndarray
    k: np.ndarray
    icd: np.ndarray  # diagnoses joined by +
    most: dict[str, np.ndarray] | None = None  # mg that a day brings at most where ``day`` is not known

    @property
    def size(self) -> int:
        return len(self.age)

    def swapped(self) -> "Facts":
        """The same pairs seen from the other side."""
        turned = {name: {"a": sides["b"], "b": sides["a"]} for name, sides in self.sides().items()}
        return replace(self, **turned)

    def taken(self, rows: np.ndarray) -> "Facts":
        """Some of the pairs."""
        some = {name: {side: values[rows] for side, values in sides.items()} for name, sides in self.sides().items()}
        return replace(self, **some, age=self.age[rows], egfr=self.egfr[rows], k=self.k[rows], icd=self.icd[rows])

    def sides(self) -> dict[str, dict[str, np.ndarray]]:
        """What is known of each side, by name."""
        found = {"place": self.place, "route": self.route, "dose": self.dose, "day": self.day}
        return found if self.most is None else found | {"most": self.most}


def unknown_facts(left: np.ndarray, right: np.ndarray) -> Facts:
    """Pairs of substances of which nothing else is known."""
    nothing, no_text = np.full(len(left), np.nan), np.full(len(left), "", object)
    sides = lambda values: {"a": values, "b": values}  # noqa: E731
    places = {"a": left, "b": right}
    return Facts(places, sides(no_text), sides(nothing), sides(nothing), nothing, nothing, nothing, no_text)


def three(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.where(known, values.astype(np.int8), UNKNOWN)


@cache
def places_of(names: str, by_class: bool) -> np.ndarray:
    """Places of the substances listed, or of the members of the classes listed."""
    wanted = names.split("|")
    keys = [key for label in wanted for key in members_of()[label]] if by_class else wanted
    return np.array([place_of()[key] for key in keys])


def is_side(facts: Facts, side: str, sign: str, names: str) -> np.ndarray:
    if side == "any":
        return np.maximum.reduce([is_side(facts, one, sign, names) for one in ("a", "b")])
    return three(np.isin(facts.place[side], places_of(names, sign == "@")), facts.place[side] >= 0)


def is_measured(facts: Facts, found: re.Match) -> np.ndarray:
    side, kind, patient, sign, bound = found.groups()
    values = getattr(facts, patient) if patient else (facts.dose if kind == "dose" else facts.day)[side]
    most = facts.most[side] if facts.most and kind in ("day", "week") else np.full(facts.size, np.nan)
    values, most = (values * 7, most * 7) if kind == "week" else (values, most)
    passed = COMPARE[sign](np.round(most, 6), float(bound))
    told = np.isnan(values) & ~np.isnan(most) & (passed == (sign in ("<=", "<")))  # a day at the most decides for any less
    return three(np.where(told, passed, COMPARE[sign](np.round(values, 6), float(bound))), ~np.isnan(values) | told)


def codes_of(written: str) -> str:
    """ICD-10 codes as the schema joins them, of codes that a person or a file parts otherwise."""
    return SEPARATOR.join(filter(None, (code.strip(AROUND) for code in re.split(r"[\s,;|/+]+", written.upper()))))


def not_icd10(codes: str) -> list[str]:
    """Those of some joined codes that are none of ICD-10: no condition could ever hear them."""
    return [code for code in filter(None, codes.split(SEPARATOR)) if not ICD10.fullmatch(code)]


def has_diagnosis(facts: Facts, codes: str) -> np.ndarray:
    """True when one is coded; a diagnosis that is not coded is not known to be absent."""
    pattern = re.compile(rf"(?:^|\+)(?:{codes})")
    coded = {text: bool(pattern.search(text.replace(".", ""))) for text in set(facts.icd.tolist())}
    return np.array([TRUE if coded[text] else UNKNOWN for text in facts.icd.tolist()], np.int8)


def atom(facts: Facts, text: str) -> np.ndarray:
    """(n,) of 1, 0, -1 for one condition."""
    if text == "*":
        return np.full(facts.size, TRUE)
    if text.startswith("?"):
        return np.full(facts.size, UNKNOWN)
    if text.startswith("icd="):
        return has_diagnosis(facts, text.removeprefix("icd="))
    if found := MEASURED.fullmatch(text):
        return is_measured(facts, found)
    if found := ROUTED.fullmatch(text):
        side, sign, routes = found.groups()
        inside = np.isin(facts.route[side], routes.split("|"))
        return three(inside if sign == "=" else ~inside, facts.route[side] != "")
    return is_side(facts, *SIDED.fullmatch(text).groups())


def both(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """And in three values: false wins over not known, not known over true."""
    return np.where(
        (left == FALSE) | (right == FALSE), FALSE, np.where((left == TRUE) & (right == TRUE), TRUE, UNKNOWN)
    )


def holds(facts: Facts, when: str) -> np.ndarray:
    """(n,) of 1, 0, -1 for conditions joined by ' & '."""
    return reduce(both, (atom(facts, text) for text in when.split(" & ")))


@dataclass(frozen=True)
class Row:
    level: str
    when: str
    source: str


@cache
def rows_of_pairs() -> dict[tuple[str, str], tuple[Row, ...]]:
    """Curated rows by pair of labels in the order of the reference."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in read_facts("conditions.csv"):
        found.setdefault((row["a"], row["b"]), []).append(Row(row["level"], row["when"], row["source"]))
    return {pair: tuple(rows) for pair, rows in found.items()}


def level_when(a: str, b: str, when: str) -> str:
    """The level of one condition of a pair of labels in the order of the reference; empty when it has none such."""
    return next((row.level for row in rows_of_pairs().get((a, b), ()) if row.when == when), "")


def possible(facts: Facts, rows: tuple[Row, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """((n,) bits of the levels that may apply, (n,) row that holds or -1, (n,) bits of the rows before it not known).

    Where no row is true and none is unknown, every level of the pair stays possible.
    """
    bits, decided, left = np.zeros(facts.size, np.int8), np.full(facts.size, -1), np.zeros(facts.size, np.int64)
    for place, row in enumerate(rows):
        value = np.where(decided >= 0, FALSE, holds(facts, row.when))
        bits = np.where(value != FALSE, bits | BITS[row.level], bits)
        decided = np.where(value == TRUE, place, decided)
        left = np.where(value == UNKNOWN, left | (1 << place), left)
    every = reduce(int.__or__, (BITS[row.level] for row in rows))
    return np.where(bits == 0, np.int8(every), bits), decided, left
