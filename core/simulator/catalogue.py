"""What the simulator knows of drugs, courses and rules: plain data read once into arrays."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.knowledge import properties
from core.knowledge.interactions import Listed, between, level_matrix
from core.schema import LEVELS, LOCAL_ROUTES, SEPARATOR
from core.settings import REFERENCE

HERE = Path(__file__).resolve().parent
NO_LIMIT = np.inf
# Highest preventive dose a day in IU by ATC (RCP Lovenox, Innohep, Fragmine, Calciparine).
PREVENTIVE_IU = {"B01AB05": 6000, "B01AB10": 4500, "B01AB04": 5000, "B01AB01": 15000}
STEPS = 4
IN_MG = {"ug": 1000.0, "IU": 100.0}  # units of an item in 1 mg; enoxaparin 100 IU (RCP Lovenox)
WRONG_ROUTE = {"oral": "iv", "iv": "oral", "sc": "iv", "inhaled": "oral", "transdermal": "oral"}
# Drugs of which a prescriber wants one at a time: ATC prefixes, first that fits.
FAMILIES = (
    ("B01AA", "anticoagulant"), ("B01AB", "anticoagulant"), ("B01AE", "anticoagulant"), ("B01AF", "anticoagulant"),
    ("B01AC06", "aspirin"), ("B01AC", "p2y12"), ("C09", "raas"), ("C03C", "loop"), ("C03A", "thiazide"),
    ("C03B", "thiazide"), ("C03D", "k_sparing"), ("C07", "beta_blocker"), ("C08", "calcium_blocker"),
    ("C10A", "statin"), ("A02BC", "ppi"), ("M01A", "nsaid"), ("N02BE", "paracetamol"), ("N02AJ", "weak_opioid"),
    ("N02AX", "weak_opioid"), ("N06A", "antidepressant"), ("N05BA", "benzodiazepine"), ("N05CF", "hypnotic"),
    ("N05A", "antipsychotic"), ("H02AB", "corticosteroid"), ("J01MA", "quinolone"), ("A06A", "laxative"),
    ("R06A", "antihistamine"), ("A10BB", "secretagogue"), ("A10BX", "secretagogue"),
)  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV whose first lines are comments."""
    lines = path.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def weighted(text: str, kind: type = str) -> tuple[list, np.ndarray]:
    """'a:3 b' as values and cumulated shares; a weight that is not said is 1."""
    pairs = [(*word.split(":"), "1")[:2] for word in text.split()]
    shares = np.cumsum([float(weight) for _, weight in pairs])
    return [kind(value) for value, _ in pairs], shares / shares[-1]


@dataclass(frozen=True)
class Catalogue:
    """Arrays over items (n), properties (p) and pairs of items; doses a day in the item's unit."""

    items: list[dict[str, str]]
    index: dict[str, int]
    properties: dict[str, int]
    strength: np.ndarray  # (n, p) 0 when the item has not the property or acts locally
    level: np.ndarray  # (n, n) 0 none, 1 apec, 2 pe, 3 ad, 4 ci
    low: np.ndarray  # (n,) usual low a day
    high: np.ndarray  # (n,)
    maximum: np.ndarray  # (n,)
    renal: np.ndarray  # (n, STEPS, 2) steps of (eGFR below, highest a day), strictest first
    aged: np.ndarray  # (n, STEPS, 2) steps of (age from, highest a day), strictest first
    family: np.ndarray  # (n,) small integers
    local: np.ndarray  # (n,) bool
    preventive: np.ndarray  # (n,) highest preventive dose a day, 0 for other drugs
    atc_rank: np.ndarray  # (n,) place of the item in the order of ATC codes, then routes
    mistaken: np.ndarray  # (n,) a route on which no item of the substance exists, empty when there is none


@cache
def catalogue() -> Catalogue:
    items = rows_of(REFERENCE / "formulary.csv")
    local = np.array([item["route"] in LOCAL_ROUTES for item in items])
    names, strength = strengths(items, local)
    low, high, maximum = daily_limits(items)
    families = [next((f for p, f in FAMILIES if item["atc"].startswith(p)), item["item"]) for item in items]
    return Catalogue(
        items, {item["item"]: i for i, item in enumerate(items)}, names, strength, levels(items, local),
        low, high, maximum, steps_of(items, "egfr<", 1), steps_of(items, "age>=", -1),
        np.unique(families, return_inverse=True)[1], local,
        np.array([PREVENTIVE_IU.get(item["atc"], 0) for item in items], float),
        np.argsort(np.argsort([f"{item['atc']:8}{item['route']}" for item in items], kind="stable")), mistaken(items),
    )  # fmt: skip


def strengths(items: list[dict], local: np.ndarray) -> tuple[dict[str, int], np.ndarray]:
    """Strength of each property in each item: the strongest row that names its substance or its ATC."""
    found = [
        properties.strengths(tuple(item["substances"].split(SEPARATOR)), item["atc"], bool(near))
        for item, near in zip(items, local, strict=True)
    ]
    return {name: i for i, name in enumerate(properties.property_names())}, np.array(found)


