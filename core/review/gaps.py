"""What could not be checked beside an alert: components that the thesaurus does not know, results that matter."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.knowledge.checks.patient import rules_of
from core.knowledge.conditions import BITS, unknown_facts
from core.knowledge.controls import asked_of
from core.knowledge.firing import entries, judge
from core.knowledge.matrix import substance_index
from core.review.case import Case, active, known, substances_of

CHECKED_KINDS = ("creatinine", "potassium", "inr", "weight")
MEASURED_BY = {"egfr": "creatinine"}  # eGFR is reckoned from creatinine where it is not measured


@dataclass(frozen=True)
class Gap:
    """A line with substances that are not in the index of the thesaurus; none in either where it is not known at all."""

    line_id: str
    unknown: tuple[str, ...]
    checked: tuple[str, ...]


def gap_of(line: pd.Series) -> Gap | None:
    """None where the thesaurus has every substance of the line."""
    keys = substances_of(line)
    checked = tuple(key for key in keys if known(key))
    unknown = tuple(key for key in keys if key not in checked)
    return Gap(line["line_id"], unknown, checked) if unknown or not keys else None


def gaps(case: Case) -> list[Gap]:
    """The active lines of which something was not checked."""
    found = (gap_of(line) for _, line in active(case).iterrows())
    return [gap for gap in found if gap]


def watched(keys: list[str]) -> set[str]:
    """Kinds that entries of the thesaurus between two of the substances ask to watch."""
    left, right = np.triu_indices(len(keys), 1)
    places = substance_index(keys).astype(np.int64)
    left, right = places[left], places[right]
    both = (left >= 0) & (right >= 0) & (left != right)
    judged = judge(unknown_facts(left[both], right[both]))
    sure = judged.entry[judged.bits & BITS["none"] == 0]
    return {kind for number in set(sure.tolist()) for kind in asked_of(entries()[number])}


def unmeasured(case: Case) -> list[str]:
    """Kinds never measured before the alert that a drug which runs then makes matter: a rule on the patient, a dose
    per kg, or the thesaurus asks for them."""
    if not case.at:
        return []
    lines = active(case)
    keys = sorted({key for _, line in lines.iterrows() for key in substances_of(line)})
    wanted = {kind for _, line in lines.iterrows() for key in substances_of(line) for kind in rules_of(key, line["route"])}
    wanted = {MEASURED_BY.get(kind, kind) for kind in wanted | watched(keys)}
    if lines["unit"].fillna("").str.contains("/kg").any():
        wanted.add("weight")
    seen = set(case.observations.loc[case.observations["observed_at"] <= case.at, "kind"])
    seen |= {MEASURED_BY.get(kind, kind) for kind in seen}
    return [kind for kind in CHECKED_KINDS if kind in wanted - seen]
