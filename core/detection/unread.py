"""Leaves out of a batch what no row of it reads: no score changes, and the recurrence is spared the steps."""

from typing import NamedTuple

import numpy as np

from core.detection.ragged import offsets


class Local(NamedTuple):
    """Chosen stays laid end to end: positions in the sequences and counts a stay; where lines start, end and stop counts
    instants of the batch."""

    lines: np.ndarray
    moments: np.ndarray
    n: np.ndarray
    m: np.ndarray
    start: np.ndarray
    end: np.ndarray
    stop: np.ndarray


def without_unread(here: Local, row_instant: np.ndarray) -> tuple[Local, np.ndarray, np.ndarray]:
    """The stays without their instants after the last at which a row asks, nor the lines that begin there; each keeps its
    first instant. Also the new number of each line and of each instant, -1 where it is gone.

    Attributions over a stay want it whole.
    """
    stay, begin = np.repeat(np.arange(len(here.m)), here.m), offsets(here.m)
    last = begin[:-1].copy()
    np.maximum.at(last, stay[row_instant], row_instant)
    read = np.arange(begin[-1]) <= last[stay]
    begun = read[here.start]
    instant, line = numbered(read), numbered(begun)
    m, n = last - begin[:-1] + 1, np.add.reduceat(begun, offsets(here.n)[:-1], dtype=np.int64)
    start, end, stop = here.start[begun], here.end[begun], here.stop[begun]
    end = np.where(end < 0, -1, instant[end])
    stop = np.where(end < 0, np.repeat(offsets(m)[1:], n), end)
    return Local(here.lines[begun], here.moments[read], n, m, instant[start], end, stop), line, instant


def numbered(kept: np.ndarray) -> np.ndarray:
    return np.where(kept, np.cumsum(kept) - 1, -1)
