"""Dates as hospitals write them, as the ISO text that the border reads."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.schema import Table

DAY_FIRST = (  # by Arrow, for pandas would go row by row
    (r"^\s*(\d)/", r"0\1/"),
    (r"^\s*(\d\d)/(\d)/", r"\1/0\2/"),
    (r"^\s*(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1"),
)


def dated(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """French dates (31/12/2024, day first) as ISO; others as they are."""
    names = [column.name for column in table.columns if column.kind == "time" and column.name in frame]
    return frame.assign(**{name: iso(frame[name]) for name in names})


def iso(text: pd.Series) -> pd.Series:
    found = pa.array(text.astype("str"), pa.string(), from_pandas=True)
    for written, read in DAY_FIRST:
        found = pc.replace_substring_regex(found, written, read)
    return pd.Series(found.to_pandas(), index=text.index, dtype="str")
