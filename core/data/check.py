"""The border: a frame becomes rows that fit their table and rows set aside with a reason code."""

from collections.abc import Iterator

import pandas as pd

from core.errors import Refusal
from core.schema import LINES, STAYS, Column, Table

DTYPES = {"text": "str", "number": "float64", "integer": "Int64", "flag": "bool", "time": "datetime64[us]"}
TRUE, FALSE = ("1", "true", "yes", "oui", "vrai", "o", "y"), ("0", "false", "no", "non", "faux", "n", "")
FIRST_YEAR, LAST_YEAR = 1900, 2261  # MIMIC shifts its dates up to the 23rd century
ZONE = "Europe/Paris"  # times of the schema are the hospital's own, without zone
ZONED = r"\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?)\s*$"
MIDNIGHT = r"\d[T ]24:00(?::00(?:\.0+)?)?\s*(?:[zZ]|[+-]\d\d(?::?\d\d)?)?\s*$"
ORDERED = {LINES.name: ("started_at", "ended_at"), STAYS.name: ("admitted_at", "discharged_at")}


def empty(table: Table) -> pd.DataFrame:
    """No row, all columns, the right dtypes."""
    return pd.DataFrame({column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.columns})


def conform(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``table`` in order and in its dtypes, for rows that are already good.

    An optional column that is absent comes as missing; a required one raises Refusal.
    """
    refuse_missing_columns(table, frame)
    series = {c.name: frame.get(c.name, pd.Series([None] * len(frame), index=frame.index)) for c in table.columns}
    flags = {c.name for c in table.columns if c.kind == "flag"}
    filled = {name: s.fillna(False) if name in flags and s.hasnans else s for name, s in series.items()}
    return pd.DataFrame(filled).astype({c.name: DTYPES[c.kind] for c in table.columns}).reset_index(drop=True)


def refuse_missing_columns(table: Table, frame: pd.DataFrame) -> None:
    missing = [c.name for c in table.columns if c.required and c.name not in frame.columns]
    if missing:
        raise Refusal("missing_column", table=table.name, columns=", ".join(missing))


def as_text(raw: pd.Series) -> pd.Series:
    """Trimmed text; blanks and missing values become missing."""
    text = raw.astype("str").str.strip()
    return text.mask(raw.isna() | (text == ""))


def parsed(column: Column, raw: pd.Series) -> pd.Series:
    """Values in the column's kind; what cannot be read becomes missing."""
    if column.kind == "text":
        return as_text(raw)
    if column.kind == "flag":
        text = as_text(raw).str.lower().fillna("").str.removesuffix(".0")
        return text.isin(TRUE).where(text.isin(TRUE + FALSE)).astype("boolean")
    if column.kind == "time":
        return raw.astype("datetime64[us]") if is_time(raw) else read_times(as_text(raw))
    return pd.to_numeric(raw if pd.api.types.is_numeric_dtype(raw) else as_text(raw), errors="coerce")


def is_time(raw: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(raw)


def read_times(text: pd.Series) -> pd.Series:
    """ISO 8601 dates with or without a time, seconds or fractions; anything else is missing.

    24:00 is the midnight that ends the day; a time with its zone becomes the local one of ``ZONE``.
    """
    text = text.astype("str")
    zoned, late = (text.str.contains(some).fillna(False).astype(bool) for some in (ZONED, MIDNIGHT))
    if late.any():
        text = text.mask(late, text.str.replace("24:00", "00:00", regex=False))
    times = pd.to_datetime(text.mask(zoned), format="ISO8601", errors="coerce").astype("datetime64[us]")
    if zoned.any():
        there = pd.to_datetime(text[zoned], format="ISO8601", errors="coerce", utc=True)
        times[zoned] = there.dt.tz_convert(ZONE).dt.tz_localize(None).astype("datetime64[us]")
    return times + pd.to_timedelta(late.astype(int), "D") if late.any() else times


def faults(column: Column, raw: pd.Series, values: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Reason codes of one column, each with the rows it holds for."""
    unreadable = {"time": "impossible_date", "flag": "not_a_flag"}.get(column.kind, "not_a_number")
    yield unreadable, as_text(raw).notna() & values.isna()
    if column.required:
        yield "missing_value", values.isna()
    if column.kind == "time":
        yield "impossible_date", values.notna() & ~values.dt.year.between(FIRST_YEAR, LAST_YEAR)
    if column.codes:
        yield "unknown_code", values.notna() & ~values.isin(column.codes)
    if column.kind in ("number", "integer"):
        yield "not_a_number", values.notna() & values.abs().eq(float("inf"))
    if column.low is not None:
        yield "negative_value" if column.low == 0 else "out_of_range", values < column.low
    if column.high is not None:
        yield "out_of_range", values > column.high
    if column.kind == "integer":
        yield "not_an_integer", values.notna() & (values % 1 != 0)


def row_faults(table: Table, values: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    """Reason codes that need more than one column, with the column to look at."""
    if table.name in ORDERED:
        start, end = ORDERED[table.name]
        yield "end_before_start", end, values[end] < values[start]


def reasons(table: Table, frame: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """First reason and its column for each row; missing where the row is good."""
    found = pd.DataFrame({"reason": None, "column": None}, index=frame.index, dtype="object")

    def note(reason: str, column: str, wrong: pd.Series) -> None:
        found.loc[wrong.fillna(False).astype(bool) & found["reason"].isna(), ["reason", "column"]] = [reason, column]

    for column in table.columns:
        if column.name in frame:
            for reason, wrong in faults(column, frame[column.name], values[column.name]):
                note(reason, column.name, wrong)
    for reason, name, wrong in row_faults(table, values):
        note(reason, name, wrong)
    good = values[found["reason"].isna()]
    repeated = pd.Series(False, index=frame.index)
    repeated[good.index] = good.duplicated(list(table.key))
    note("duplicate_id", table.key[0], repeated)
    return found


def validate(table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``(good, set_aside)``: good fits ``table``; set_aside is the rows as they came with ``reason`` and ``column``.

    Every row is in exactly one of the two. Of rows with the same key the first good one is kept. A missing
    required column raises Refusal("missing_column").
    """
    refuse_missing_columns(table, frame)
    frame = frame.reset_index(drop=True)
    values = pd.DataFrame({c.name: parsed(c, frame[c.name]) for c in table.columns if c.name in frame})
    for column in table.columns:
        if column.name not in values:
            values[column.name] = parsed(column, pd.Series([None] * len(frame), dtype="object"))
    why = reasons(table, frame, values)
    bad = why["reason"].notna()
    return conform(table, values[~bad]), frame[bad].assign(**why[bad].astype("str"))
