"""What the checks look at: one row a line and substance, with its dose, and the patient as known at an instant."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from core.knowledge.daily import daily_doses
from core.knowledge.matrix import substance_index
from core.knowledge.names import own_key

FOREVER = pd.Timestamp("2262-01-01")
CKD_EPI_2021 = {"F": (0.7, -0.241, 1.012), "M": (0.9, -0.302, 1.0)}  # Inker, NEJM 2021: kappa, alpha, factor
UMOL_PER_MG = 88.42  # creatinine


class Tables(Protocol):
    """Anything with the tables of core.schema."""

    stays: pd.DataFrame
    lines: pd.DataFrame
    observations: pd.DataFrame


@dataclass(frozen=True)
class Situation:
    """``drugs``: line_id, stay_id, substance, place, route, prn, since, until, dose_mg, low, high, reason, …

    ``measures``: stay_id, kind, value, at, sorted by at; eGFR is reckoned from creatinine where it is not measured.
    """

    drugs: pd.DataFrame
    measures: pd.DataFrame
    stays: pd.DataFrame


def egfr(creatinine: np.ndarray, age: np.ndarray, sex: np.ndarray) -> np.ndarray:
    """mL/min/1.73 m² by CKD-EPI 2021 from creatinine in µmol/L; NaN where age or sex is not known."""
    found = np.full(len(creatinine), np.nan)
    for code, (kappa, alpha, factor) in CKD_EPI_2021.items():
        ratio = creatinine / UMOL_PER_MG / kappa
        value = 142 * np.minimum(ratio, 1) ** alpha * np.maximum(ratio, 1) ** -1.2 * 0.9938**age * factor
        found = np.where(sex == code, value, found)
    return found


def measures_of(tables: Tables) -> pd.DataFrame:
    """Observations of all stays, with eGFR from creatinine beside those measured."""
    seen = tables.observations[["stay_id", "kind", "value", "observed_at"]].rename(columns={"observed_at": "at"})
    creatinine = seen[seen["kind"] == "creatinine"].merge(tables.stays[["stay_id", "age_years", "sex"]], on="stay_id")
    age, sex = creatinine["age_years"].to_numpy(float), creatinine["sex"].to_numpy(object)
    reckoned = creatinine.assign(kind="egfr", value=egfr(creatinine["value"].to_numpy(float), age, sex))
    both = pd.concat([seen, reckoned[["stay_id", "kind", "value", "at"]]]).dropna(subset=["value", "at"])
    both = both.astype({"stay_id": object, "kind": object, "value": float, "at": "datetime64[us]"})
    return both.sort_values("at", kind="stable").drop_duplicates(["stay_id", "kind", "at"])


def canonical(keys: pd.Series) -> pd.Series:
    """Substance keys as the reference writes them: another name of one substance is that substance."""
    return keys.map({key: own_key(key) for key in keys.unique()}).astype(object)


def weights_of(lines: pd.DataFrame, measures: pd.DataFrame) -> pd.Series:
    """kg by line_id: the last weight known when the line begins; NaN when none was."""
    starts = lines[["line_id", "stay_id", "started_at"]].rename(columns={"started_at": "at"})
    return pd.Series(last_known(measures, "weight", starts), index=starts["line_id"].astype(object))


def drugs_of(tables: Tables, measures: pd.DataFrame) -> pd.DataFrame:
    """Lines by substance with what they bring a day."""
    doses = daily_doses(tables.lines, weights_of(tables.lines, measures))
    columns = ["line_id", "stay_id", "drug", "route", "prn", "dose", "unit", "times_per_day", "started_at", "ended_at"]
    doses = doses.assign(substance=canonical(doses["substance"].astype(object)))
    drugs = doses.merge(tables.lines[columns], on="line_id", how="left")
    times = drugs["times_per_day"].to_numpy(float)
    return drugs.assign(
        place=substance_index(drugs["substance"].tolist()).astype(np.int64),
        prn=drugs["prn"].astype(bool),
        route=drugs["route"].fillna("").astype(object),
        dose_mg=np.divide(drugs["mg_per_day_high"], times, out=np.full(len(drugs), np.nan), where=times > 0),
        low=drugs["mg_per_day_low"],
        high=drugs["mg_per_day_high"].astype(float),
        since=drugs["started_at"],
        until=drugs["ended_at"].astype("datetime64[us]").fillna(FOREVER),
    )


def situation_of(tables: Tables) -> Situation:
    measures = measures_of(tables)
    stays = tables.stays[["stay_id", "age_years", "sex", "diagnoses"]]
    return Situation(drugs_of(tables, measures), measures, stays.assign(diagnoses=stays["diagnoses"].fillna("")))


def last_known(measures: pd.DataFrame, kind: str, asked: pd.DataFrame) -> np.ndarray:
    """(n,) last value of a kind known at ``asked.at`` in ``asked.stay_id``; NaN when none was."""
    known = measures[measures["kind"] == kind]
    if known.empty or asked.empty:
        return np.full(len(asked), np.nan)
    order = asked[["stay_id", "at"]].reset_index(drop=True).astype({"stay_id": object, "at": "datetime64[us]"})
    sorted_rows = order.reset_index().sort_values("at", kind="stable")
    found = pd.merge_asof(sorted_rows, known[["stay_id", "at", "value"]], on="at", by="stay_id")
    return found.set_index("index")["value"].sort_index().to_numpy(float)
