"""Tiny hand-made stays with real substances, for the tests of the networks and their explanations."""

import numpy as np
import pandas as pd

from core.data.store import Tables, conformed
from core.knowledge.substances import substance

DAY = pd.Timestamp("2025-03-03 08:00")
DRUGS = (
    ("warfarine", "oral", 5, 1), ("amiodarone", "oral", 200, 1), ("paracetamol", "oral", 1000, 4),
    ("paracetamol", "iv", 1000, 4), ("spironolactone", "oral", 50, 1), ("ramipril", "oral", 5, 1),
    ("ibuprofene", "oral", 400, 3), ("omeprazole", "oral", 20, 1), ("furosemide", "oral", 40, 1),
    ("morphine", "oral", 10, 6),
)  # fmt: skip
SCORES = {
    "calibration": dict.fromkeys(("any", "single", "several"), {"logit": [-9.0, 9.0], "probability": [0.0, 1.0]}),
    "threshold": {"score": 0.5, "logit": 0.0, "alerts_per_100_lines": 5},
}  # of a card that nothing was calibrated for


def line(stay: str, number: int, drug: tuple, start: float, end: float | None) -> dict:
    """One line; ``start`` and ``end`` in hours after admission."""
    key, route, dose, times = drug
    found = substance(key)
    return {
        "line_id": f"{stay}-{number}", "stay_id": stay, "drug": key.upper(), "substances": key,
        "atc": found.atc if found else "", "route": route, "dose": dose, "unit": "mg", "times_per_day": times,
        "prn": number % 4 == 3, "started_at": DAY + pd.Timedelta(hours=start),
        "ended_at": pd.NaT if end is None else DAY + pd.Timedelta(hours=end), "ward": "medicine",
    }  # fmt: skip


def stay_row(stay: str, patient: str, days_later: float = 0) -> dict:
    admitted = DAY + pd.Timedelta(days=days_later)
    return {
        "stay_id": stay, "patient_id": patient, "ward": "medicine", "admitted_at": admitted, "discharged_at": pd.NaT,
        "age_years": 71.0, "sex": "F", "diagnoses": "I48.0+N18.3", "source": "invented",
    }  # fmt: skip


def observation(stay: str, number: int, kind: str, value: float, hours: float) -> dict:
    return {
        "observation_id": f"{stay}-o{number}", "stay_id": stay, "kind": kind, "value": value,
        "observed_at": DAY + pd.Timedelta(hours=hours),
    }  # fmt: skip


def tables(stays: list, lines: list, observations: list = (), interventions: list = ()) -> Tables:
    frames = (pd.DataFrame(list(rows)) for rows in (stays, lines, observations, interventions))
    names = ("stays", "lines", "observations", "interventions")
    return conformed(Tables(**{name: blank(name, frame) for name, frame in zip(names, frames, strict=True)}))


def blank(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table without rows still has its columns."""
    from core.schema import TABLES

    table = next(each for each in TABLES if each.name == name)
    return frame if len(frame) else pd.DataFrame({column: [] for column in table.names})


def some_stays(count: int, seed: int = 0, lines_a_stay: int = 8) -> Tables:
    """Random stays; on 'warfarine' beside 'amiodarone' a pharmacist intervenes."""
    rng, rows = np.random.default_rng(seed), ([], [], [], [])
    for number in range(count):
        stay = f"s{number:04d}"
        rows[0].append(stay_row(stay, f"p{number // 2:04d}", days_later=0))
        chosen = rng.integers(0, len(DRUGS), rng.integers(2, lines_a_stay + 1))
        for i, drug in enumerate(chosen):
            start = float(rng.integers(0, 48))
            end = None if rng.random() < 0.4 else start + float(rng.integers(4, 96))
            rows[1].append(line(stay, i, DRUGS[drug], start, end))
        for i, hour in enumerate(range(0, 72, 12)):
            rows[2].append(observation(stay, i, ("potassium", "inr", "creatinine")[i % 3], 4.0 + rng.random(), hour))
        rows[3].extend(intervened(stay, rows[1][-len(chosen) :], len(rows[3])))
    return tables(*rows)


def intervened(stay: str, lines: list[dict], number: int) -> list[dict]:
    pairs = [
        (a, b) for a in lines for b in lines
        if a["substances"] == "warfarine" and b["substances"] == "amiodarone"
        and (pd.isna(a["ended_at"]) or a["ended_at"] > b["started_at"])
        and (pd.isna(b["ended_at"]) or b["ended_at"] > a["started_at"])
    ]  # fmt: skip
    return [
        {"intervention_id": f"{stay}-i{number}", "stay_id": stay, "line_id": a["line_id"],
         "partner_line_ids": b["line_id"], "at": max(a["started_at"], b["started_at"]) + pd.Timedelta(hours=2),
         "error_type": "6.2", "intervention_type": "5", "outcome": "accepted", "clinical_impact": 2}
        for a, b in pairs[:1]
    ]  # fmt: skip
