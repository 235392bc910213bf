"""One alert as the network meets it: the stay up to its instant, and the one row asked about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.detection.batches import assemble
from core.detection.excerpt import began_by, excerpt
from core.detection.sequences import Sequences, microseconds
from core.errors import Refusal
from core.schema import ERROR_TYPES
from models.batch import Batch


@dataclass(frozen=True)
class Moment:
    """``seq`` is the stay as known at the instant; ``partners`` are ids of the concomitant lines, in order of the pairs."""

    seq: Sequences
    batch: Batch
    line_id: str
    partners: np.ndarray
    kind: int


def moment(whole: Sequences, alert) -> Moment:
    """The row of an alert; refused when the line is not active at the alert's instant."""
    line, last = placed(whole, alert)
    stay = int(np.searchsorted(whole.stay_lines, line, side="right") - 1)
    seq = excerpt(whole, stay, last, np.ones((1, began_by(whole, stay, last)), dtype=bool))
    index, now = line - whole.stay_lines[stay], len(seq.times) - 1
    batch, _, partners = assemble(seq, np.arange(1), lambda each: (each.line == index) & (each.instant == now))
    return Moment(seq, batch, alert["line_id"], seq.line_ids[partners.line], ERROR_TYPES.index(alert["error_type"]))


def placed(seq: Sequences, alert) -> tuple[int, int]:
    """Positions of the line and of the last instant at or before the alert's."""
    found = np.flatnonzero(seq.line_ids == alert["line_id"])
    at = int(microseconds(pd.Series([pd.Timestamp(alert["at"])]))[0])
    if not len(found):
        raise Refusal("line_not_active", line=alert["line_id"], at=alert["at"])
    line = int(found[0])
    stay = int(np.searchsorted(seq.stay_lines, line, side="right") - 1)
    low, high = seq.stay_instants[stay : stay + 2]
    last = int(low + np.searchsorted(seq.times[low:high], at, side="right") - 1)
    ended = 0 <= seq.line_end[line] <= last
    if last < seq.line_start[line] or ended:
        raise Refusal("line_not_active", line=alert["line_id"], at=alert["at"])
    return line, last
