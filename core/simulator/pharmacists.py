"""Pharmacists read, miss, differ and sometimes act for nothing; the oracle knows how likely that was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.schema import ERROR_TYPES
from core.simulator.catalogue import weighted
from core.simulator.context import SPAN, Scene
from core.simulator.draws import draw
from core.simulator.hospital import Hospital
from core.simulator.problems import Problems

NIGHT = (20, 8)  # hours between which one pharmacist is on call
# Log-odds of acting on a real problem: workload (lines of the stay), night, week-end. Invented.
PER_LINE, AT_NIGHT, WEEK_END = -0.03, -0.5, -0.5
# SFPC interventions by problem, with weights; level problems are followed up, replaced or stopped.
ANSWERS = {
    "1.2": "2:5 3:4 7:1", "1.3": "2:6 3:3 7:1", "2.4": "1:9 3:1", "3.1": "7", "4.1": "7:9 2:1",
    "4.2": "2", "5.1": "2", "5.2": "2", "5.3": "2:9 3:1", "6.1": "5:6 2:2 7:2",
    "6.2": "5:5 7:3 3:2", "6.3": "3:5 2:4 5:1", "6.4": "3:5 2:5", "6.5": "3:4 2:3 5:3", "7": "7:6 2:3 5:1",
    "8.1": "4", "8.2": "4:6 6:4", "8.3": "6:6 3:4", "8.4": "6", "8.5": "6",
    "9.1": "6", "10": "5",
}  # fmt: skip


@dataclass
class Verdicts:
    """One row a (line, instant, type): its problems together, drawn and in probability."""

    line: np.ndarray
    instant: np.ndarray
    type: np.ndarray
    probability: np.ndarray
    partners: dict[int, list[int]]  # lines
    acted: np.ndarray
    acted_partners: dict[int, list[int]]
    real: np.ndarray
    real_partners: dict[int, list[int]]
    answer: np.ndarray  # SFPC intervention
    outcome: np.ndarray


def detection(hospital: Hospital, scene: Scene, instant: np.ndarray) -> np.ndarray:
    """(rows, readers) how likely each reader acts on a real problem at an instant."""
    stay = scene.stay[instant]
    clock = scene.stays.admitted[stay] + scene.minute[instant].astype("timedelta64[m]")
    hour = (clock - clock.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    night = (hour >= NIGHT[0]) | (hour < NIGHT[1])
    week_end = (clock.astype("datetime64[D]").astype(int) + 3) % 7 >= 5
    odds = hospital.detection + np.array(hospital.ward_detection)[scene.stays.ward[stay]]
    odds = odds + PER_LINE * (scene.by_instant["n_lines"][instant] - 10) + AT_NIGHT * night + WEEK_END * week_end
    return 1 / (1 + np.exp(-(odds[:, None] + np.array(hospital.reader_shifts))))


def needless(hospital: Hospital, scene: Scene) -> Problems:
    """One faint problem for each line: an intervention that nothing called for."""
    lines = scene.lines
    instant = np.searchsorted(scene.instants, lines.stay * SPAN + lines.start)
    none = np.full(len(lines.stay), -1)
    return Problems(np.arange(len(none)), none, instant, none, np.where(scene.routes == "iv", "8.2", "8.5"),
                    np.full(len(none), hospital.needless))  # fmt: skip


def together(a: Problems, b: Problems) -> Problems:
    return Problems(*(np.concatenate([getattr(p, n) for p in (a, b)]) for n in a.__dataclass_fields__))


def read(hospital: Hospital, scene: Scene, found: Problems, seed: int) -> Verdicts:
    """Which problems are real and which a pharmacist acts on, with the exact probability of the latter.

    The reader of an instant is drawn once for the instant; the probability is the mean over readers of
    1 - product over problems of (1 - real x detection). Draws belong to (lines, kind, minute), so that
    reading a stay again after its lines have changed later on says the same of what came before.
    """
    p = together(found, needless(hospital, scene))
    chance = detection(hospital, scene, p.instant)
    chance[p.kind < 0] = 1.0
    minute, uid = scene.minute[p.instant], scene.lines.uid
    key = (uid[p.line], np.where(p.partner >= 0, uid[p.partner], -1), p.kind, minute)
    readers = chance.shape[1]
    on_duty = (draw(seed, 1, scene.stay[p.instant], minute) * readers).astype(int)
    true = draw(seed, 2, *key) < p.real
    acted = true & (draw(seed, 3, *key) < chance[np.arange(len(p.line)), on_duty])
    p.type = np.array([hospital.recoded.get(code, code) for code in p.type.tolist()])
    return merged(hospital, scene, p, (chance, true & (p.kind >= 0), acted), seed)


def merged(hospital, scene, p: Problems, drawn: tuple[np.ndarray, ...], seed: int) -> Verdicts:
    """Rows of the same line, instant and type become one; its partners stand strongest first."""
    chance, real, acted = drawn
    order = np.lexsort((p.partner, -p.real, p.type, p.instant, p.line))
    line, instant, kind, partner = p.line[order], p.instant[order], p.type[order], p.partner[order]
    new = np.r_[True, (line[1:] != line[:-1]) | (instant[1:] != instant[:-1]) | (kind[1:] != kind[:-1])]
    first, group = np.flatnonzero(new), np.cumsum(new) - 1
    missed = np.multiply.reduceat(1 - p.real[order, None] * chance[order], first, axis=0)
    key = (scene.lines.uid[line[first]], kind_codes(kind[first]), scene.minute[instant[first]])
    refused = (1 - hospital.accepted) / 2
    shares = np.cumsum([hospital.accepted, refused])
    outcome = np.array(["accepted", "refused", "unknown"])[np.searchsorted(shares, draw(seed, 5, *key), "right")]
    has = [listing(partner, group, wanted) for wanted in (acted[order] | True, acted[order], real[order])]
    return Verdicts(
        line[first], instant[first], kind[first], 1 - missed.mean(1), has[0],
        np.logical_or.reduceat(acted[order], first), has[1], np.logical_or.reduceat(real[order], first), has[2],
        answers(kind[first], draw(seed, 4, *key)), outcome,
    )  # fmt: skip


def kind_codes(types: np.ndarray) -> np.ndarray:
    return np.array([ERROR_TYPES.index(code) for code in types.tolist()], np.int64)


def listing(partner: np.ndarray, group: np.ndarray, wanted: np.ndarray) -> dict[int, list[int]]:
    """Partners of the groups that have any, in their order and without repeats."""
    out: dict[int, dict] = {}
    for at in np.flatnonzero(wanted & (partner >= 0)):
        out.setdefault(int(group[at]), {})[int(partner[at])] = None
    return {name: list(found) for name, found in out.items()}


def answers(types: np.ndarray, quantile: np.ndarray) -> np.ndarray:
    """SFPC intervention of each problem."""
    found = np.full(len(types), "", "U1")
    for code in np.unique(types).tolist():
        values, shares = weighted(ANSWERS[code])
        rows = np.flatnonzero(types == code)
        found[rows] = np.array(values)[np.searchsorted(shares, quantile[rows], "right")]
    return found


def impacts(rng: np.random.Generator, probability: np.ndarray) -> pd.array:
    """CLEO clinical impact: mostly minor to moderate, rarely vital, more where more was at stake."""
    scale = rng.normal(1.2 + 1.0 * np.sqrt(probability), 0.8).round().clip(-1, 4)
    return pd.array(np.where(rng.random(len(scale)) < 0.15, np.nan, scale), dtype="Int64")
