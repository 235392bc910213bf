"""Dates as hospitals write them, as the ISO text that the border reads."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.schema import Table

DAY_FIRST = (  # by Arrow, for pandas would go row by row
    (r"^\s*(\d)/", r"0\1/"),
    (r"^\s*(\d\d)/(\d)/", r"\1/0\2/"),
    (r"^\s*(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1"),
)
SHORT_YEAR = (r"^\s*(\d\d)/(\d\d)/(\d\d)(\D|$)", r"20\3-\2-\1\4")
HOURS = (  # 8h, 08h30, 20 h 05 min
    (r"^\s*(\d{4}-\d\d-\d\d)[T\s]+(?:à\s+)?(\d{1,2})\s*[hH]\s*(\d\d)?\s*(?:min|mn)?\s*$", r"\1 \2:\3"),
    (r"^(\d{4}-\d\d-\d\d \d{1,2}):$", r"\1:00"),
)
SHORT = r"^\s*(\d{1,2}/\d{1,2}/\d\d)(?:\D|$)"
ORDERS = ("%d/%m/%y", "%m/%d/%y", "%y/%m/%d")


def dated(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """French dates and hours (31/12/2024 08h30, day first) as ISO; others as they are."""
    return french(frame, [column.name for column in table.columns if column.kind == "time"])


def french(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Columns with their French dates as ISO; a year of two digits (31/12/24) only where the columns leave no doubt."""
    names = [name for name in names if name in frame]
    short = [frame[name].astype("str").str.extract(SHORT, expand=False).dropna() for name in names]
    rules = (*DAY_FIRST, SHORT_YEAR) if day_comes_first(pd.concat([pd.Series(dtype="str"), *short])) else DAY_FIRST
    return frame.assign(**{name: iso(frame[name], (*rules, *HOURS)) for name in names})


def iso(text: pd.Series, rules: tuple[tuple[str, str], ...]) -> pd.Series:
    found = pa.array(text.astype("str"), pa.string(), from_pandas=True)
    for written, read in rules:
        found = pc.replace_substring_regex(found, written, read)
    return pd.Series(found.to_pandas(), index=text.index, dtype="str")


def day_comes_first(short: pd.Series) -> bool:
    """Whether day, month, year is the only order in which all of these dates exist and none lies beyond next year."""
    dates = pd.Series(short.unique())
    read = [pd.to_datetime(dates, format=order, errors="coerce").dt.year for order in ORDERS]
    fits = [bool(years.between(2000, date.today().year + 1).all()) for years in read]
    return len(dates) > 0 and fits == [True, False, False]
