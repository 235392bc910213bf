"""What hospitals write, in the terms of the schema: doses, routes, names; with a note where it was hard."""

import csv
import re
from dataclasses import replace
from functools import cache

import pandas as pd

from core.data.intake.amounts import amount
from core.data.intake.columns import mark_of, plain_columns
from core.data.intake.measures import bounds, measured
from core.data.intake.notes import How, noted
from core.data.intake.words import in_codes
from core.knowledge.names import resolve, resolve_many
from core.knowledge.substances import key_of, substances_by_key
from core.knowledge.units import AMOUNTS, COUNTED, MASSES, VOLUMES, periods_of
from core.schema import ATC, LINES, OBSERVATION_TABLE, ROUTES, SEPARATOR, Table
from core.settings import REFERENCE

GUESSES = ("partial",)
CODES = rf"{ATC}(\+{ATC})*"


@cache
def routes(format_name: str) -> dict[str, str]:
    """Route of the schema by what is written, as ``plain_route`` has it, in the files of a format."""
    with (REFERENCE / "routes.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(line for line in file if not line.startswith("#"))
        known = {plain_route(row["written"]): row["route"] for row in table if row["format"] in ("", format_name)}
    return known | {route: route for route in ROUTES}


def plain_route(written: str) -> str:
    """'Voie sous-cutanée' is 'sous cutanee', 'P.O.' is 'po'."""
    return re.sub(r"^(par )?(la )?voie ", "", key_of(written).replace(".", "").replace("-", " "))


def refined(table: Table, rows: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rows read, notes (row, reason, column) on what was not plain, and rows set aside already."""
    how, notes, rows = replace(how, usual=mark_of(table, rows)), [], in_codes(table, rows)
    for refine in STEPS.get(table.name, ()):
        rows, found = refine(rows, how)
        notes.append(found)
    rows, found = plain_columns(table, rows, how)
    rows, aside = measured(rows) if table is OBSERVATION_TABLE else (rows, found.head(0))
    return rows, pd.concat([*notes, found], ignore_index=True).assign(table=table.name), aside


def doses(lines: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    if "dose" not in lines:
        return lines, noted(lines, pd.Series("", index=lines.index), "dose")
    written = lines["dose"].fillna("")
    read = written.map({text: amount(text, how.decimal, how.usual) for text in written.unique()})
    unit = lines["unit"].fillna("") if "unit" in lines else pd.Series("", index=lines.index)
    in_dose, note = read.map(lambda item: item.unit), read.map(lambda item: item.note)
    differs = units_differ(in_dose, unit)
    dose = read.map(lambda item: item.dose).astype(float).mask(differs == "dose_not_understood")
    own = (unit.str.strip() == "") | (differs == "dose_unit_differs")
    return lines.assign(dose=dose, unit=unit.mask(own, in_dose)), noted(lines, note.mask(differs != "", differs), "dose")


def units_differ(in_dose: pd.Series, unit: pd.Series) -> pd.Series:
    """Note where a unit stands beside the number and another one in its column; empty elsewhere."""
    both = (in_dose != "") & (unit.str.strip() != "")
    pairs = pd.Series(list(zip(in_dose[both], unit[both], strict=True)), index=in_dose.index[both], dtype="object")
    return pairs.map({pair: differing(*pair) for pair in pairs.unique()}).astype("str").reindex(in_dose.index, fill_value="")


def differing(in_dose: str, unit: str) -> str:
    """The unit beside the number counts where it is one; else what stands there is no part of the dose."""
    own, column = (family(periods_of(text)[0]) for text in (in_dose, unit))
    if own and own == column or key_of(in_dose) == key_of(unit):
        return ""
    return "dose_unit_differs" if own else "dose_not_understood"


def family(unit: str) -> str:
    """One name for the spellings of a unit, one for all that is counted; empty for what is no unit."""
    return next((known[unit] for known in (MASSES, VOLUMES, AMOUNTS) if unit in known), "piece" * (unit in COUNTED))


def written_routes(lines: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    if "route" not in lines:
        return lines, noted(lines, pd.Series("", index=lines.index), "route")
    written, known = lines["route"].fillna(""), routes(how.format)
    route = written.map({text: known.get(plain_route(text)) for text in written.unique()})
    return lines.assign(route=route.fillna("other")), noted(lines, route.isna().map({True: "unknown_route"}), "route")


def substances(lines: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Substances and ATC code as the file gives them, under our keys; by the drug's name where it gives none known."""
    if "drug" not in lines:
        return lines, noted(lines, pd.Series("", index=lines.index), "drug")
    given, code, drug = (lines[name].fillna("").str.strip() if name in lines else pd.Series("", index=lines.index)
                         for name in ("substances", "atc", "drug"))  # fmt: skip
    keys = given.map({text: keys_of(text) for text in given.unique()})
    open_ones = keys == ""
    matches = drug.map(resolve_many(drug[open_ones]))
    named = matches.map(lambda match: SEPARATOR.join(match.substances), na_action="ignore")
    codes = matches.map(lambda match: match.atc, na_action="ignore")
    known = matches.map(how_known, na_action="ignore").where(open_ones)
    written = code.str.upper()
    is_code = written.str.fullmatch(CODES)
    code = written.where(is_code, "")
    lines = lines.assign(substances=keys.where(~open_ones, named), atc=code.where(~open_ones | (code != ""), codes))
    not_ours = (open_ones & (given != "")).map({True: "substances_unknown"})
    no_code = (~is_code & (written != "")).map({True: "not_an_atc"})
    return lines, pd.concat([noted(lines, known, "drug"), noted(lines, not_ours, "substances"), noted(lines, no_code, "atc")])


def keys_of(written: str) -> str:
    """Substances that a file names, under our keys; empty when one of them is not known as it stands."""
    found = [(part,) if part in substances_by_key() else sure(part) for part in written.split(SEPARATOR)]
    return SEPARATOR.join(dict.fromkeys(key for keys in found for key in keys)) if all(found) else ""


def sure(name: str) -> tuple[str, ...]:
    """Substances of a name that is no guess."""
    match = resolve(name)
    return () if match.how in GUESSES or match.missing else match.substances


def how_known(match) -> str:
    """Note on a name: no_drug (a container, a diluent), name_guessed, drug_unknown or drug_partly_known; empty when it is known."""
    if match.how == "no_drug":
        return "no_drug"
    if not match.substances:
        return "drug_unknown"
    if match.missing:
        return "drug_partly_known"
    return "name_guessed" if match.how in GUESSES else ""


def whole_days(lines: pd.DataFrame) -> pd.DataFrame:
    """A line that ends at the midnight it starts at was written in days: it lasts that day."""
    day = lines["started_at"].dt.normalize() == lines["started_at"]
    same = day & (lines["ended_at"] == lines["started_at"])
    return lines.assign(ended_at=lines["ended_at"].where(~same, lines["ended_at"] + pd.Timedelta(days=1)))


STEPS = {LINES.name: (doses, written_routes, substances), OBSERVATION_TABLE.name: (bounds,)}
