"""Format ``csv``: files whose columns are those of core.schema, or named by a mapping.

A folder holds lines.csv (needed), stays.csv, observations.csv and interventions.csv. A single file is taken for lines;
stays are then made from its columns patient_id, sex, age_years, admitted_at…, with the first start of a
line as admission where there is none.
"""

from pathlib import Path

import pandas as pd

from core.data.check import as_text, read_times
from core.data.intake.files import Raw, Read, read_table
from core.data.intake.mapping import read_mapping, renamed, with_units
from core.data.intake.times import french
from core.errors import Refusal
from core.schema import LINES, OBSERVATION_TABLE, STAYS, TABLES

NAME = "csv"
ISO = "%Y-%m-%dT%H:%M:%S.%f"
DERIVED = {"patient_id": "stay_id", "ward": None, "sex": None}
FIRST = ("admitted_at", "started_at")


def read(path: Path, encoding: str, mapping: Path | None) -> Raw:
    """Text tables under the schema's names; Refusal for a file that is missing, empty or wrongly encoded."""
    rules = read_mapping(mapping)
    said = {LINES.name, *rules.get("files", {}), *(table.name for table in TABLES if table.name in rules)}
    files = {name: file for name, file in located(path, rules).items() if file.exists() or name in said}
    found = {name: read_table(file, encoding) for name, file in files.items()}
    tables = {name: renamed(read.frame, name, rules) for name, read in found.items()}
    if OBSERVATION_TABLE.name in tables:
        tables[OBSERVATION_TABLE.name] = with_units(tables[OBSERVATION_TABLE.name], rules.get("units", {}))
    originals = {name: read.frame.set_index("row") for name, read in found.items()}
    if STAYS.name not in tables:
        tables[STAYS.name] = stays_of(tables[LINES.name])
        originals[STAYS.name] = tables[STAYS.name].set_index("row")
    return Raw(tables, originals, broken(found))


def located(path: Path, rules: dict) -> dict[str, Path]:
    """Where each table is looked for."""
    if not path.exists():
        raise Refusal("file_missing", path=path)
    if path.is_file():
        if others := {"files", *(table.name for table in TABLES)} & set(rules) - {LINES.name}:
            raise Refusal("mapping_of_folder", path=path, names=", ".join(sorted(others)))
        return {LINES.name: path}
    names = {table.name: f"{table.name}.csv" for table in TABLES} | rules.get("files", {})
    return {name: path / file for name, file in names.items()}


def stays_of(lines: pd.DataFrame) -> pd.DataFrame:
    """One stay for each stay_id of the lines: its first admission or start that can be read, the first value of others."""
    if "stay_id" not in lines:
        raise Refusal("missing_column", table=LINES.name, columns="stay_id")
    text = lines.assign(**{name: as_text(lines[name]) for name in lines.columns.drop("row")})
    text = french(text, FIRST)
    text = text.assign(**{name: read_times(text[name]) for name in FIRST if name in text})
    if "started_at" in text:
        text = text.sort_values("started_at", kind="stable")
    stays = text.groupby("stay_id", sort=False)
    first = stays.first()
    starts = [stays[name].min() for name in FIRST if name in text]
    if starts:
        first["admitted_at"] = starts[0].fillna(starts[-1]).dt.strftime(ISO)
    first = first.reset_index()
    made = {name: first[name] for name in STAYS.names if name in first}
    made |= {name: first[source] for name, source in DERIVED.items() if name not in made and source in first}
    return pd.DataFrame({"row": first["row"], "ward": "other", "sex": "U"} | made)


def broken(found: dict[str, Read]) -> dict[str, pd.DataFrame]:
    return {name: read.broken for name, read in found.items() if len(read.broken)}
