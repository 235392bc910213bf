"""The register's tables, step by step; a step that has been delivered is never edited.

``alerts``, ``explanations`` and ``stays`` say what there is to judge, ``reviews`` what was decided: it only
grows. Times are ISO 8601; those of what people did are UTC.
"""

from sqlite_utils import Database, Migrations

from core.schema import ALERTS, REVIEWS, Table

STEPS = Migrations("register")
SQL = {"text": "TEXT", "number": "REAL", "integer": "INTEGER", "flag": "INTEGER", "time": "TEXT"}


def columns(table: Table, references: dict[str, str]) -> str:
    """Column definitions of a table of the schema, its key first among equals."""
    parts = []
    for column in table.columns:
        null = " NOT NULL" if column.required else ""
        key = " PRIMARY KEY" if (column.name,) == table.key else ""
        parts.append(f"{column.name} {SQL[column.kind]}{key}{null} {references.get(column.name, '')}".strip())
    return ",\n".join(parts)


def forbid(db: Database, name: str, event: str, message: str, when: str = "") -> None:
    db.execute(f"CREATE TRIGGER {name} BEFORE {event} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END")


@STEPS()
def m001_alerts(db: Database) -> None:
    """What there is to judge. ``state`` is open, retired (a newer scoring has it no more) or what was decided."""
    db.execute(
        "CREATE TABLE stays (stay_id TEXT PRIMARY KEY, patient_id TEXT, ward TEXT, admitted_at TEXT,"
        " discharged_at TEXT, age_years REAL, sex TEXT, source TEXT,"
        " open_alerts INTEGER NOT NULL DEFAULT 0, risk REAL NOT NULL DEFAULT 0) STRICT"
    )
    db.execute(
        f"CREATE TABLE alerts ({columns(ALERTS, {'stay_id': 'REFERENCES stays'})},"
        " ward TEXT, label TEXT, partner_labels TEXT, run TEXT NOT NULL, kept_at TEXT NOT NULL,"
        " state TEXT NOT NULL DEFAULT 'open', deferred_until TEXT) STRICT"
    )
    db.execute("CREATE TABLE explanations (alert_id TEXT PRIMARY KEY REFERENCES alerts, content TEXT NOT NULL) STRICT")
    db.execute(
        "CREATE INDEX alerts_ranked ON alerts"
        " (state, score DESC, alert_id, deferred_until, ward, error_type, level, origin, model_id)"
    )
    db.execute("CREATE INDEX alerts_stay ON alerts (stay_id, state, score)")
    db.execute("CREATE INDEX stays_ranked ON stays (risk DESC, stay_id, ward, open_alerts)")
    forbid(db, "alerts_stay_there", "DELETE ON alerts", "alerts are kept")
    forbid(db, "alerts_stay_the_same", f"UPDATE OF {', '.join(ALERTS.names)} ON alerts", "alerts are kept as they were")
    update = (
        "UPDATE stays SET open_alerts = (SELECT count(*) FROM alerts WHERE stay_id = NEW.stay_id AND state = 'open'),"
        " risk = coalesce((SELECT max(score) FROM alerts WHERE stay_id = NEW.stay_id AND state = 'open'), 0)"
        " WHERE stay_id = NEW.stay_id;"
    )
    db.execute(f"CREATE TRIGGER stays_follow_new AFTER INSERT ON alerts BEGIN {update} END")
    db.execute(f"CREATE TRIGGER stays_follow AFTER UPDATE OF state ON alerts BEGIN {update} END")


@STEPS()
def m002_reviews(db: Database) -> None:
    """What was decided: rows that are only added, each holding the hash of the one before."""
    references = {"alert_id": "REFERENCES alerts", "corrects": "REFERENCES reviews"}
    db.execute(
        f"CREATE TABLE reviews ({columns(REVIEWS, references)}, undoes INTEGER REFERENCES reviews,"
        " token TEXT NOT NULL UNIQUE, previous_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT"
    )
    db.execute("CREATE UNIQUE INDEX reviews_corrects ON reviews (corrects) WHERE corrects IS NOT NULL")
    db.execute("CREATE UNIQUE INDEX reviews_undoes ON reviews (undoes) WHERE undoes IS NOT NULL")
    db.execute("CREATE INDEX reviews_alert ON reviews (alert_id)")
    db.execute("CREATE INDEX reviews_stay ON reviews (stay_id)")
    db.execute("CREATE INDEX reviews_reviewer ON reviews (reviewer, review_id DESC)")
    forbid(db, "reviews_never_change", "UPDATE ON reviews", "the register only grows")
    forbid(db, "reviews_never_go", "DELETE ON reviews", "the register only grows")
    forbid(
        db, "reviews_follow_each_other", "INSERT ON reviews", "the register only grows",
        "WHEN NEW.review_id <> (SELECT coalesce(max(review_id), 0) + 1 FROM reviews) OR NEW.previous_hash <>"
        " coalesce((SELECT hash FROM reviews ORDER BY review_id DESC LIMIT 1), '')",
    )  # fmt: skip
    db.execute(
        "CREATE VIEW effective AS SELECT r.* FROM reviews r WHERE r.verdict <> 'withdrawn'"
        " AND NOT EXISTS (SELECT 1 FROM reviews c WHERE c.corrects = r.review_id)"
    )
    db.execute(
        "CREATE TRIGGER alerts_follow AFTER INSERT ON reviews WHEN NEW.alert_id IS NOT NULL BEGIN"
        " UPDATE alerts SET state = (SELECT CASE count(DISTINCT verdict) WHEN 0 THEN 'open' WHEN 1 THEN max(verdict)"
        " ELSE 'disagreed' END FROM effective WHERE alert_id = NEW.alert_id) WHERE alert_id = NEW.alert_id; END"
    )


