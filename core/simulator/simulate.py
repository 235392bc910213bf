"""One block after another: stays, lines, biology, problems, interventions, as tables of core.schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from core.data.check import conform
from core.data.store import Tables
from core.schema import INTERVENTIONS, INVENTED, LINES, OBSERVATION_TABLE, SEPARATOR, STAYS
from core.simulator.answers import answered
from core.simulator.biology import KINDS, make_observations
from core.simulator.catalogue import catalogue
from core.simulator.context import Scene
from core.simulator.hospital import WARDS, Hospital
from core.simulator.lines import make_lines
from core.simulator.patients import ACUTE, COURSE_INDEX, COURSES, make_stays
from core.simulator.pharmacists import Verdicts, impacts, read
from core.simulator.problems import find
from core.turns import in_turn, pool_of

# Diagnoses as they are coded: the reason of the stay, what weighs on drugs, then the rest.
DIAGNOSED = [
    *np.flatnonzero(ACUTE),
    *(
        COURSE_INDEX[c]
        for c in (
            "stent",
            "heart_failure",
            "epilepsy",
            "dementia",
            "copd",
            "alcohol",
            "reflux",
            "diabetes",
            "atrial_fibrillation",
        )
    ),
]
BLOCK = 500  # stays made at once from one seed


@dataclass(frozen=True)
class Chunk:
    """Stays with their tables; truth and oracle are known to the simulator alone."""

    tables: Tables
    truth: pd.DataFrame
    oracle: pd.DataFrame


def simulate(hospital: Hospital, stays: int, seed: int, processes: int = 1) -> Iterator[Chunk]:
    """``stays`` stays in blocks of BLOCK; the same whatever the number of processes."""
    sizes = [min(BLOCK, stays - done) for done in range(0, stays, BLOCK)]
    make = partial(make_block, hospital, seed)
    if processes == 1:
        yield from map(make, range(len(sizes)), sizes)
        return
    with pool_of(processes) as pool:
        yield from in_turn(pool, make, enumerate(sizes), 2 * processes)


def make_block(hospital: Hospital, seed: int, block: int, size: int) -> Chunk:
    """Block number ``block``; its bytes depend on hospital, seed, block and size."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, block])))
    known = catalogue()
    stays = make_stays(hospital, rng, size)
    lines = make_lines(hospital, known, stays, rng)
    before = Scene(known, stays, lines, make_observations(hospital, known, stays, lines, rng))
    keys = int(rng.integers(1 << 62))
    first = read(hospital, before, find(before, hospital.severity, hospital.contrast), keys)
    scene = Scene(known, stays, answered(before, first, keys), before.observations)
    verdicts = read(hospital, scene, find(scene, hospital.severity, hospital.contrast), keys)
    lines = scene.lines
    prefix = f"{hospital.name}-{seed}-{block:05d}"
    number = np.arange(len(lines.stay)) - np.searchsorted(lines.stay, lines.stay)
    stay_ids = np.array([f"{prefix}-{i:03d}" for i in range(size)])
    line_ids = np.array([f"{stay_ids[s]}-L{n:03d}" for s, n in zip(lines.stay, number, strict=True)], object)
    tables = Tables(
        stays_table(scene, stay_ids, prefix), lines_table(scene, stay_ids, line_ids),
        observations_table(scene, stay_ids), interventions_table(scene, verdicts, stay_ids, line_ids, rng),
    )  # fmt: skip
    return Chunk(tables, *hidden(scene, verdicts, stay_ids, line_ids))


def clock(scene: Scene, stay: np.ndarray, minute: np.ndarray) -> np.ndarray:
    return (scene.stays.admitted[stay] + minute.astype("timedelta64[m]")).astype("datetime64[us]")


