"""What there is to judge: alerts as they were raised, with their explanations, kept beside the reviews."""

import json
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlite_utils import Database

from core.data import store
from core.data.check import conform
from core.errors import Refusal
from core.review.database import connect, now, writing
from core.schema import ALERTS, LINES, SEPARATOR
from core.settings import Workspace

STAY_FACTS = ("stay_id", "patient_id", "ward", "admitted_at", "discharged_at", "age_years", "sex", "source")


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
) -> int:
    """Keep alerts (schema.ALERTS) and their explanations by alert_id; returns how many are new.

    An alert that is kept already stays as it was. With ``retire``, open alerts of other runs leave the
    worklist: pass False, and one ``run`` for all, when a scoring arrives in several calls.
    """
    alerts = conform(ALERTS, alerts)
    run = run or now()
    rows = plain(captioned(workspace, alerts).assign(run=run, kept_at=now()))
    stays = store.read_stays(workspace)
    stays = plain(stays.loc[stays["stay_id"].isin(alerts["stay_id"]), list(STAY_FACTS)])
    with connect(workspace) as db, writing(db):
        before = {row[0] for row in db.execute("SELECT alert_id FROM alerts")}
        insert(db, "stays", stays)
        insert(db, "alerts", rows)
        reopen(db, [row["alert_id"] for row in rows if row["alert_id"] in before], run)
        kept = [{"alert_id": i, "content": as_json(content)} for i, content in (explanations or {}).items()]
        insert(db, "explanations", kept, "OR REPLACE")
        if retire:
            db.execute("UPDATE alerts SET state = 'retired' WHERE state = 'open' AND run <> ?", [run])
        return db["alerts"].count - len(before)


def insert(db: Database, table: str, rows: list[dict], conflict: str = "OR IGNORE") -> None:
    if rows:
        names = list(rows[0])
        sql = f"INSERT {conflict} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        db.conn.executemany(sql, [tuple(row.values()) for row in rows])


def reopen(db: Database, again: list[str], run: str) -> None:
    """Alerts that a scoring raises again belong to it; those retired are open again."""
    db.conn.executemany("UPDATE alerts SET run = ? WHERE alert_id = ?", [(run, alert_id) for alert_id in again])
    reopened = "UPDATE alerts SET state = 'open' WHERE alert_id = ? AND state = 'retired'"
    db.conn.executemany(reopened, [(alert_id,) for alert_id in again])


def captioned(workspace: Workspace, alerts: pd.DataFrame) -> pd.DataFrame:
    """Alerts with ``ward``, ``label`` and ``partner_labels``: substances (or the drug as written) of their lines."""
    partners = alerts["partner_line_ids"].fillna("").str.split(SEPARATOR)
    wanted = set(alerts["line_id"]) | {line for lines in partners for line in lines}
    found = line_captions(workspace, wanted)
    label, ward = dict(zip(found["line_id"], found["label"], strict=True)), found.set_index("line_id")["ward"]
    return alerts.assign(
        ward=alerts["line_id"].map(ward).astype("str"),
        label=alerts["line_id"].map(label).astype("str"),
        partner_labels=[
            " + ".join(dict.fromkeys(label[line] for line in lines if line in label)) or None for lines in partners
        ],
    )


def line_captions(workspace: Workspace, line_ids: set[str]) -> pd.DataFrame:
    """``line_id``, ``label`` and ``ward`` of lines, by one pass over four columns of the store."""
    rows = store.read_table(workspace, LINES, ["line_id", "drug", "substances", "ward"])
    rows = rows.filter(pc.is_in(rows["line_id"], pa.array(list(line_ids), pa.string()))).to_pandas()
    return rows.assign(label=rows["substances"].replace("", None).fillna(rows["drug"]))


def as_json(content: object) -> str:
    """JSON text; text is taken to be JSON already."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)


# Questions


def alert(workspace: Workspace, alert_id: str) -> dict:
    """One alert with ``ward``, ``label``, ``state`` and ``detail`` (parsed); unknown raises Refusal."""
    with connect(workspace) as db:
        return one(db, alert_id)


def one(db: Database, alert_id: str) -> dict:
    row = next(db.query("SELECT * FROM alerts WHERE alert_id = ?", [alert_id]), None)
    if row is None:
        raise Refusal("unknown_alert", alert=alert_id)
    return row | {"detail": json.loads(row["detail"]) if row["detail"] else {}}


def alerts_of_stay(workspace: Workspace, stay_id: str) -> list[dict]:
    """Alerts of a stay, open ones first, then by score; empty when nothing was raised."""
    with connect(workspace) as db:
        sql = "SELECT * FROM alerts WHERE stay_id = ? ORDER BY state <> 'open', score DESC, alert_id"
        return [row | {"detail": json.loads(row["detail"] or "{}")} for row in db.query(sql, [stay_id])]


def explanation(workspace: Workspace, alert_id: str) -> dict | None:
    """The explanation computed ahead for an alert; None when there is none."""
    with connect(workspace) as db:
        row = db.execute("SELECT content FROM explanations WHERE alert_id = ?", [alert_id]).fetchone()
    return json.loads(row[0]) if row else None


def keep_explanation(workspace: Workspace, alert_id: str, content: dict) -> None:
    """Keep an explanation that was computed when it was asked for."""
    with connect(workspace) as db, writing(db):
        insert(db, "explanations", [{"alert_id": alert_id, "content": as_json(content)}], "OR REPLACE")
