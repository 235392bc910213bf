"""Which drugs a review speaks of: those of its lines, which the reviewer may have chosen among the alert's or beside them, by
their substances and as they were written."""

import pandas as pd

from core.data.store import read_lines
from core.errors import Refusal
from core.review.alerts import line_captions, of_substances
from core.review.database import connect
from core.schema import SEPARATOR
from core.settings import Workspace


def captions(workspace: Workspace, found: pd.DataFrame) -> list[dict]:
    """``label`` and ``partner_labels`` (substance keys, or the drug as written) of each review; an empty label for a line
    that is not in the store. Stays are read for those reviews alone that name other lines than their alert."""
    raised = of_alerts(workspace, list(found["alert_id"].dropna().unique()))
    lines = [[row.line_id, *split(row.partner_line_ids)] for row in found.itertuples()]
    kept = [one if (one := raised.get(row.alert_id)) and one["lines"] == mine else None
            for row, mine in zip(found.itertuples(), lines, strict=True)]  # fmt: skip
    written: dict[str, str] = {}
    for stay_id in set(found["stay_id"][[one is None for one in kept]]):
        written |= of_stay(workspace, stay_id)
    return [one or captioned([written.get(line, "") for line in mine]) for one, mine in zip(kept, lines, strict=True)]


def split(ids: object) -> list[str]:
    return ids.split(SEPARATOR) if isinstance(ids, str) and ids else []


def captioned(labels: list[str]) -> dict:
    """The first line, then what the others are called, each once."""
    return {"label": labels[0], "partner_labels": " + ".join(filter(None, dict.fromkeys(labels[1:]))) or None}


def of_alerts(workspace: Workspace, alert_ids: list[str]) -> dict[str, dict]:
    """Captions by alert, with the lines that they speak of; alerts that are not kept are left out."""
    with connect(workspace) as db:
        marks = ", ".join("?" * len(alert_ids))
        sql = f"SELECT alert_id, line_id, partner_line_ids, label, partner_labels FROM alerts WHERE alert_id IN ({marks})"
        rows = list(db.query(sql, alert_ids))
    return {row["alert_id"]: row | {"lines": [row["line_id"], *split(row["partner_line_ids"])]} for row in rows}


def of_stay(workspace: Workspace, stay_id: str) -> dict[str, str]:
    """What each line of a stay is called; nothing where the stay is not in the store."""
    try:
        lines = read_lines(workspace, stay_id)
    except Refusal:
        return {}
    return dict(zip(lines["line_id"], of_substances(lines), strict=True))


def with_drugs(workspace: Workspace, found: pd.DataFrame) -> pd.DataFrame:
    """Reviews with ``drug`` and ``partner_drugs`` as their lines were written; empty for a line that is not in the store."""
    partners = [split(ids) for ids in found["partner_line_ids"]]
    lines = line_captions(workspace, {*found["line_id"], *(line for ids in partners for line in ids)})
    written = dict(zip(lines["line_id"], lines["drug"], strict=True))
    beside = [" + ".join(written[line] for line in ids if line in written) or None for ids in partners]
    return found.assign(drug=found["line_id"].map(written).astype("str"), partner_drugs=pd.array(beside, dtype="str"))
