"""What a pharmacist has in hand and may still change: drafts, flags, who has what open, where they stopped.

In the register's file, so that a reload, a restart or a cut connection loses none of it; but not in its
chain: a desk is tidied. Times are UTC.
"""

import json
from datetime import timedelta

from core.review.database import connect, now, writing
from core.settings import Workspace

CLAIM = timedelta(minutes=10)  # a stay left open for longer is free again


def put(workspace: Workspace, sql: str, values: list) -> int:
    """One write in a transaction of its own; returns the rows it touched."""
    with connect(workspace) as db, writing(db):
        return db.execute(sql, values).rowcount


def rows(workspace: Workspace, sql: str, values: list) -> list[tuple]:
    with connect(workspace) as db:
        return db.execute(sql, values).fetchall()


# Drafts


def save_draft(workspace: Workspace, reviewer: str, subject: str, body: dict) -> None:
    """Keep a verdict half made; ``subject`` is an alert_id, or a line_id for an error that nothing flagged."""
    put(workspace, "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", [reviewer, subject, json.dumps(body), now()])


def draft(workspace: Workspace, reviewer: str, subject: str) -> dict:
    """The draft of one person on one subject; empty when there is none."""
    found = rows(workspace, "SELECT content FROM drafts WHERE reviewer = ? AND subject = ?", [reviewer, subject])
    return json.loads(found[0][0]) if found else {}


def leave_reason(workspace: Workspace, reviewer: str, subject: str) -> None:
    """A reason says why something is no error: the draft of one that was confirmed no longer holds it."""
    kept = draft(workspace, reviewer, subject)
    if kept.get("reason"):
        save_draft(workspace, reviewer, subject, kept | {"reason": None})


def drop_draft(workspace: Workspace, reviewer: str, subject: str) -> None:
    put(workspace, "DELETE FROM drafts WHERE reviewer = ? AND subject = ?", [reviewer, subject])


# Flags


def toggle_flag(workspace: Workspace, reviewer: str, alert_id: str) -> bool:
    """Flag an alert to come back to it, or take one's flag away; says whether it stands now."""
    with connect(workspace) as db, writing(db):
        if db.execute("DELETE FROM flags WHERE alert_id = ? AND reviewer = ?", [alert_id, reviewer]).rowcount:
            return False
        db.execute("INSERT INTO flags VALUES (?, ?, ?)", [alert_id, reviewer, now()])
        return True


def flags(workspace: Workspace, reviewer: str = "") -> set[str]:
    """Alerts flagged by one person, or by anybody."""
    found = rows(workspace, "SELECT alert_id FROM flags WHERE ? IN ('', reviewer)", [reviewer])
    return {row[0] for row in found}


# Who has what open, and where one stopped


def enter(workspace: Workspace, reviewer: str, stay_id: str, alert_id: str = "", queue: str = "") -> list[str]:
    """Keep the place of a person, say for CLAIM that the stay is open, and answer who else has it open."""
    place = json.dumps({"stay_id": stay_id, "alert_id": alert_id})
    with connect(workspace) as db, writing(db):
        db.execute("DELETE FROM claims WHERE expires_at <= ? OR reviewer = ?", [now(), reviewer])
        db.execute("INSERT INTO claims VALUES (?, ?, ?)", [stay_id, reviewer, now(CLAIM)])
        db.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", [reviewer, queue, place, now()])
        others = db.execute("SELECT reviewer FROM claims WHERE stay_id = ? AND reviewer <> ?", [stay_id, reviewer])
        return sorted(row[0] for row in others)


def leave(workspace: Workspace, reviewer: str) -> None:
    """Give back what a person has open."""
    put(workspace, "DELETE FROM claims WHERE reviewer = ?", [reviewer])


def claims(workspace: Workspace) -> dict[str, list[str]]:
    """Who has which stay open: reviewers by stay, for claims that have not expired."""
    found: dict[str, list[str]] = {}
    sql = "SELECT stay_id, reviewer FROM claims WHERE expires_at > ? ORDER BY reviewer"
    for stay_id, reviewer in rows(workspace, sql, [now()]):
        found.setdefault(stay_id, []).append(reviewer)
    return found


def place(workspace: Workspace, reviewer: str, queue: str = "") -> dict:
    """Where a person stopped: stay_id and alert_id; empty for a newcomer."""
    found = rows(workspace, "SELECT content FROM places WHERE reviewer = ? AND queue = ?", [reviewer, queue])
    return json.loads(found[0][0]) if found else {}


# Saved views


def save_view(workspace: Workspace, reviewer: str, name: str, filters: dict) -> None:
    """Keep a set of filters under a name; the same name replaces it."""
    content = json.dumps(filters)
    put(workspace, "INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?, ?)", [reviewer, name, content, now()])


def views(workspace: Workspace, reviewer: str) -> dict[str, dict]:
    """Saved filters by name."""
    found = rows(workspace, "SELECT name, content FROM saved_views WHERE reviewer = ? ORDER BY name", [reviewer])
    return {name: json.loads(content) for name, content in found}


def drop_view(workspace: Workspace, reviewer: str, name: str) -> None:
    put(workspace, "DELETE FROM saved_views WHERE reviewer = ? AND name = ?", [reviewer, name])
