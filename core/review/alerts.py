"""What there is to judge: alerts as they were raised, with their explanations, kept beside the reviews."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlite_utils import Database

from core.data import store
from core.data.check import conform
from core.errors import Refusal
from core.review.database import connect, now, writing
from core.review.rewritten import retire_rewritten, rewritten
from core.review.urgency import act_by
from core.schema import ALERTS, LINES, SEPARATOR, kind_of
from core.settings import Workspace

STAY_FACTS = ("stay_id", "patient_id", "ward", "admitted_at", "discharged_at", "age_years", "sex", "source")
GIVEN = ("started_at", "ended_at", "times_per_day", "prn", "route", "dose", "unit")
NONE = MappingProxyType({})
MIRRORED = (  # two lines that name each other are one problem: what was decided of the one holds for the other
    "UPDATE alerts SET state = 'retired' WHERE state = 'open' AND EXISTS (SELECT 1 FROM alerts t WHERE"
    " t.line_id = alerts.partner_line_ids AND t.partner_line_ids = alerts.line_id AND t.at = alerts.at"
    " AND kind_of(t.error_type) = kind_of(alerts.error_type) AND t.state NOT IN ('open', 'retired'))"
)


def plain(frame: pd.DataFrame) -> list[dict]:
    """Rows as SQLite takes them: times as ISO text, missing as None."""
    rows = frame.copy()
    for name in rows.select_dtypes("datetime"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%dT%H:%M:%S")
    return rows.astype("object").where(rows.notna(), None).to_dict("records")


def keep_alerts(
    workspace: Workspace,
    alerts: pd.DataFrame,
    explanations: Mapping[str, dict] | None = None,
    run: str = "",
    retire: bool = True,
    digests: Mapping[str, str] = NONE,
) -> int:
    """Keep alerts (schema.ALERTS), their explanations and what these were worked out from, by alert_id; returns how many
    are new.

    An alert that is kept already stays as it was, but for what this scoring says of it beside: ``score_now``,
    ``score_before`` and ``act_by``. With ``retire``, open alerts of other runs leave the worklist, those of two lines of
    which the mirror was judged, and those of a line that was written again: pass False, and one ``run`` for all, when a
    scoring arrives in several calls.
    """
    alerts = conform(ALERTS, alerts)
    run = run or now()
    stays = store.read_stays(workspace)
    stays = stays.loc[stays["stay_id"].isin(alerts["stay_id"]), list(STAY_FACTS)]
    lines = line_captions(workspace, lines_of(alerts))
    found = captioned(alerts, lines, stays).assign(run=run, kept_at=now(), score_now=alerts["score"])
    rows = plain(found)
    with connect(workspace) as db, writing(db):
        before = {row[0] for row in db.execute("SELECT alert_id FROM alerts")}
        insert(db, "stays", plain(stays))
        insert(db, "alerts", rows)
        follow(db, [row for row in rows if before and row["alert_id"] not in before])
        reopen(db, [row for row in rows if row["alert_id"] in before])
        for alert_id, content in (explanations or {}).items():
            insert_explanation(db, alert_id, content, digests.get(alert_id))
        if retire:
            db.execute("UPDATE alerts SET state = 'retired' WHERE state = 'open' AND run <> ?", [run])
            db.conn.create_function("kind_of", 1, kind_of, deterministic=True)
            db.execute(MIRRORED)
            retire_rewritten(db, rewritten(found, lines))
        return db["alerts"].count - len(before)


def insert(db: Database, table: str, rows: list[dict], conflict: str = "OR IGNORE") -> None:
    if rows:
        names = list(rows[0])
        sql = f"INSERT {conflict} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        db.conn.executemany(sql, [tuple(row.values()) for row in rows])


def insert_explanation(db: Database, alert_id: str, content: object, digest: str | None) -> None:
    row = {"alert_id": alert_id, "content": as_json(content), "digest": digest}
    insert(db, "explanations", [row], "OR REPLACE")


def follow(db: Database, fresh: list[dict]) -> None:
    """A new alert on a line and error type that an earlier scoring raised at another instant remembers its score."""
    earlier = (
        "UPDATE alerts SET score_before = (SELECT e.score_now FROM alerts e WHERE e.line_id = alerts.line_id AND"
        " e.error_type = alerts.error_type AND e.run <> alerts.run ORDER BY e.kept_at DESC LIMIT 1) WHERE alert_id = ?"
    )
    db.conn.executemany(earlier, [(row["alert_id"],) for row in fresh])


def reopen(db: Database, again: list[dict]) -> None:
    """Alerts that a scoring raises again belong to it, with its score; those retired are open again."""
    told = (
        "UPDATE alerts SET score_before = CASE run WHEN :run THEN score_before ELSE score_now END,"
        " score_now = :score_now, act_by = :act_by, run = :run WHERE alert_id = :alert_id"
    )
    names = ("run", "score_now", "act_by", "alert_id")
    db.conn.executemany(told, [{name: row[name] for name in names} for row in again])
    reopened = "UPDATE alerts SET state = 'open' WHERE alert_id = ? AND state = 'retired'"
    db.conn.executemany(reopened, [(row["alert_id"],) for row in again])


def lines_of(alerts: pd.DataFrame) -> set[str]:
    """Ids of the lines that alerts name."""
    return {*alerts["line_id"], *alerts["partner_line_ids"].fillna("").str.split(SEPARATOR).explode()}


def captioned(alerts: pd.DataFrame, lines: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Alerts with what their lines say: ``ward``, ``label`` and ``partner_labels`` (substances, or the drug as
    written), and ``act_by``."""
    partners = alerts["partner_line_ids"].fillna("").str.split(SEPARATOR)
    label, ward = dict(zip(lines["line_id"], lines["label"], strict=True)), lines.set_index("line_id")["ward"]
    return alerts.assign(
        ward=alerts["line_id"].map(ward).astype("str"),
        label=alerts["line_id"].map(label).astype("str"),
        partner_labels=[
            " + ".join(dict.fromkeys(label[line] for line in ids if line in label)) or None for ids in partners
        ],
        act_by=act_by(alerts, lines, stays),
    )