@STEPS()
def m003_desk(db: Database) -> None:
    """What is on somebody's desk: may change and go."""
    for name, columns, key in (
        ("drafts", "reviewer TEXT, subject TEXT, content TEXT NOT NULL, saved_at TEXT NOT NULL", "reviewer, subject"),
        ("flags", "alert_id TEXT REFERENCES alerts, reviewer TEXT, flagged_at TEXT NOT NULL", "alert_id, reviewer"),
        ("claims", "stay_id TEXT, reviewer TEXT, expires_at TEXT NOT NULL", "stay_id, reviewer"),
        ("places", "reviewer TEXT, queue TEXT, content TEXT NOT NULL, seen_at TEXT NOT NULL", "reviewer, queue"),
        ("saved_views", "reviewer TEXT, name TEXT, content TEXT NOT NULL, saved_at TEXT NOT NULL", "reviewer, name"),
    ):
        db.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({key})) STRICT, WITHOUT ROWID")


@STEPS()
def m004_faster(db: Database) -> None:
    """A new alert costs its stay no count (a third of the time to keep 100,000), and a search needs only the index."""
    db.execute("DROP TRIGGER stays_follow_new")
    db.execute(
        "CREATE TRIGGER stays_follow_new AFTER INSERT ON alerts WHEN NEW.state = 'open' BEGIN"
        " UPDATE stays SET open_alerts = open_alerts + 1, risk = max(risk, NEW.score) WHERE stay_id = NEW.stay_id; END"
    )
    db.execute("DROP INDEX alerts_ranked")
    db.execute(
        "CREATE INDEX alerts_ranked ON alerts (state, score DESC, alert_id, deferred_until, ward, error_type, level,"
        " origin, model_id, stay_id, label, partner_labels)"
    )


@STEPS()
def m005_scored_again(db: Database) -> None:
    """What the last scoring says of an alert, beside what was said when it was raised: the worklist follows it.

    ``score_before`` is the score of the scoring before, empty for what is new; ``act_by`` see core/review/urgency.py.
    """
    for column in ("score_now REAL", "score_before REAL", "act_by TEXT"):
        db.execute(f"ALTER TABLE alerts ADD COLUMN {column}")
    for trigger in ("stays_follow", "stays_follow_new"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("UPDATE alerts SET score_now = score")
    db.execute("DROP INDEX alerts_ranked")
    db.execute(
        "CREATE INDEX alerts_ranked ON alerts (state, score_now DESC, alert_id, deferred_until, ward, error_type,"
        " level, origin, model_id, stay_id, label, partner_labels)"
    )
    db.execute("DROP INDEX alerts_stay")
    db.execute("CREATE INDEX alerts_stay ON alerts (stay_id, state, score_now)")
    db.execute("CREATE INDEX alerts_line ON alerts (line_id, error_type)")
    db.execute(
        "CREATE TRIGGER stays_follow_new AFTER INSERT ON alerts WHEN NEW.state = 'open' BEGIN UPDATE stays SET"
        " open_alerts = open_alerts + 1, risk = max(risk, NEW.score_now) WHERE stay_id = NEW.stay_id; END"
    )
    db.execute(
        "CREATE TRIGGER stays_follow AFTER UPDATE OF state, score_now ON alerts"
        " WHEN NEW.state <> OLD.state OR NEW.score_now <> OLD.score_now BEGIN UPDATE stays SET"
        " open_alerts = (SELECT count(*) FROM alerts WHERE stay_id = NEW.stay_id AND state = 'open'),"
        " risk = coalesce((SELECT max(score_now) FROM alerts WHERE stay_id = NEW.stay_id AND state = 'open'), 0)"
        " WHERE stay_id = NEW.stay_id; END"
    )


@STEPS()
def m006_values(db: Database) -> None:
    """The values that a filter can take are found by leaps, and states counted on a small index: 419 ms to under 1."""
    for name in ("ward", "error_type", "level", "origin", "model_id"):
        db.execute(f"CREATE INDEX alerts_{name} ON alerts (state, {name})")


@STEPS()
def m007_explained_from(db: Database) -> None:
    """What each explanation was worked out from (core.detection.explain.basis); of earlier ones nobody knows."""
    db.execute("ALTER TABLE explanations ADD COLUMN digest TEXT")


VERSION = 7  # number of steps, kept in SQLite's user_version
