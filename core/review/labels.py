"""Verdicts in the form that training reads: one row a line, instant and error type, 1 error or 0 none."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from core.errors import Refusal
from core.review.database import connect
from core.schema import CSV_ENCODING
from core.settings import Workspace

KEY = ["stay_id", "line_id", "at", "error_type"]
COLUMNS = [*KEY, "partner_line_ids", "label", "weight", "source"]
WRITERS = {".parquet": pd.DataFrame.to_parquet, ".csv": partial(pd.DataFrame.to_csv, encoding=CSV_ENCODING)}


def labels(workspace: Workspace) -> pd.DataFrame:
    """Labels from the reviews that count.

    ``label`` is what most reviewers say; unsure and ties give none. ``weight`` is the margin of the vote, from 0
    (excluded) to 1 (all agree). Confirmed under another error type than the one raised: 1 for the type decided,
    0 for the type raised. ``source`` is review, or missed for an error that nothing had flagged.
    """
    with connect(workspace) as db:
        rows = list(db.query(
            "SELECT r.*, a.error_type AS raised FROM effective r LEFT JOIN alerts a USING (alert_id)"
            " WHERE r.verdict IN ('confirmed', 'rejected') ORDER BY r.review_id"))  # fmt: skip
    votes = pd.DataFrame([vote for row in rows for vote in votes_of(row)], columns=[*COLUMNS[:5], "vote", "source"])
    joined = votes.groupby(KEY, as_index=False).agg(
        partner_line_ids=("partner_line_ids", "last"), vote=("vote", "mean"), source=("source", "first")
    )
    joined = joined[joined["vote"] != 0].reset_index(drop=True)
    labelled = joined.assign(
        at=pd.to_datetime(joined["at"], format="ISO8601").astype("datetime64[us]"),
        label=(joined["vote"] > 0).astype("int64"),
        weight=joined["vote"].abs(),
    )
    return labelled[COLUMNS]


def votes_of(row: dict) -> Iterator[tuple]:
    """``(*KEY, partners, +1 or -1, source)`` for the type decided, and for the type raised when it differs."""
    place = (row["stay_id"], row["line_id"], row["at"])
    source = "review" if row["alert_id"] else "missed"
    raised = row["raised"] or row["error_type"]
    if row["verdict"] == "confirmed" and row["error_type"]:
        yield *place, row["error_type"], row["partner_line_ids"], 1, source
    if raised and (row["verdict"] == "rejected" or raised != row["error_type"]):
        yield *place, raised, row["partner_line_ids"], -1, source


def export(workspace: Workspace, path: Path) -> int:
    """Write the labels as .parquet or .csv, whole or not at all; returns how many."""
    return write(labels(workspace), path)


def write(frame: pd.DataFrame, path: Path) -> int:
    """A table to a file whose ending says the format; Refusal("file_format") for another ending."""
    path = Path(path)
    if path.suffix not in WRITERS:
        raise Refusal("file_format", path=path, known=", ".join(WRITERS))
    temporary = path.with_name(f".{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[path.suffix](frame, temporary, index=False)
    os.replace(temporary, path)
    return len(frame)
