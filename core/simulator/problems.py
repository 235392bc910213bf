"""Candidate problems of a scene and how likely each is to be real, at the instants at which it arises or worsens."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.schema import SEPARATOR
from core.simulator.blocks import best_before, expand
from core.simulator.catalogue import HERE, catalogue, rows_of
from core.simulator.context import SPAN, Scene
from core.simulator.features import Moment
from core.simulator.lines import couples

LEVEL_TYPES = np.array(["6.5", "6.1", "6.2", "6.3", "6.4"])
# A listed pair that no mechanism of rules.csv names: seldom acted on (by level: none, apec, pe, ad, ci). Invented.
LISTED_ALONE = np.array([0.0, 0.001, 0.002, 0.008, 0.03])
WORSE = 0.03  # a problem is read again when its probability has grown by this much
FAINT = 0.004  # below this a pharmacist sees no problem
RULES = rows_of(HERE / "rules.csv")


@dataclass
class Problems:
    """One row a (problem, instant): lines, SFPC type, probability that it is real and newly so."""

    line: np.ndarray
    partner: np.ndarray  # -1 when there is none
    instant: np.ndarray
    kind: np.ndarray  # row of RULES, len(RULES) for a pair that is listed alone
    type: np.ndarray
    real: np.ndarray


def held(name: str) -> np.ndarray:
    """(items,) strength of a property; 1 for '*'."""
    known = catalogue()
    return np.ones(len(known.items)) if name == "*" else known.strength[:, known.properties[name]]


@cache
def pair_kinds() -> tuple[np.ndarray, np.ndarray]:
    """(kinds, items, items) mean strength of a pair under each rule of two lines, and the rows of those rules."""
    rows = np.array([k for k, rule in enumerate(RULES) if rule["partner"]])
    strength = np.zeros((len(rows), len(catalogue().items), len(catalogue().items)), np.float32)
    for at, k in enumerate(rows):
        a, b = held(RULES[k]["index"]), held(RULES[k]["partner"])
        strength[at] = np.sqrt(a[:, None] * b[None, :])
        if RULES[k]["kind"] == "duplicate":
            strength[at] = same_substance()
        elif RULES[k]["type"] != "5.3":
            strength[at] *= 1 - same_substance()
    return strength, rows


@cache
def same_substance() -> np.ndarray:
    """(items, items) 1 when two items that act on the whole body share a substance."""
    known = catalogue()
    sets = [set(item["substances"].split(SEPARATOR)) for item in known.items]
    fluid = [item["atc"].startswith("B05BB") or item["atc"].startswith("B05XA03") for item in known.items]
    return np.array([[bool(a & b) and not (known.local[i] or known.local[j] or fluid[i] or fluid[j])
                      for j, b in enumerate(sets)] for i, a in enumerate(sets)], float)  # fmt: skip


@cache
def single_kinds() -> tuple[np.ndarray, np.ndarray]:
    """(kinds, items) strength of an item under each rule of one line, and the rows of those rules."""
    rows = np.array([k for k, rule in enumerate(RULES) if not rule["partner"]])
    return np.array([held(RULES[k]["index"]) for k in rows]), rows


def find(scene: Scene, severity: float, contrast: float) -> Problems:
    """Every problem that arises or worsens in the scene."""
    i, j, kind, strength = candidates(scene)
    moment, row, kind = unfold(scene, i, j, kind, strength)
    real = probability(moment, kind, severity, contrast)
    grown = newly(real, row)
    keep = np.flatnonzero(grown > 0)
    level = np.where(moment.j >= 0, scene.catalogue.level[scene.lines.item[moment.i], scene.lines.item[moment.j]], 0)
    return Problems(moment.i[keep], moment.j[keep], moment.t[keep], kind[keep],
                    types(scene, moment, kind, level)[keep], grown[keep])  # fmt: skip


def types(scene: Scene, moment: Moment, kind: np.ndarray, level: np.ndarray) -> np.ndarray:
    """SFPC type of each problem: of its rule, or by the level of its pair in the thesaurus.

    Two lines of one class are redundant (5.3), two of one substance are an overdose (4.2), as the checks have it.
    """
    fixed = np.array([rule["type"] for rule in RULES] + ["level"])[kind]
    item, two = scene.lines.item, moment.j >= 0
    twice = two & (same_substance()[item[moment.i], item[moment.j]] > 0)
    return np.select([fixed == "level", (fixed == "5.3") & twice], [LEVEL_TYPES[level], "4.2"], fixed)


def candidates(scene: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Index line, partner, rule and strength of everything that might be a problem at some instant."""
    item = scene.lines.item
    strength, rules = single_kinds()
    one, line = np.nonzero(strength[:, item] > 0)
    alone = (line, np.full(len(line), -1), rules[one], strength[one, item[line]])
    i, j = couples(scene.lines, len(scene.stays.ward))
    later = (scene.lines.start[i] > scene.lines.start[j]) | ((scene.lines.start[i] == scene.lines.start[j]) & (i > j))
    strength, rules = pair_kinds()
    two, pair = np.nonzero(strength[:, item[i], item[j]] > 0)
    mirrored = np.array([RULES[k]["index"] == RULES[k]["partner"] for k in rules])
    fits = ~mirrored[two] | later[pair]
    two, pair = two[fits], pair[fits]
    pairs = (i[pair], j[pair], rules[two], strength[two, item[i[pair]], item[j[pair]]])
    named = np.zeros(len(i), bool)
    named[pair] = True
    listed = np.flatnonzero(later & (scene.catalogue.level[item[i], item[j]] > 0) & ~(named | mirror(named, i, j)))
    rest = (i[listed], j[listed], np.full(len(listed), len(RULES)), np.ones(len(listed)))
    return tuple(np.concatenate(columns) for columns in zip(alone, pairs, rest, strict=True))


