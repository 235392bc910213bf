"""Which drugs a review speaks of: as its alert was captioned, and as its lines were written."""

import pandas as pd

from core.review.alerts import line_captions
from core.review.database import connect
from core.schema import SEPARATOR
from core.settings import Workspace


def captions(workspace: Workspace, alert_ids: list[str]) -> dict[str, dict]:
    """``label`` and ``partner_labels`` (substance keys) by alert; alerts that are not kept are left out."""
    with connect(workspace) as db:
        marks = ", ".join("?" * len(alert_ids))
        sql = f"SELECT alert_id, label, partner_labels FROM alerts WHERE alert_id IN ({marks})"
        return {row["alert_id"]: row for row in db.query(sql, alert_ids)}


def with_drugs(workspace: Workspace, found: pd.DataFrame) -> pd.DataFrame:
    """Reviews with ``drug`` and ``partner_drugs`` as their lines were written; empty for a line that is not in the store."""
    partners = found["partner_line_ids"].fillna("").str.split(SEPARATOR)
    lines = line_captions(workspace, {*found["line_id"], *partners.explode()})
    written = dict(zip(lines["line_id"], lines["drug"], strict=True))
    beside = [" + ".join(written[line] for line in ids if line in written) or None for ids in partners]
    return found.assign(drug=found["line_id"].map(written).astype("str"), partner_drugs=pd.array(beside, dtype="str"))
