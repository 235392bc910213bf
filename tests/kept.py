"""A workspace with stays, alerts and their explanations, for the tests of the register."""

import pandas as pd

from core.data import store
from core.review.register import keep_alerts
from core.settings import Workspace
from tests.stays import made


def alert_rows(tables: store.Tables, prefix: str = "a") -> pd.DataFrame:
    """One alert a line, the next line of the stay as its partner, scores all different."""
    lines = tables.lines
    partner = lines.groupby("stay_id")["line_id"].shift(-1)
    return pd.DataFrame({
        "alert_id": [f"{prefix}{i}" for i in range(len(lines))], "stay_id": lines["stay_id"],
        "line_id": lines["line_id"], "partner_line_ids": partner, "at": lines["started_at"], "error_type": "6.2",
        "score": [(i * 7919 % 1000 + 0.5) / 1001 for i in range(len(lines))], "origin": "model",
        "model_id": "gru-1", "level": "pe", "detail": '{"pairs": []}',
    })  # fmt: skip


def kept(path, stays: int = 6) -> Workspace:
    workspace = Workspace(path / "w")
    tables = made(stays)
    store.append(workspace, tables, "x")
    alerts = alert_rows(tables)
    keep_alerts(workspace, alerts, {row: {"trusted": True, "lines": []} for row in alerts["alert_id"]})
    return workspace
