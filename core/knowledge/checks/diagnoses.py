"""Check of a line against the diseases of the patient: what must not be given to whoever has one."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.knowledge.checks.situation import Situation
from core.knowledge.substances import read_facts, substance
from core.schema import LOCAL_ROUTES, SEPARATOR

STOP, STOP_OF_SOME = 0.40, 0.20  # an order, no probability; the second where the code does not tell the form of the disease
OF_THE_EYE = "S01"  # drops reach the blood too


@dataclass(frozen=True)
class Disease:
    """One row of diagnoses.csv."""

    atc: tuple[str, ...]  # how its codes begin
    codes: re.Pattern
    name: str
    depends: bool
    source: str


@cache
def diseases() -> tuple[Disease, ...]:
    return tuple(
        Disease(tuple(row["atc"].split("|")), re.compile(row["icd"]), row["disease"], bool(row["depends"]), row["source"])
        for row in read_facts("diagnoses.csv")
    )


@cache
def of_drug(key: str, route: str) -> tuple[Disease, ...]:
    """The diseases that forbid a substance by a route; a local route but that of the eye forbids nothing."""
    known = substance(key)
    if not known or route in LOCAL_ROUTES and not known.atc.startswith(OF_THE_EYE):
        return ()
    return tuple(one for one in diseases() if known.atc.startswith(one.atc))


def coded(one: Disease, diagnoses: str) -> list[str]:
    """The codes of a stay, joined, that name the disease."""
    return [code for code in diagnoses.split(SEPARATOR) if one.codes.match(code.replace(".", ""))]


def forbidden_by_disease(situation: Situation) -> list[dict]:
    """One finding a line, substance and disease, when the line begins: diagnoses are those known at admission.

    ``sure`` is false where the code does not tell the form of the disease for which it holds.
    """
    known = situation.stays.set_index("stay_id")["diagnoses"]
    drugs = situation.drugs.assign(diagnoses=situation.drugs["stay_id"].map(known).fillna("").astype(object))
    found = []
    for row in drugs[drugs["diagnoses"] != ""].itertuples():
        for one in of_drug(row.substance, row.route):
            if codes := coded(one, row.diagnoses):
                found.append(finding(row, one, codes))
    return found


def finding(row, one: Disease, codes: list[str]) -> dict:
    return {
        "stay_id": row.stay_id, "line_id": row.line_id, "partners": [], "at": row.since, "level": None, "error_type": "1.3",
        "score": (STOP_OF_SOME if one.depends else STOP) * (0.5 if row.prn else 1.0),
        "detail": {"rule": "diagnosed", "substances": [row.substance], "disease": one.name, "codes": codes, "sure": not one.depends,
                   "mg_high": None if np.isnan(row.high) else float(row.high), "source": one.source},
    }  # fmt: skip
