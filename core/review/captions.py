"""Which drugs a review speaks of, as its alert was captioned."""

from core.review.database import connect
from core.settings import Workspace


def captions(workspace: Workspace, alert_ids: list[str]) -> dict[str, dict]:
    """``label`` and ``partner_labels`` (substance keys) by alert; alerts that are not kept are left out."""
    with connect(workspace) as db:
        marks = ", ".join("?" * len(alert_ids))
        sql = f"SELECT alert_id, label, partner_labels FROM alerts WHERE alert_id IN ({marks})"
        return {row["alert_id"]: row for row in db.query(sql, alert_ids)}
