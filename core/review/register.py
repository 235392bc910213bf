"""What was decided: a register that only grows, and in which tampering shows.

A correction, an undo or a second thought is a new row that ``corrects`` an earlier one; the row that nothing
corrects counts. Each row holds the SHA-256 of its content and of the row before (``verify``).
"""

import hashlib
import json
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from sqlite_utils import Database

from core.errors import Refusal
from core.review.alerts import as_json, keep_alerts, one
from core.review.database import connect, now, writing
from core.schema import REVIEWS, WITHDRAWN, Column
from core.settings import Workspace

__all__ = ["connect", "keep_alerts", "record", "correct", "undo", "reviews", "history", "verify"]

UNDO_DEPTH = 10
GIVEN = tuple(name for name in REVIEWS.names if name not in ("review_id", "corrects", "reviewed_at"))
DECIDED = tuple(name for name in GIVEN if name not in ("seconds_spent", "score_shown", "explanation_shown", "model_id"))
HASHED = (*REVIEWS.names, "undoes", "token", "previous_hash")


# Writing


def record(workspace: Workspace, review: dict) -> int:
    """Write a verdict and return its review_id.

    ``review`` holds columns of schema.REVIEWS: reviewer and verdict always; alert_id, or stay_id, line_id
    and at for an error that nothing flagged (the alert fills what is not given). ``token``, made by the
    client for one gesture, writes once however often it arrives; without one, the same reviewer deciding
    the same again writes nothing. Another verdict of the same reviewer on the same alert is a correction.
    """
    with connect(workspace) as db, writing(db):
        review = completed(db, review)
        known = told_before(db, review)
        if known:
            return known
        earlier = standing(db, review)
        if earlier and all(earlier[name] == review.get(name) for name in DECIDED):
            return earlier["review_id"]
        return add(db, review | {"corrects": earlier["review_id"] if earlier else None})


def correct(workspace: Workspace, review_id: int, changes: dict, reviewer: str, token: str | None = None) -> int:
    """Replace a review by a new row with ``changes``; the first stays readable. Returns the new review_id.

    Raises Refusal("unknown_review"), or ("review_already_corrected") when somebody was faster.
    """
    with connect(workspace) as db, writing(db):
        row = fetched(db, review_id)
        review = {name: row[name] for name in GIVEN} | changes | {"reviewer": reviewer, "token": token}
        known = told_before(db, review)
        if known:
            return known
        refuse_corrected(db, review_id)
        return add(db, checked(review) | {"corrects": review_id})


def undo(workspace: Workspace, reviewer: str) -> int | None:
    """Take back the reviewer's latest gesture not yet undone, at most ten back; None when there is none.

    The new row holds what stood before that gesture, or ``withdrawn`` when nothing did.
    """
    with connect(workspace) as db, writing(db):
        latest = next(db.query(
            "SELECT * FROM (SELECT * FROM reviews WHERE reviewer = ? AND undoes IS NULL ORDER BY review_id DESC"
            " LIMIT ?) r WHERE NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.review_id)"
            " ORDER BY review_id DESC LIMIT 1", [reviewer, UNDO_DEPTH]), None)  # fmt: skip
        if latest is None:
            return None
        head = head_of(db, latest["review_id"])
        before = fetched(db, latest["corrects"]) if latest["corrects"] else latest | {"verdict": WITHDRAWN}
        review = {name: before[name] for name in GIVEN} | {"reviewer": reviewer, "token": None}
        return add(db, review | {"corrects": head, "undoes": latest["review_id"]})


def undone(workspace: Workspace, token: str) -> int | None:
    """The row that has taken back the review of a gesture; None while it stands."""
    sql = "SELECT u.review_id FROM reviews u JOIN reviews r ON u.undoes = r.review_id WHERE r.token = ?"
    with connect(workspace) as db:
        row = db.execute(sql, [token]).fetchone()
        return row[0] if row else None


