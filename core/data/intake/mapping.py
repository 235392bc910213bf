"""The mapping of a hospital: its names of files and columns, its default values and units; checked before it is used.

TOML: [files] lines = "x.csv"; [lines] drug = "medicament"; [defaults.lines] prn = "non"; [units] glucose = "g/L".
"""

import re
import tomllib
from pathlib import Path

import pandas as pd

from core.data.intake.words import coded
from core.errors import Refusal
from core.schema import LINES, OBSERVATION_TABLE, OBSERVATIONS, STAYS, TABLES

NAMES = {table.name: tuple(table.names) for table in TABLES}
NAMES[LINES.name] += tuple(STAYS.names)  # stays may be made of the lines
NAMES[OBSERVATION_TABLE.name] += ("unit",)
SECTIONS = {"files": tuple(NAMES), "units": tuple(OBSERVATIONS), **NAMES}
PLACE = re.compile(r"\(at line (\d+), column \d+\)")


def read_mapping(path: Path | None) -> dict:
    """The mapping, every section and name in it known and every value one; Refusal otherwise."""
    if path is None:
        return {}
    rules = parsed(path)
    refuse_unknown(path, {(): rules}, (*SECTIONS, "defaults"))
    sections = {(name,): rules.get(name, {}) for name in SECTIONS}
    defaults = {("defaults",): rules.get("defaults", {})}
    refuse_shapes(path, sections | defaults, dict)
    refuse_unknown(path, defaults, tuple(NAMES))
    filled = {("defaults", name): values for name, values in rules.get("defaults", {}).items()}
    refuse_shapes(path, filled, dict)
    for place, values in (sections | filled).items():
        refuse_unknown(path, {place: values}, SECTIONS[place[-1]])
        plain = str if place[0] != "defaults" else (str, int, float)
        refuse_shapes(path, {(*place, name): value for name, value in values.items()}, plain)
    return rules


def parsed(path: Path) -> dict:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise Refusal("file_missing", path=path) from error
    except OSError as error:
        raise Refusal("file_unreadable", path=path, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise Refusal("mapping_encoding", path=path) from error
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = PLACE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Refusal("mapping_unreadable", path=path, line=line) from error


def refuse_unknown(path: Path, sections: dict[tuple[str, ...], dict], known: tuple[str, ...]) -> None:
    unknown = [".".join((*place, name)) for place, values in sections.items() for name in values if name not in known]
    if unknown:
        raise Refusal("mapping_unknown", path=path, names=", ".join(unknown), known=", ".join(dict.fromkeys(known)))


def refuse_shapes(path: Path, values: dict[tuple[str, ...], object], wanted: type | tuple[type, ...]) -> None:
    """A section must be one, a value a text (a default may be a number or true)."""
    wrong = [".".join(place) for place, value in values.items() if not isinstance(value, wanted)]
    if wrong:
        raise Refusal("mapping_section" if wanted is dict else "mapping_value", path=path, names=", ".join(wrong))


def renamed(frame: pd.DataFrame, table: str, rules: dict) -> pd.DataFrame:
    """Columns under the schema's names, one column under two if so said; a default fills one that the file has not."""
    columns = rules.get(table, {})
    theirs = set(columns.values())
    if absent := sorted(theirs - set(frame.columns)):
        raise Refusal("mapping_column", table=table, columns=", ".join(absent))
    if taken := sorted(set(columns) & set(frame.columns) - theirs):
        raise Refusal("mapping_taken", table=table, columns=", ".join(taken))
    frame = frame.drop(columns=list(theirs)).assign(**{ours: frame[name] for ours, name in columns.items()})
    defaults = rules.get("defaults", {}).get(table, {})
    return frame.assign(**{name: str(value) for name, value in defaults.items() if name not in frame})


def with_units(results: pd.DataFrame, units: dict[str, str]) -> pd.DataFrame:
    """Measurements with the unit of their kind where the file gives none."""
    if not units or "kind" not in results:
        return results
    unit = results["unit"] if "unit" in results else pd.Series("", index=results.index)
    return results.assign(unit=unit.mask(unit.str.strip() == "", coded(OBSERVATION_TABLE, results["kind"]).map(units).fillna("")))
