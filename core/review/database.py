"""One connection to the register a call: opened in under a millisecond, closed at the end, never shared by threads."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlite_utils import Database

from core.data.workspace import create
from core.errors import Refusal
from core.review.migrations import STEPS, VERSION
from core.settings import Workspace

BUSY_SECONDS = 5.0  # two writers wait for each other; a write takes a few milliseconds
REFUSALS = (  # words of SQLite's own message, code
    ("locked", "register_locked"), ("busy", "register_locked"), ("readonly", "register_read_only"),
    ("unable to open", "register_unreachable"), ("not a database", "register_damaged"),
    ("malformed", "register_damaged"), ("full", "register_full"), ("only grows", "register_only_grows"),
)  # fmt: skip


def now(later: timedelta = timedelta()) -> str:
    """UTC with microseconds, so that text order is time order."""
    return (datetime.now(UTC) + later).isoformat(timespec="microseconds")


@contextmanager
def told(workspace: Workspace) -> Iterator[None]:
    """SQLite's errors that a person can mend, as Refusal."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = next((code for words, code in REFUSALS if words in str(error)), None)
        if code is None:
            raise
        raise Refusal(code, path=workspace.register) from error


@lru_cache(maxsize=4)
def held(path: Path, inode: int) -> sqlite3.Connection:
    """An idle connection that nobody uses: while it is open, closing another does not fold the log into the file.

    Halves the time of a write. Let go before a fork, for SQLite's locks do not survive one.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


os.register_at_fork(before=held.cache_clear)


@contextmanager
def connect(workspace: Workspace) -> Iterator[Database]:
    """The register, made or migrated when needed; Refusal when it is locked, read-only, damaged or newer."""
    create(workspace)
    with told(workspace):
        connection = sqlite3.connect(workspace.register, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            db = Database(connection)
            prepare(db, workspace)
            held(workspace.register, workspace.register.stat().st_ino)
            yield db
        finally:
            connection.close()


def prepare(db: Database, workspace: Workspace) -> None:
    """Bring the tables to this version; nothing is written when they are."""
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise Refusal("workspace_newer", path=workspace.path, found=found, known=VERSION)
    if found == VERSION:
        return
    db.enable_wal()
    with writing(db):
        STEPS.apply(db)
        db.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction that holds the write lock from its start, so that what it reads stays true."""
    db.conn.execute("BEGIN IMMEDIATE")
    with db.conn:  # commits, or rolls back when anything is raised
        yield
