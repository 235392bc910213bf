"""Format ``mimic3``: PRESCRIPTIONS, ADMISSIONS and PATIENTS of MIMIC-III, plain or gzip.

A line is an order of PRESCRIPTIONS. MIMIC gives days without times, no frequency and no PRN, and hides the
age of patients over 89 behind a birth some 300 years back. Its diagnoses are ICD-9 and are left out: the
schema holds ICD-10. A stay in which an order names an intensive care stay counts its ward for those orders.
"""

from pathlib import Path

import pandas as pd

from core.data.intake.files import Raw, read_table
from core.errors import Refusal

NAME = "mimic3"
NEEDED = {
    "PRESCRIPTIONS": ("row_id", "hadm_id", "startdate", "enddate", "drug", "dose_val_rx", "dose_unit_rx", "route"),
    "ADMISSIONS": ("hadm_id", "subject_id", "admittime", "dischtime"),
    "PATIENTS": ("subject_id", "gender", "dob"),
}
OLDEST = 90.0  # years; shown for everybody older, whose birth MIMIC moves (MIMIC-III documentation, PATIENTS)
WARD, ELSEWHERE = "intensive_care", "other"


def read(path: Path, encoding: str, mapping: Path | None) -> Raw:
    """Stays from admissions, lines from prescriptions; Refusal for a file or a column that is missing."""
    if mapping is not None:
        raise Refusal("mapping_not_taken", format=NAME)
    found = {name: read_table(located(path, name), encoding) for name in NEEDED}
    frames = {name: lowered(name, file.frame) for name, file in found.items()}
    tables = {
        "stays": stays(frames["ADMISSIONS"], frames["PATIENTS"]),
        "lines": lines(frames["PRESCRIPTIONS"]),
    }
    originals = {
        "stays": found["ADMISSIONS"].frame.set_index("row"),
        "lines": found["PRESCRIPTIONS"].frame.set_index("row"),
    }
    broken = {"stays": found["ADMISSIONS"].broken, "lines": found["PRESCRIPTIONS"].broken}
    return Raw(tables, originals, {name: rows for name, rows in broken.items() if len(rows)})


def located(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise Refusal("folder_missing", path=folder)
    names = (f"{name}.csv.gz", f"{name}.csv", f"{name.lower()}.csv.gz", f"{name.lower()}.csv")
    file = next((folder / each for each in names if (folder / each).exists()), None)
    if file is None:
        raise Refusal("file_missing", path=folder / names[0])
    return file


def lowered(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Column names in lower case, as the demo writes them and the full release does not."""
    frame = frame.rename(columns=str.lower)
    absent = [column for column in NEEDED[name] if column not in frame]
    if absent:
        raise Refusal("missing_column", table=name, columns=", ".join(absent))
    return frame


def stays(admissions: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    people = patients.drop_duplicates("subject_id").set_index("subject_id")
    of = admissions["subject_id"]
    return pd.DataFrame({
        "row": admissions["row"], "stay_id": admissions["hadm_id"], "patient_id": of, "ward": WARD,
        "admitted_at": admissions["admittime"], "discharged_at": admissions["dischtime"],
        "age_years": ages(admissions["admittime"], of.map(people["dob"])),
        "sex": of.map(people["gender"]).where(lambda sex: sex.isin(["F", "M"]), "U"), "source": NAME,
    })  # fmt: skip


def ages(admitted: pd.Series, born: pd.Series) -> pd.Series:
    """Years at admission; by the year's parts, for a span of 300 years does not fit nanoseconds."""
    start, birth = (pd.to_datetime(times, errors="coerce").dt for times in (admitted, born))
    before = (start.month < birth.month) | ((start.month == birth.month) & (start.day < birth.day))
    return (start.year - birth.year - before).clip(upper=OLDEST)


def lines(orders: pd.DataFrame) -> pd.DataFrame:
    intensive = orders["icustay_id"].fillna("") != "" if "icustay_id" in orders else False
    return pd.DataFrame({
        "row": orders["row"], "line_id": orders["row_id"], "stay_id": orders["hadm_id"], "drug": orders["drug"],
        "route": orders["route"], "dose": orders["dose_val_rx"], "unit": orders["dose_unit_rx"], "prn": "false",
        "started_at": orders["startdate"], "ended_at": orders["enddate"],
        "ward": pd.Series(intensive, index=orders.index).map({True: WARD, False: ELSEWHERE}),
    })  # fmt: skip
