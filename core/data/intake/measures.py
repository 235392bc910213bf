"""Measurements in the unit of the schema, from the unit that the file gives; those given as a bound by that bound."""

from functools import cache

import pandas as pd

from core.data.intake.columns import plain_number
from core.data.intake.notes import How, noted
from core.data.intake.numbers import NUMBER
from core.knowledge.substances import key_of, read_facts
from core.schema import OBSERVATIONS

BOUND = rf"([<>]=?|[≤≥])\s*({NUMBER})"
BEYOND = {"<": 1 - 1e-6, ">": 1 + 1e-6}  # so that a rule on less than 30 hears a result of '<30'


def bounds(rows: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values that a laboratory gives by what they pass ('>90', '< 0,5') as that number, or what lies just beyond, with a note."""
    if "value" not in rows:
        return rows, noted(rows, pd.Series("", index=rows.index), "value")
    sign, bound = (part for _, part in rows["value"].str.strip().str.extract(f"^{BOUND}$").items())
    there = bound.notna()
    read = {both: beyond(*both, how) for both in set(zip(sign[there], bound[there], strict=True))}
    values = pd.Series([read[both] for both in zip(sign[there], bound[there], strict=True)], index=rows.index[there], dtype="str")
    return rows.assign(value=values.reindex(rows.index).fillna(rows["value"])), noted(rows, there.map({True: "value_bound"}), "value")


def beyond(sign: str, bound: str, how: How) -> str:
    value = plain_number(bound, how)
    return bound if value is None or sign not in BEYOND else f"{value * BEYOND[sign]:.6f}"


@cache
def conversions() -> dict[tuple[str, str], tuple[float, float]]:
    """(what is taken away, factor) by kind and plain unit."""
    rows = read_facts("observation_units.csv")
    written = {(row["kind"], plain_unit(row["unit"])): (float(row["minus"]), float(row["factor"])) for row in rows}
    return written | {(kind, plain_unit(unit)): (0.0, 1.0) for kind, unit in OBSERVATIONS.items()}


def plain_unit(text: str) -> str:
    """'µmol / L' is 'umol/l', 'mL/min/1,73 m²' is 'ml/min/1.73m2'."""
    return key_of(text).replace(" ", "").replace(",", ".").replace("/mn", "/min")


def measured(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows with converted values, and those of an unknown unit with their reason; no unit written is that of the schema."""
    nothing = noted(rows.head(0), pd.Series(dtype="str"), "unit")
    if not {"unit", "kind", "value"} <= set(rows.columns):
        return rows, nothing
    pairs = pd.Series(list(zip(rows["kind"].fillna("").str.strip(), rows["unit"].fillna(""), strict=True)), index=rows.index)
    known = {pair: factor_of(*pair) for pair in pairs.unique()}
    minus, factor = (pairs.map({pair: found and found[i] for pair, found in known.items()}).astype(float) for i in (0, 1))
    value = pd.to_numeric(rows["value"], errors="coerce")
    changed = value.notna() & factor.notna() & ((factor != 1) | (minus != 0))
    converted = ((value - minus) * factor).map(repr, na_action="ignore").astype("str")
    rows = rows.assign(value=rows["value"].astype("str").mask(changed, converted))
    return rows[factor.notna()], noted(rows, factor.isna().map({True: "unknown_unit"}), "unit")


def factor_of(kind: str, unit: str) -> tuple[float, float] | None:
    """None for a unit that is not known; a kind that is not known is left to the border."""
    if not unit.strip() or kind not in OBSERVATIONS:
        return 0.0, 1.0
    return conversions().get((kind, plain_unit(unit)))
