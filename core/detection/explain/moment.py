"""One alert as the network meets it: the stay up to its instant, and the one row asked about."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.detection.batches import assemble
from core.detection.model import Model
from core.detection.sequences import Sequences, microseconds, prepare
from core.errors import Refusal
from core.schema import ERROR_TYPES
from models.batch import Batch


@dataclass(frozen=True)
class Moment:
    """``partners`` are the ids of the concomitant lines in the order of the batch's pairs."""

    seq: Sequences
    batch: Batch
    line_id: str
    partners: np.ndarray
    kind: int


def until(tables, stay_id: str, at: pd.Timestamp):
    """The stay as it was known at ``at``: later lines, ends and observations are not there."""
    lines, seen = tables.lines, tables.observations
    lines = lines[(lines["stay_id"] == stay_id) & (lines["started_at"] <= at)]
    lines = lines.assign(ended_at=lines["ended_at"].where(lines["ended_at"] <= at))
    seen = seen[(seen["stay_id"] == stay_id) & (seen["observed_at"] <= at)]
    stays = tables.stays[tables.stays["stay_id"] == stay_id]
    if stays.empty:
        raise Refusal("unknown_stay", stay=stay_id)
    return replace(tables, stays=stays, lines=lines, observations=seen)


def moment(tables, alert, model: Model) -> Moment:
    """The row of an alert; refused when the line is not active at the alert's instant."""
    at = pd.Timestamp(alert["at"])
    past = until(tables, alert["stay_id"], at)
    if alert["line_id"] not in set(past.lines["line_id"]):
        raise Refusal("line_not_active", line=alert["line_id"], at=at)
    seq = prepare(past, model.words)
    line = int(np.flatnonzero(seq.line_ids == alert["line_id"])[0])
    last = len(seq.times) - 1
    batch, rows, partners = assemble(seq, np.arange(1), lambda each: (each.line == line) & (each.instant == last))
    if not len(rows.line) or seq.times[last] > microseconds(pd.Series([at]))[0]:
        raise Refusal("line_not_active", line=alert["line_id"], at=at)
    return Moment(seq, batch, alert["line_id"], seq.line_ids[partners.line], ERROR_TYPES.index(alert["error_type"]))