def line_captions(workspace: Workspace, line_ids: set[str]) -> pd.DataFrame:
    """``label``, ``ward``, times and doses of lines, by one pass over a few columns of the store."""
    rows = store.read_table(workspace, LINES, ["line_id", "drug", "substances", "ward", *GIVEN])
    rows = rows.filter(pc.is_in(rows["line_id"], pa.array(list(line_ids), pa.string()))).to_pandas()
    return rows.assign(label=of_substances(rows))


def of_substances(lines: pd.DataFrame) -> pd.Series:
    """What lines are called: the keys of their substances, or the drug as written where none is known."""
    return lines["substances"].replace("", None).fillna(lines["drug"])


def as_json(content: object) -> str:
    """JSON text; text is taken to be JSON already."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)


# Questions


def alert(workspace: Workspace, alert_id: str) -> dict:
    """One alert with ``ward``, ``label``, ``state`` and ``detail`` (parsed); unknown raises Refusal.

    ``score`` is what the last scoring says, as in the worklist; ``score_raised`` what it was at first.
    """
    with connect(workspace) as db:
        return one(db, alert_id)


def one(db: Database, alert_id: str) -> dict:
    row = next(db.query("SELECT * FROM alerts WHERE alert_id = ?", [alert_id]), None)
    if row is None:
        raise Refusal("unknown_alert", alert=alert_id)
    return as_shown(row)


def as_shown(row: dict) -> dict:
    detail = json.loads(row["detail"]) if row["detail"] else {}
    return row | {"score": row["score_now"], "score_raised": row["score"], "detail": detail}


def alerts_of_stay(workspace: Workspace, stay_id: str) -> list[dict]:
    """Alerts of a stay, open ones first, then by score; empty when nothing was raised."""
    with connect(workspace) as db:
        sql = "SELECT * FROM alerts WHERE stay_id = ? ORDER BY state <> 'open', score_now DESC, alert_id"
        return [as_shown(row) for row in db.query(sql, [stay_id])]


def explanation(workspace: Workspace, alert_id: str) -> dict | None:
    """The explanation computed ahead for an alert; None when there is none."""
    with connect(workspace) as db:
        row = db.execute("SELECT content FROM explanations WHERE alert_id = ?", [alert_id]).fetchone()
    return json.loads(row[0]) if row else None


def explained_from(workspace: Workspace) -> dict[str, str]:
    """Digests of what the kept explanations were worked out from, by alert_id, where they are known."""
    with connect(workspace) as db:
        return dict(db.execute("SELECT alert_id, digest FROM explanations WHERE digest IS NOT NULL").fetchall())


def keep_explanation(workspace: Workspace, alert_id: str, content: dict, digest: str | None = None) -> None:
    """Keep an explanation, with what it was worked out from (core.detection.explain.basis) where that is known."""
    with connect(workspace) as db, writing(db):
        insert_explanation(db, alert_id, content, digest)
