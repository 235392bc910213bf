"""The ledger: mg a day of one substance over time, summed over the lines that overlap, all systemic routes together."""

import numpy as np
import pandas as pd

from core.knowledge.daily import daily_doses
from core.schema import LOCAL_ROUTES

COLUMNS = ["stay_id", "substance", "since", "until", "mg_low", "mg_high", "lines", "unknown_lines"]
OPEN_DAYS = 1.0  # an open line is counted to one day after the last instant that its stay knows


def entries_of(lines: pd.DataFrame, doses: pd.DataFrame) -> pd.DataFrame:
    """One row a systemic line and substance with its span and band; open ends closed."""
    columns = ["line_id", "stay_id", "route", "started_at", "ended_at"]
    table = doses.merge(lines[columns], on="line_id").loc[
        lambda t: ~t["route"].isin(LOCAL_ROUTES) & (t["substance"] != "")
    ]
    last = table[["started_at", "ended_at"]].max(axis=1).groupby(table["stay_id"]).transform("max")
    ended = table["ended_at"].fillna(last + pd.Timedelta(days=OPEN_DAYS))
    return table.assign(ended_at=ended).loc[lambda t: t["ended_at"] > t["started_at"]]


def changes_of(entries: pd.DataFrame) -> pd.DataFrame:
    """What each start adds and each end takes away."""
    low, high = entries["mg_per_day_low"], entries["mg_per_day_high"]
    change = pd.DataFrame(
        {
            "stay_id": entries["stay_id"], "substance": entries["substance"], "at": entries["started_at"],
            "mg_low": low.fillna(0.0), "mg_high": high.fillna(low).fillna(0.0),
            "lines": 1, "unknown_lines": high.isna().astype(int),
        }
    )  # fmt: skip
    numbers = ["mg_low", "mg_high", "lines", "unknown_lines"]
    return pd.concat([change, change.assign(at=entries["ended_at"], **{name: -change[name] for name in numbers})])


def no_spans() -> pd.DataFrame:
    """An empty ledger of the right kinds."""
    kinds = ["object", "object", "datetime64[us]", "datetime64[us]", "float64", "float64", "int64", "int64"]
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in zip(COLUMNS, kinds, strict=True)})


def ledger(lines: pd.DataFrame, doses: pd.DataFrame | None = None) -> pd.DataFrame:
    """Spans of constant dose by stay and substance: since, until, mg_low, mg_high (mg a day), lines.

    ``unknown_lines`` of the span have no highest dose: mg_high is then the least that it may be.
    """
    found = entries_of(lines, daily_doses(lines) if doses is None else doses)
    if found.empty:
        return no_spans()
    keys = ["stay_id", "substance"]
    steps = changes_of(found).groupby([*keys, "at"], sort=True).sum().reset_index()
    numbers = ["mg_low", "mg_high", "lines", "unknown_lines"]
    steps[numbers] = steps.groupby(keys, sort=False)[numbers].cumsum()
    steps["until"] = steps.groupby(keys, sort=False)["at"].shift(-1)
    spans = steps.rename(columns={"at": "since"}).loc[lambda t: (t["lines"] > 0) & t["until"].notna()]
    spans[["mg_low", "mg_high"]] = np.round(spans[["mg_low", "mg_high"]], 9)
    return spans[COLUMNS].reset_index(drop=True)
