"""What a pharmacist has in hand and may still change: drafts, flags, claims, the place where they stopped.

Kept beside the register, in ``desk.db``: the register only grows, the desk is tidied. A cut
connection, a reload or a restart loses nothing of it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from core.errors import Refusal
from core.settings import Workspace

CLAIM_MINUTES = 10  # a stay left open longer than this is free again
TABLES = {
    "drafts": ({"reviewer": str, "alert_id": str, "body": str, "saved_at": str}, ("reviewer", "alert_id")),
    "flags": ({"alert_id": str, "reviewer": str, "flagged_at": str}, ("alert_id",)),
    "claims": ({"stay_id": str, "reviewer": str, "seen_at": str}, ("stay_id", "reviewer")),
    "places": ({"reviewer": str, "stay_id": str, "alert_id": str, "seen_at": str}, ("reviewer",)),
    "gestures": ({"token": str}, ("token",)),
}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def desk(workspace: Workspace) -> Iterator[Database]:
    """The desk of a workspace, opened for one call; refuses with a sentence when it cannot be written."""
    try:
        connection = sqlite3.connect(workspace.path / "desk.db", timeout=5)
        database = Database(connection)
        if "gestures" not in database.table_names():
            connection.execute("PRAGMA journal_mode=WAL")
            for name, (columns, key) in TABLES.items():
                database[name].create(columns, pk=key if len(key) > 1 else key[0], if_not_exists=True)
        with connection:
            yield database
        connection.close()
    except sqlite3.OperationalError as error:
        raise Refusal("desk_unwritable", path=str(workspace.path / "desk.db"), why=str(error)) from error


def save_draft(workspace: Workspace, reviewer: str, alert_id: str, body: dict) -> None:
    with desk(workspace) as database:
        row = {"reviewer": reviewer, "alert_id": alert_id, "body": json.dumps(body), "saved_at": now()}
        database["drafts"].upsert(row, pk=("reviewer", "alert_id"))


def draft(workspace: Workspace, reviewer: str, alert_id: str) -> dict:
    """The draft of one person on one alert; empty when there is none."""
    with desk(workspace) as database:
        rows = list(database["drafts"].rows_where("reviewer = ? and alert_id = ?", [reviewer, alert_id]))
    return json.loads(rows[0]["body"]) if rows else {}


def drop_draft(workspace: Workspace, reviewer: str, alert_id: str) -> None:
    with desk(workspace) as database:
        database["drafts"].delete_where("reviewer = ? and alert_id = ?", [reviewer, alert_id])


def toggle_flag(workspace: Workspace, reviewer: str, alert_id: str) -> bool:
    """Flag an alert to come back to it, or take the flag away; says whether it stands now."""
    with desk(workspace) as database:
        if database["flags"].count_where("alert_id = ?", [alert_id]):
            database["flags"].delete(alert_id)
            return False
        database["flags"].insert({"alert_id": alert_id, "reviewer": reviewer, "flagged_at": now()})
        return True


def flags(workspace: Workspace) -> set[str]:
    """Every flagged alert."""
    with desk(workspace) as database:
        return {row["alert_id"] for row in database["flags"].rows}


def enter(workspace: Workspace, reviewer: str, stay_id: str, alert_id: str) -> list[str]:
    """Keep the place of a person and say who else has had the stay open in the last minutes."""
    since = (datetime.now(UTC) - timedelta(minutes=CLAIM_MINUTES)).isoformat(timespec="seconds")
    with desk(workspace) as database:
        database["claims"].upsert(
            {"stay_id": stay_id, "reviewer": reviewer, "seen_at": now()}, pk=("stay_id", "reviewer")
        )
        place = {"reviewer": reviewer, "stay_id": stay_id, "alert_id": alert_id, "seen_at": now()}
        database["places"].upsert(place, pk="reviewer")
        rows = database["claims"].rows_where(
            "stay_id = ? and reviewer <> ? and seen_at > ?", [stay_id, reviewer, since]
        )
        return sorted(row["reviewer"] for row in rows)


def claims(workspace: Workspace) -> dict[str, list[str]]:
    """Who has which stay open: reviewers by stay, for claims that have not expired."""
    since = (datetime.now(UTC) - timedelta(minutes=CLAIM_MINUTES)).isoformat(timespec="seconds")
    found: dict[str, list[str]] = {}
    with desk(workspace) as database:
        for row in database["claims"].rows_where("seen_at > ?", [since], order_by="reviewer"):
            found.setdefault(row["stay_id"], []).append(row["reviewer"])
    return found


def place(workspace: Workspace, reviewer: str) -> tuple[str, str] | None:
    """Stay and alert where a person stopped."""
    with desk(workspace) as database:
        rows = list(database["places"].rows_where("reviewer = ?", [reviewer]))
    return (rows[0]["stay_id"], rows[0]["alert_id"]) if rows else None


def first_time(workspace: Workspace, token: str) -> bool:
    """True once for a gesture, False for its repeats, across sessions and restarts."""
    with desk(workspace) as database:
        return database.conn.execute("INSERT OR IGNORE INTO gestures(token) VALUES (?)", [token]).rowcount == 1


def forget_gesture(workspace: Workspace, token: str) -> None:
    """Free a gesture whose write was refused, so that it may be made again."""
    with desk(workspace) as database:
        database["gestures"].delete_where("token = ?", [token])
