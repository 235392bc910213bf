"""Pharmacists read, miss, differ and sometimes act for nothing; the oracle knows how likely that was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.simulator.catalogue import weighted
from core.simulator.context import SPAN, Scene
from core.simulator.hospital import Hospital
from core.simulator.problems import Problems

NIGHT = (20, 8)  # hours between which one pharmacist is on call
# Log-odds of acting on a real problem: workload (lines of the stay), night, week-end. Invented.
PER_LINE, AT_NIGHT, WEEK_END = -0.03, -0.5, -0.5
# SFPC interventions by problem, with weights; level problems are followed up, replaced or stopped.
ANSWERS = {"1.2": "2:5 3:4 7:1", "1.3": "2:6 3:3 7:1", "2.4": "1:9 3:1", "3.1": "7", "4.1": "7:9 2:1", "4.2": "2", "5.1": "2", "5.2": "2",
           "5.3": "2:9 3:1", "6.1": "5:6 2:2 7:2", "6.2": "5:5 7:3 3:2", "6.3": "3:5 2:4 5:1", "6.4": "3:5 2:5",
           "6.5": "3:4 2:3 5:3", "7": "7:6 2:3 5:1", "8.1": "4", "8.2": "4:6 6:4", "8.3": "6:6 3:4", "8.4": "6", "8.5": "6", "9.1": "6", "10": "5"}  # fmt: skip


@dataclass
class Verdicts:
    """One row a (line, instant, type): its problems together, drawn and in probability."""

    line: np.ndarray
    instant: np.ndarray
    type: np.ndarray
    partners: list[str]
    probability: np.ndarray
    acted: np.ndarray
    acted_partners: list[str]
    real: np.ndarray
    real_partners: list[str]


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


def read(hospital: Hospital, scene: Scene, found: Problems, line_ids: np.ndarray, rng: np.random.Generator) -> Verdicts:
    """Which problems are real and which a pharmacist acts on, with the exact probability of the latter.

    The reader of an instant is drawn once for the instant; the probability is the mean over readers of
    1 - product over problems of (1 - real x detection).
    """
    p = together(found, needless(hospital, scene))
    chance = detection(hospital, scene, p.instant)
    chance[p.kind < 0] = 1.0
    on_duty = rng.integers(0, chance.shape[1], len(scene.instants))[p.instant]
    is_real = (rng.random(len(p.line)) < p.real) & (p.kind >= 0)
    needless_act = (p.kind < 0) & (rng.random(len(p.line)) < p.real)
    acted = needless_act | is_real & (rng.random(len(p.line)) < chance[np.arange(len(p.line)), on_duty])
    return merged(p, chance, is_real, acted, line_ids)


def merged(p: Problems, chance: np.ndarray, is_real: np.ndarray, acted: np.ndarray, line_ids: np.ndarray) -> Verdicts:
    """Rows of the same line, instant and type become one; its partners stand strongest first."""
    order = np.lexsort((p.partner, -p.real, p.type, p.instant, p.line))
    line, instant, kind, partner = p.line[order], p.instant[order], p.type[order], p.partner[order]
    new = np.r_[True, (line[1:] != line[:-1]) | (instant[1:] != instant[:-1]) | (kind[1:] != kind[:-1])]
    first = np.flatnonzero(new)
    missed = np.multiply.reduceat(1 - p.real[order, None] * chance[order], first, axis=0)
    names = np.where(partner >= 0, line_ids[partner], "")
    group = np.cumsum(new) - 1
    return Verdicts(
        line[first], instant[first], kind[first], listing(names, group, np.ones(len(group), bool), len(first)),
        1 - missed.mean(1), np.logical_or.reduceat(acted[order], first), listing(names, group, acted[order], len(first)),
        np.logical_or.reduceat(is_real[order], first), listing(names, group, is_real[order], len(first)),
    )  # fmt: skip


def listing(names: np.ndarray, group: np.ndarray, wanted: np.ndarray, size: int) -> list[str]:
    """Names of each group joined by +, without repeats, in their order."""
    out: list[dict] = [{} for _ in range(size)]
    for at in np.flatnonzero(wanted & (names != "")):
        out[group[at]][names[at]] = None
    return ["+".join(found) for found in out]


def answers(types: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """SFPC intervention of each problem."""
    options = {code: weighted(text) for code, text in ANSWERS.items()}
    return np.array([options[c][0][int(np.searchsorted(options[c][1], u, "right"))] for c, u in zip(types, draw, strict=True)])


def impacts(rng: np.random.Generator, probability: np.ndarray) -> pd.array:
    """CLEO clinical impact: mostly minor to moderate, rarely vital, more where more was at stake."""
    scale = rng.normal(1.2 + 1.0 * np.sqrt(probability), 0.8).round().clip(-1, 4)
    return pd.array(np.where(rng.random(len(scale)) < 0.15, np.nan, scale), dtype="Int64")