def mirror(flag: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The flag of (j, i) for each (i, j); pairs come in both orders."""
    size = max(i.max(initial=0), j.max(initial=0)) + 1
    order = np.argsort(i * size + j)
    return flag[order[np.searchsorted((i * size + j)[order], j * size + i)]]


def unfold(scene: Scene, i, j, kind, strength) -> tuple[Moment, np.ndarray, np.ndarray]:
    """The candidates at every instant at which their lines are active; those of one candidate are contiguous."""
    lines, both = scene.lines, np.where(j >= 0, j, i)
    begin, end = np.maximum(lines.start[i], lines.start[both]), np.minimum(lines.end[i], lines.end[both])
    base = lines.stay[i] * SPAN
    low, high = np.searchsorted(scene.instants, base + begin), np.searchsorted(scene.instants, base + end)
    once = np.array([rule["gate"] in ONCE for rule in RULES] + [True])[kind]
    row, t = expand(low, np.where(once, low + 1, high))
    moment = Moment(scene, i[row], j[row], t, strength[row])
    open_ = gates(moment, kind[row]) > 0
    return moment.take(np.flatnonzero(open_)), row[open_], kind[row][open_]


ONCE = ("over_max", "under_usual", "wrong_route", "age_over")  # gates that cannot change while a line lasts


def gates(moment: Moment, kind: np.ndarray) -> np.ndarray:
    """The gate of each row's rule, 1 where it has none."""
    value = np.ones(len(kind))
    for name in {rule["gate"] for rule in RULES if rule["gate"]}:
        rows = np.flatnonzero(np.array([rule["gate"] == name for rule in RULES] + [False])[kind])
        value[rows] = moment.take(rows)[name]
    return value


@cache
def weights() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Base log-odds of each rule, and by feature its weight in each rule."""
    base = np.array([float(rule["base"]) for rule in RULES] + [0.0])
    table: dict[str, np.ndarray] = {}
    for k, rule in enumerate(RULES):
        for word in rule["weights"].split():
            name, weight = word.split(":")
            table.setdefault(name, np.zeros(len(RULES) + 1))[k] = float(weight)
    return base, table


def probability(moment: Moment, kind: np.ndarray, severity: float, contrast: float) -> np.ndarray:
    """How likely each problem is to be one that should be changed, given what is seen at its instant."""
    base, table = weights()
    odds = base[kind] + severity
    for name, weight in table.items():
        rows = np.flatnonzero(weight[kind])
        odds[rows] += weight[kind[rows]] * moment.take(rows)[name]
    listed = kind == len(RULES)
    item = moment.scene.lines.item
    level = moment.scene.catalogue.level[item[moment.i], item[moment.j]]
    return np.where(listed, LISTED_ALONE[level], 1 / (1 + np.exp(-contrast * odds)))


def newly(real: np.ndarray, row: np.ndarray) -> np.ndarray:
    """By how much each candidate is more likely than at any earlier instant; small steps count as none."""
    if not len(real):
        return real
    before = best_before(real, np.unique(row, return_inverse=True)[1])
    grown = real - before
    return np.where((real >= FAINT) & ((before == 0) | (grown >= WORSE)), grown.clip(0), 0.0)