def completed(db: Database, review: dict) -> dict:
    """The review with what its alert says of stay, line, instant and partners, checked."""
    alert = one(db, review["alert_id"]) if review.get("alert_id") else {}
    filled = {name: alert.get(name) for name in ("stay_id", "line_id", "at", "partner_line_ids", "error_type")}
    return checked(filled | {name: value for name, value in review.items() if value is not None})


def checked(review: dict) -> dict:
    """Every given column within its codes and bounds; anything else raises Refusal("review_invalid").

    A reason says why something is no error or not yet known to be one: an error that is confirmed has none.
    """
    foreign = set(review) - set(GIVEN) - {"token"}
    if foreign:
        raise Refusal("review_invalid", column=", ".join(sorted(foreign)), value="?")
    values = {name: as_stored(REVIEWS[name], review.get(name)) for name in GIVEN}
    for column in (REVIEWS[name] for name in GIVEN):
        value = values[column.name]
        if value is None and column.required or value is not None and not fits(column, value):
            raise Refusal("review_invalid", column=column.name, value=value)
    reason = None if values["verdict"] == "confirmed" else values["reason"]
    return values | {"reason": reason, "token": review.get("token")}


def as_stored(column: Column, value: object) -> object:
    """The value as SQLite gives it back (31 and 31.0 have two digests); one of another kind stays as it is."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if column.kind == "time":
        return pd.Timestamp(value).tz_localize(None).isoformat()
    if column.kind == "text":
        return as_json(value) if column.name == "explanation_shown" else str(value)
    if not isinstance(value, Real) or column.kind == "integer" and value != int(value):
        return value
    return float(value) if column.kind == "number" else int(value)


def fits(column: Column, value: object) -> bool:
    if not isinstance(value, {"number": float, "integer": int}.get(column.kind, str)):
        return False
    low = column.low is None or value >= column.low
    high = column.high is None or value <= column.high
    return low and high and (not column.codes or value in column.codes)


def told_before(db: Database, review: dict) -> int | None:
    """The review that the same gesture has written already."""
    row = db.execute("SELECT review_id FROM reviews WHERE token = ?", [review.get("token")]).fetchone()
    return row[0] if row else None


def standing(db: Database, review: dict) -> dict | None:
    """What the same reviewer holds at present on the same alert, or on the same line when nothing flagged it."""
    by = ("alert_id",) if review["alert_id"] else ("stay_id", "line_id", "at", "error_type")
    where = " AND ".join(f"{name} IS ?" for name in (*by, "reviewer"))
    unflagged = "" if review["alert_id"] else " AND alert_id IS NULL"
    sql = f"SELECT * FROM effective WHERE {where}{unflagged} ORDER BY review_id DESC LIMIT 1"
    return next(db.query(sql, [review[name] for name in (*by, "reviewer")]), None)


def fetched(db: Database, review_id: int) -> dict:
    row = next(db.query("SELECT * FROM reviews WHERE review_id = ?", [review_id]), None)
    if row is None:
        raise Refusal("unknown_review", review=review_id)
    return row


def head_of(db: Database, review_id: int) -> int:
    """The last row of the chain of corrections that a review belongs to."""
    row = db.execute("SELECT review_id FROM reviews WHERE corrects = ?", [review_id]).fetchone()
    return head_of(db, row[0]) if row else review_id


def refuse_corrected(db: Database, review_id: int) -> None:
    if head_of(db, review_id) != review_id:
        raise Refusal("review_already_corrected", review=review_id)


def add(db: Database, review: dict) -> int:
    """Append one row at the end of the chain of hashes, inside the caller's transaction."""
    last = db.execute("SELECT review_id, hash FROM reviews ORDER BY review_id DESC LIMIT 1").fetchone() or (0, "")
    row = {"review_id": last[0] + 1, "corrects": None, "undoes": None, "reviewed_at": now()} | review
    row |= {"token": row["token"] or f"row-{row['review_id']}", "previous_hash": last[1]}
    row["hash"] = digest(row)
    names = ", ".join(row)
    db.execute(f"INSERT INTO reviews ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    return row["review_id"]


def digest(row: dict) -> str:
    """SHA-256 over the row's values that are not null, names sorted, with the hash of the row before."""
    content = {name: row[name] for name in HASHED if row.get(name) is not None}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# Questions


@dataclass(frozen=True)
class Verification:
    """``broken`` is the first review that does not follow from the one before, None when all do.

    Note ``head`` outside the workspace: a register cut short still verifies, with another head.
    """

    rows: int
    head: str
    broken: int | None


def verify(workspace: Workspace) -> Verification:
    """Recompute every hash of the register from its first row."""
    previous, broken, rows = "", None, 0
    with connect(workspace) as db:
        for rows, row in enumerate(db.query("SELECT * FROM reviews ORDER BY review_id"), start=1):  # noqa: B007
            whole = row["review_id"] == rows and row["previous_hash"] == previous and row["hash"] == digest(row)
            broken = broken or (None if whole else row["review_id"])
            previous = row["hash"]
    return Verification(rows, previous, broken)


def reviews(
    workspace: Workspace, filters: dict | None = None, effective: bool = False, limit: int = -1
) -> pd.DataFrame:
    """Reviews, newest first, with columns of schema.REVIEWS, ``undoes`` and ``counts`` (nothing replaces it).

    ``filters`` are columns that must be equal (verdict, reviewer, stay_id, alert_id, error_type, model_id, …)
    and ``since``, ``until`` on reviewed_at. ``effective`` leaves only rows that count.
    """
    filters = dict(filters or {})
    bounds = [(sign, filters.pop(name)) for name, sign in (("since", ">="), ("until", "<")) if name in filters]
    if set(filters) - set(REVIEWS.names):
        raise Refusal("review_invalid", column=", ".join(set(filters) - set(REVIEWS.names)), value="?")
    where = [f"{name} = ?" for name in filters] + [f"reviewed_at {sign} ?" for sign, _ in bounds]
    values = [*filters.values()] + [str(value) for _, value in bounds]
    replaced = "EXISTS (SELECT 1 FROM reviews c WHERE c.corrects = r.review_id)"
    sql = (
        f"SELECT {', '.join(REVIEWS.names)}, undoes, verdict <> '{WITHDRAWN}' AND NOT {replaced} AS counts"
        f" FROM {'effective' if effective else 'reviews'} r WHERE {' AND '.join(where) or '1'}"
        " ORDER BY review_id DESC LIMIT ?"
    )
    with connect(workspace) as db:
        return as_frame(list(db.query(sql, [*values, limit])))


def as_frame(rows: list[dict]) -> pd.DataFrame:
    """Register rows with the dtypes of the schema; times without zone, reviewed_at in UTC."""
    columns = {column.name: typed(column, [row[column.name] for row in rows]) for column in REVIEWS.columns}
    undoes = pd.array([row["undoes"] for row in rows], dtype="Int64")
    return pd.DataFrame(columns | {"undoes": undoes, "counts": np.array([row["counts"] for row in rows], dtype=bool)})


def typed(column: Column, values: list) -> np.ndarray | pd.api.extensions.ExtensionArray:
    """A column from SQLite; times are cut before their zone, for all are written by ``now`` or without one."""
    if column.kind == "time":
        return np.array([value[:26] if value else "NaT" for value in values], dtype="datetime64[us]")
    if column.kind == "number":
        return np.array([np.nan if value is None else value for value in values], dtype="float64")
    return pd.array(values, dtype={"text": "str", "integer": "Int64"}[column.kind])


def reviews_of_stay(workspace: Workspace, stay_id: str) -> pd.DataFrame:
    """Every review of a stay, newest first."""
    return reviews(workspace, {"stay_id": stay_id})


def history(workspace: Workspace, alert_id: str) -> pd.DataFrame:
    """Everything that was ever decided on an alert, newest first."""
    return reviews(workspace, {"alert_id": alert_id})
