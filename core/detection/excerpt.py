"""A stay up to one instant, as often as wanted, each time without some of its lines: removed, not zeroed."""

from dataclasses import replace

import numpy as np

from core.detection.ragged import offsets
from core.detection.sequences import Sequences


def excerpt(seq: Sequences, stay: int, last: int, kept: np.ndarray) -> Sequences:
    """Copies of a stay as it was known at its instant ``last``; copy v holds the lines where ``kept[v]``.

    ``kept`` is (copies, lines of the stay that began by then). An instant at which only removed lines
    began or ended is gone too; the last one stays, because it is the one asked about. Line ids keep
    their names, so a name stands once in each copy.
    """
    first_line, first = seq.stay_lines[stay], seq.stay_instants[stay]
    lines = first_line + np.arange(kept.shape[1])
    start, end = seq.line_start[lines] - first, seq.line_end[lines] - first
    end = np.where((seq.line_end[lines] < 0) | (seq.line_end[lines] > last), -1, end)
    size = last - first + 1
    happens = np.broadcast_to(seq.observed[first : last + 1], (len(kept), size)).copy()
    happens[:, -1] = True
    for copy, mine in enumerate(kept):
        happens[copy, start[mine]] = True
        happens[copy, end[mine & (end >= 0)]] = True
    place = (np.cumsum(happens) - 1).reshape(happens.shape)
    copy, line = np.nonzero(kept)
    moment = np.nonzero(happens)[1] + first
    return replace(
        seq, stay_ids=np.arange(len(kept)).astype(str).astype(object),
        stay_codes=np.repeat(seq.stay_codes[[stay]], len(kept), 0), stay_lines=offsets(kept.sum(1)),
        stay_instants=offsets(happens.sum(1)), line_ids=seq.line_ids[lines[line]],
        line_codes=seq.line_codes[lines[line]], line_numbers=seq.line_numbers[lines[line]],
        line_start=place[copy, start[line]], line_end=np.where(end[line] < 0, -1, place[copy, end[line]]),
        named=seq.named[lines[line]], line_traits={name: values[lines[line]] for name, values in seq.line_traits.items()},
        times=seq.times[moment], hours=seq.hours[moment], state=seq.state[moment], observed=seq.observed[moment],
    )  # fmt: skip


def began_by(seq: Sequences, stay: int, last: int) -> int:
    """How many lines of the stay, in order, began at or before the instant ``last``."""
    return int((seq.line_start[seq.stay_lines[stay] : seq.stay_lines[stay + 1]] <= last).sum())
