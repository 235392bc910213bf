"""How a file is read, and the notes on rows that are kept though something in them was not plain."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class How:
    """What decides how words of a file are read: its format, its decimal sign ('.', ',' or 'auto') and the one it shows."""

    format: str
    decimal: str = "auto"
    usual: str = ""


def noted(rows: pd.DataFrame, reasons: pd.Series, column: str) -> pd.DataFrame:
    """Notes (row, reason, column) of the rows that have a reason."""
    hit = reasons.notna() & (reasons != "")
    return pd.DataFrame({"row": rows["row"][hit], "reason": reasons[hit], "column": column})