def levels(items: list[dict], local: np.ndarray) -> np.ndarray:
    """Strongest listed level between two items as decided.csv reads it; 0 where one acts locally."""
    sets = [item["substances"].split(SEPARATOR) for item in items]
    keys = sorted({key for found in sets for key in found})
    has = np.array([[key in found for key in keys] for found in sets], int)
    matrix = np.zeros((len(keys), len(keys)), int)
    decided = decisions()
    for i, j in np.argwhere(np.triu(level_matrix(keys) > 0)):
        matrix[i, j] = matrix[j, i] = max(
            rank_of(entry, {keys[i], keys[j]}, decided) for entry in between(keys[i], keys[j])
        )
    level = np.zeros((len(items), len(items)), np.int8)
    for rank in (1, 2, 3, 4):
        level[(has @ (matrix == rank) @ has.T) > 0] = rank
    level[local] = level[:, local] = 0
    return level


def decisions() -> dict[frozenset, list[tuple[str, set]]]:
    table: dict[frozenset, list[tuple[str, set]]] = {}
    for row in rows_of(HERE / "decided.csv"):
        named = set(row["named"].split(SEPARATOR)) if row["named"] else set()
        table.setdefault(frozenset((row["a"], row["b"])), []).append((row["level"], named))
    return table


def rank_of(entry: Listed, pair: set[str], decided: dict) -> int:
    """1 apec to 4 ci; an entry of several levels that nothing decides counts as its weakest."""
    level = entry.levels[-1]
    for found, named in decided.get(frozenset((entry.a, entry.b)), ()) if entry.depends else ():
        level = found if not named or named & pair else level
    return 4 - LEVELS.index(level)


def daily_limits(items: list[dict]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Usual low, usual high and maximum a day in the item's unit; the schedule itself where no row says."""
    known = {(row["substance"], row["route"]): row for row in rows_of(REFERENCE / "doses.csv")}
    table = np.array([limits_of(item, known) for item in items])
    same = np.unique([f"{item['substances']} {item['atc']} {item['route']}" for item in items], return_inverse=True)[1]
    low, high = np.full(len(items), np.inf), np.zeros(len(items))
    np.minimum.at(low, same, table[:, 0])
    np.maximum.at(high, same, table[:, 1])
    return low[same], high[same], table[:, 2]


def mistaken(items: list[dict]) -> np.ndarray:
    """The route that a hurried prescriber picks; empty where the hospital stocks the substance for that route."""
    stocked = {(item["substances"], item["route"]) for item in items}
    picked = [(item["substances"], WRONG_ROUTE.get(item["route"], "")) for item in items]
    return np.array(["" if pick in stocked else pick[1] for pick in picked])


def limits_of(item: dict, known: dict) -> tuple[float, float, float]:
    doses, times = weighted(item["doses"], float)[0], weighted(item["times"], float)[0]
    schedule = (min(doses) * min(times), max(doses) * max(times))
    row = known.get((item["substances"], item["route"])) if item["unit"] in ("mg", "ug") else None
    if row is None or item["route"] == "transdermal":
        return (*schedule, NO_LIMIT)
    scale = 1000.0 if item["unit"] == "ug" else 1.0
    maximum = float(row["maximum"]) * scale if row["maximum"] else NO_LIMIT
    low, high = (float(row[name]) * scale if row[name] else bound for name, bound in
                 zip(("usual_low", "usual_high"), schedule, strict=True))  # fmt: skip
    return min(low, schedule[0]), max(high, schedule[1]) if maximum == NO_LIMIT else high, maximum


def steps_of(items: list[dict], condition: str, strictest_first: int) -> np.ndarray:
    """(items, STEPS, 2) bounds of eGFR or age with the highest dose a day beyond them, strictest first.

    ``condition`` opens the rows of adjustments.csv ("egfr<", "age>="); a maximum of 0 says not at all. A combination
    is read by its antibiotic alone: the written dose of others is a sum that no row speaks of.
    """
    table: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows_of(REFERENCE / "adjustments.csv"):
        if row["when"].startswith(condition):
            step = (float(row["when"].removeprefix(condition)), float(row["maximum"] or 0))
            table.setdefault((row["substance"], row["route"]), []).append(step)
    steps = np.full((len(items), STEPS, 2), NO_LIMIT)
    steps[:, :, 0] = -np.inf if strictest_first > 0 else np.inf
    for i, item in enumerate(items):
        names = item["substances"].split(SEPARATOR)
        known = names if len(names) == 1 or item["atc"].startswith("J01") else []
        found = [step for name in known for step in table.get((name, item["route"]), [])]
        for j, (bound, maximum) in enumerate(sorted(found, key=lambda step: strictest_first * step[0])[:STEPS]):
            steps[i, j] = bound, maximum * IN_MG.get(item["unit"], 1.0)
    return steps


def lowest_limit(known: Catalogue, item: np.ndarray, rate: np.ndarray, age: np.ndarray, stopped: float) -> np.ndarray:
    """Highest dose a day of each item at this eGFR and age; ``stopped`` stands for one that may not be given at all."""
    renal = np.where(rate[:, None] < known.renal[item][:, :, 0], known.renal[item][:, :, 1], NO_LIMIT).min(1)
    aged = np.where(age[:, None] >= known.aged[item][:, :, 0], known.aged[item][:, :, 1], NO_LIMIT).min(1)
    found = np.minimum(renal, aged)
    return np.minimum(np.where(found > 0, found, stopped), known.maximum[item])