def stays_table(scene: Scene, stay_ids: np.ndarray, prefix: str) -> pd.DataFrame:
    s, rows = scene.stays, np.arange(len(stay_ids))
    codes = np.array([course["icd10"] for course in COURSES])
    order = np.array(sorted(range(len(COURSES)), key=lambda c: DIAGNOSED.index(c) if c in DIAGNOSED else len(COURSES)))
    return conform(STAYS, pd.DataFrame({
        "stay_id": stay_ids, "patient_id": [f"{prefix}-P{p:03d}" for p in s.patient],
        "ward": np.array(WARDS)[s.ward], "admitted_at": clock(scene, rows, rows * 0),
        "discharged_at": clock(scene, rows, s.minutes), "age_years": s.age.astype(float),
        "sex": np.where(s.female, "F", "M"), "source": INVENTED,
        "diagnoses": [SEPARATOR.join(c for c in codes[order[has[order]]] if c) or None for has in s.courses],
    }))  # fmt: skip


def lines_table(scene: Scene, stay_ids: np.ndarray, line_ids: np.ndarray) -> pd.DataFrame:
    x, items = scene.lines, scene.catalogue.items
    column = {name: np.array([item[name] for item in items])[x.item] for name in ("drug", "substances", "atc", "unit")}
    return conform(LINES, pd.DataFrame({
        "line_id": line_ids, "stay_id": stay_ids[x.stay], **column, "route": scene.routes,
        "dose": x.dose, "times_per_day": x.times, "prn": x.prn,
        "started_at": clock(scene, x.stay, x.start), "ended_at": clock(scene, x.stay, x.end),
        "ward": np.array(WARDS)[x.ward],
    }))  # fmt: skip


def observations_table(scene: Scene, stay_ids: np.ndarray) -> pd.DataFrame:
    o = scene.observations
    number = np.arange(len(o.stay)) - np.searchsorted(o.stay, o.stay)
    return conform(OBSERVATION_TABLE, pd.DataFrame({
        "observation_id": [f"{stay_ids[s]}-O{n:03d}" for s, n in zip(o.stay, number, strict=True)],
        "stay_id": stay_ids[o.stay], "kind": np.array(KINDS)[o.kind], "value": o.value,
        "observed_at": clock(scene, o.stay, o.time),
    }))  # fmt: skip


def named(partners: dict[int, list[int]], rows: np.ndarray, line_ids: np.ndarray) -> list[str | None]:
    """Ids of the partners of each row joined by +, None where there are none."""
    return [SEPARATOR.join(line_ids[partners[r]]) if r in partners else None for r in rows.tolist()]


def interventions_table(scene: Scene, v: Verdicts, stay_ids: np.ndarray, line_ids: np.ndarray, rng) -> pd.DataFrame:
    rows = np.flatnonzero(v.acted)
    stay = scene.lines.stay[v.line[rows]]
    return conform(INTERVENTIONS, pd.DataFrame({
        "intervention_id": [f"{line_ids[v.line[r]]}-I{r:05d}" for r in rows], "stay_id": stay_ids[stay],
        "line_id": line_ids[v.line[rows]], "partner_line_ids": named(v.acted_partners, rows, line_ids),
        "at": clock(scene, stay, scene.minute[v.instant[rows]]), "error_type": v.type[rows],
        "intervention_type": v.answer[rows], "outcome": v.outcome[rows],
        "clinical_impact": impacts(rng, v.probability[rows]),
    }))  # fmt: skip


def hidden(scene: Scene, v: Verdicts, stay_ids: np.ndarray, line_ids: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Truth (problems that are real) and oracle (probability of an intervention)."""
    stay = scene.lines.stay[v.line]
    every = np.arange(len(v.line))
    frame = pd.DataFrame({
        "stay_id": stay_ids[stay], "line_id": line_ids[v.line], "at": clock(scene, stay, scene.minute[v.instant]),
        "error_type": v.type, "partner_line_ids": named(v.partners, every, line_ids),
        "probability": v.probability,
    })  # fmt: skip
    truth = frame.drop(columns="probability").assign(partner_line_ids=named(v.real_partners, every, line_ids))
    return truth[v.real].reset_index(drop=True), frame
