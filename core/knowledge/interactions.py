"""What the national thesaurus says of two drugs: every entry that fires, with the levels that may apply."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.knowledge.conditions import BITS, Facts
from core.knowledge.dense import level_matrix
from core.knowledge.edition import edition
from core.knowledge.firing import Entry, Judged, entries, judge
from core.knowledge.matrix import place_of
from core.knowledge.substances import classes_of, key_of
from core.schema import LEVELS

__all__ = ["Listed", "Patient", "Taken", "between", "level_matrix"]


SOURCE = f"ANSM, thesaurus {edition()}"
NOTHING = float("nan")


@dataclass(frozen=True)
class Listed:
    """One entry of the thesaurus: the two labels that met and the levels that may apply, strongest first.

    ``condition`` is the curated one that holds unless one of ``undecided``, those before it that the data
    could not tell, does; one known to be false is in neither. ``may_not_apply`` when it is not even sure that the entry speaks of these lines.
    """

    a: str
    b: str
    levels: tuple[str, ...]
    condition: str = ""
    undecided: tuple[str, ...] = ()
    may_not_apply: bool = False
    source: str = SOURCE

    @property
    def level(self) -> str:
        """The level when there is one; empty when it depends."""
        return "" if self.depends else self.levels[0]

    @property
    def depends(self) -> bool:
        return len(self.levels) > 1

    def as_row(self) -> dict:
        """JSON-ready; ``depends`` also when it is not sure that the entry speaks of these lines."""
        return {
            "labels": [self.a, self.b], "levels": list(self.levels), "depends": self.depends or self.may_not_apply,
            "condition": self.condition, "undecided": list(self.undecided), "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A drug as it is taken: substance, route, mg of one administration, mg a day, or at most where that is not known."""

    key: str
    route: str = ""
    dose_mg: float = NOTHING
    mg_per_day: float = NOTHING
    most_mg_per_day: float = NOTHING


BOUNDS = {"age": (0, 120), "egfr": (0, 200), "potassium": (1.0, 9.0)}  # of what may be typed of a patient


@dataclass(frozen=True)
class Patient:
    """What conditions may ask of a patient: eGFR in mL/min/1.73 m², potassium in mmol/L, ICD-10 joined by +."""

    age_years: float = NOTHING
    egfr: float = NOTHING
    potassium: float = NOTHING
    diagnoses: str = ""


def levels_in(bits: int) -> tuple[str, ...]:
    """Codes of the levels in a mask, strongest first."""
    return tuple(level for level in LEVELS if bits & BITS[level])


def listed(entry: Entry, bits: int, row: int, left: int) -> Listed:
    """The entry as an answer, with the condition that holds and those before it left open (bits of its rows)."""
    rows = entry.rows
    undecided = tuple(one.when for place, one in enumerate(rows) if left >> place & 1)
    decided = rows[row] if row >= 0 else None
    return Listed(
        entry.a, entry.b, levels_in(bits), decided.when if decided else "", undecided, bool(bits & BITS["none"]),
        f"{SOURCE}; {decided.source}" if decided and "thesaurus" not in decided.source else SOURCE,
    )  # fmt: skip


def facts_of(a: Taken, b: Taken, patient: Patient) -> Facts:
    """One pair as arrays of length 1."""
    one = lambda value, kind=None: np.array([value], dtype=kind)  # noqa: E731
    return Facts(
        {"a": one(place_of()[a.key]), "b": one(place_of()[b.key])},
        {"a": one(a.route, object), "b": one(b.route, object)},
        {"a": one(a.dose_mg), "b": one(b.dose_mg)},
        {"a": one(a.mg_per_day), "b": one(b.mg_per_day)},
        one(patient.age_years), one(patient.egfr), one(patient.potassium), one(patient.diagnoses, object),
        {"a": one(a.most_mg_per_day), "b": one(b.most_mg_per_day)},
    )  # fmt: skip


def answers(judged: Judged) -> list[Listed]:
    found = zip(*(v.tolist() for v in (judged.entry, judged.bits, judged.row, judged.left)), strict=True)
    return list(dict.fromkeys(listed(entries()[number], bits, row, left) for number, bits, row, left in found))


@cache
def by_labels() -> dict[tuple[str, str], Entry]:
    """Entries by both orders of their labels."""
    return {pair: entry for entry in entries() for pair in ((entry.a, entry.b), (entry.b, entry.a))}


def between_labels(a: str, b: str) -> tuple[Listed, ...]:
    """Entries of two names of which one is a class or no drug: as printed, nothing decided."""
    found = {}
    for left in (a, *classes_of().get(a, ())):
        for right in (b, *classes_of().get(b, ())):
            entry = by_labels().get((left, right))
            if entry:
                found[entry] = listed(entry, sum(BITS[level] for level in entry.levels), -1, (1 << len(entry.rows)) - 1)
    return tuple(found.values())


@cache
def between_names(a: str, b: str) -> tuple[Listed, ...]:
    if a in place_of() and b in place_of():
        return () if a == b else tuple(answers(judge(facts_of(Taken(a), Taken(b), Patient()))))
    return between_labels(a, b)


def between(a: str | Taken, b: str | Taken, patient: Patient | None = None) -> tuple[Listed, ...]:
    """Entries that fire for two drugs, decided as far as route, dose and patient tell.

    A name alone decides what names decide; a class or a food is answered as printed.
    """
    if isinstance(a, str) and isinstance(b, str) and patient is None:
        return between_names(key_of(a), key_of(b))
    one, other = (side if isinstance(side, Taken) else Taken(key_of(side)) for side in (a, b))
    if one.key not in place_of() or other.key not in place_of():
        return between_labels(one.key, other.key)
    return () if one.key == other.key else tuple(answers(judge(facts_of(one, other, patient or Patient()))))
