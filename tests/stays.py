"""Small stays for tests: as many as asked, each with its own number of lines."""

import numpy as np
import pandas as pd

from core.data.store import Tables, conformed

START = pd.Timestamp("2024-01-01 08:00")


def made(stays: int = 3, lines: int = 4, prefix: str = "s", seed: int = 0) -> Tables:
    """Stays ``s00000``…, up to ``lines`` lines each (the first stay has none), a potassium and an intervention."""
    random = np.random.default_rng(seed)
    ids = [f"{prefix}{i:05d}" for i in range(stays)]
    of_line = [s for i, s in enumerate(ids) for _ in range(min(i, random.integers(1, lines + 1)))]
    return conformed(Tables(stay_rows(ids), line_rows(of_line), observation_rows(ids), intervention_rows(of_line)))


def stay_rows(ids: list[str]) -> pd.DataFrame:
    return pd.DataFrame({
        "stay_id": ids, "patient_id": [f"p{i // 2}" for i in range(len(ids))], "ward": "cardiology",
        "admitted_at": START + pd.to_timedelta(np.arange(len(ids)), "D"), "age_years": 70.0, "sex": "F",
        "source": "invented",
    })  # fmt: skip


def line_rows(of_stay: list[str]) -> pd.DataFrame:
    number = np.arange(len(of_stay))
    return pd.DataFrame({
        "line_id": [f"{s}-l{i}" for i, s in enumerate(of_stay)], "stay_id": of_stay, "drug": "WARFARINE 5 mg",
        "substances": "warfarine", "atc": "B01AA03", "route": "oral", "dose": 5.0, "unit": "mg",
        "times_per_day": 1.0, "prn": number % 3 == 0, "started_at": START + pd.to_timedelta(number, "h"),
        "ended_at": START + pd.to_timedelta(number + 48, "h"), "ward": "cardiology",
    })  # fmt: skip


def observation_rows(ids: list[str]) -> pd.DataFrame:
    return pd.DataFrame({
        "observation_id": [f"{s}-o" for s in ids], "stay_id": ids, "kind": "potassium", "value": 4.1,
        "observed_at": START,
    })  # fmt: skip


def intervention_rows(of_line: list[str]) -> pd.DataFrame:
    return pd.DataFrame({
        "intervention_id": [f"{s}-i{i}" for i, s in enumerate(of_line)], "stay_id": of_line,
        "line_id": [f"{s}-l{i}" for i, s in enumerate(of_line)], "at": START, "error_type": "6.2",
        "outcome": "accepted", "clinical_impact": 2,
    }).head(2)  # fmt: skip
