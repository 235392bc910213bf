"""Some stays of the sequences as one batch of tensors, with the rows that are asked about."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from core.detection import features
from core.detection.limits import known_values, limits_now
from core.detection.ragged import offsets, ranges
from core.detection.relations import relations
from core.detection.sequences import Sequences, exposure
from core.detection.unread import Local, without_unread
from core.detection.withheld import blank
from models.batch import Batch


class Rows(NamedTuple):
    """A line at an instant, as positions in the sequences; ``began`` where the line starts then."""

    line: np.ndarray
    instant: np.ndarray
    began: np.ndarray


class Partners(NamedTuple):
    """A row (position in the batch) and one line concomitant with it (position in the sequences)."""

    row: np.ndarray
    line: np.ndarray


def local(seq: Sequences, stays: np.ndarray) -> Local:
    """Lines and instants of ``stays``; start, end and stop of a line count instants of the batch."""
    n, m = np.diff(seq.stay_lines)[stays], np.diff(seq.stay_instants)[stays]
    lines, moments = ranges(seq.stay_lines[stays], n), ranges(seq.stay_instants[stays], m)
    begin = offsets(m)
    shift = np.repeat(begin[:-1] - seq.stay_instants[stays], n)
    open_line = seq.line_end[lines] < 0
    start, end = seq.line_start[lines] + shift, np.where(open_line, -1, seq.line_end[lines] + shift)
    return Local(lines, moments, n, m, start, end, np.where(open_line, np.repeat(begin[1:], n), end))


def every(rows: Rows) -> np.ndarray:
    return np.ones(len(rows.line), dtype=bool)


def assemble(
    seq: Sequences, stays: np.ndarray, chosen: Callable[[Rows], np.ndarray] = every, unread: bool = True
) -> tuple[Batch, Rows, Partners]:
    """The batch of ``stays``; ``chosen`` says which of its rows are asked about, and ``unread`` keeps what none of them reads."""
    here = local(seq, stays)
    life = np.maximum(here.stop - here.start, 0)
    active_line, active_instant = np.repeat(np.arange(len(here.lines)), life), ranges(here.start, life)
    rows = Rows(here.lines[active_line], here.moments[active_instant], active_instant == here.start[active_line])
    asked = np.flatnonzero(chosen(rows))
    rows = Rows(*(part[asked] for part in rows))
    row_line, row_instant = active_line[asked], active_instant[asked]
    of, other = beside(active_line, active_instant, row_line, row_instant, len(here.moments))
    active = np.bincount(active_instant, minlength=len(here.moments))
    if not unread:
        here, line, instant = without_unread(here, row_instant)
        row_line, row_instant, other = line[row_line], instant[row_instant], line[other]
        active = active[instant >= 0]
    if "pairs" in seq.without:
        of, other = of[:0], other[:0]
    pair, index, beside_line = pairs(here, row_line[of], other)
    began = np.maximum(here.start[row_line[of]], here.start[other])
    hours = seq.hours[here.moments]
    gap = since(hours, here.m)[row_instant]
    state = seq.state[here.moments]
    state[:, features.STATE.index("lines_active")] = active / 10
    stay_of_instant = np.repeat(np.arange(len(stays)), here.m)
    place = np.arange(len(here.moments)) - offsets(here.m)[:-1][stay_of_instant] + stay_of_instant * here.m.max()
    batch = Batch(
        whole(seq.line_codes[here.lines]), real(seq.line_numbers[here.lines]), whole(here.start), whole(here.end),
        whole(seq.stay_codes[stays]), real(state), whole(place), whole(stay_of_instant),
        whole(index), whole(beside_line),
        real(relations(seq.line_traits, seq.pair_tables, here.lines[index], here.lines[beside_line])),
        whole(row_line), whole(row_instant),
        torch.from_numpy(exposure(hours[row_instant] - hours[here.start[row_line]], gap)),
        real(limits_there(seq.line_traits, rows, state, row_instant)),
        whole(of), whole(pair), torch.from_numpy(exposure(hours[row_instant[of]] - hours[began], gap[of])),
        len(stays), int(here.m.max()),
    )  # fmt: skip
    return blank(batch, seq.without) if seq.without else batch, rows, Partners(of, here.lines[other])


def since(hours: np.ndarray, m: np.ndarray) -> np.ndarray:
    """(M,) hours since the instant before, 0 at the first of each of the stays, which have ``m`` instants."""
    gap = np.diff(hours, prepend=0.0)
    gap[offsets(m)[:-1]] = 0
    return gap


def limits_there(trait: dict[str, np.ndarray], rows: Rows, state: np.ndarray, row_instant: np.ndarray) -> np.ndarray:
    """(R, LIMITS) of each row now and at the instant before, where it is 0 if the line begins now."""
    values = known_values(state)
    both = np.concatenate([row_instant, np.maximum(row_instant - 1, 0)])
    now, before = np.split(limits_now(trait, np.tile(rows.line, 2), values, both), 2)
    return np.concatenate([now, np.where(rows.began[:, None], 0, before)], 1)


def whole(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.int64))


def real(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def beside(
    active_line: np.ndarray, active_instant: np.ndarray, row_line: np.ndarray, row_instant: np.ndarray, instants: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each row, the other lines active at its instant: positions of the row and of the line."""
    few_digits = active_instant.astype(np.min_scalar_type(instants))  # which numpy sorts faster
    members = active_line[np.argsort(few_digits, kind="stable")]
    size = np.bincount(active_instant, minlength=instants)
    of = np.repeat(np.arange(len(row_line)), size[row_instant])
    other = members[ranges(offsets(size)[:-1][row_instant], size[row_instant])]
    kept = other != row_line[of]
    return of[kept], other[kept]


def pairs(here: Local, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct ordered pairs among (i, j): the pair of each, and both lines of each pair."""
    stay = np.repeat(np.arange(len(here.n)), here.n)[i]
    first, grid = offsets(here.n)[:-1], offsets(here.n**2)
    cell = grid[stay] + (i - first[stay]) * here.n[stay] + (j - first[stay])
    used = np.zeros(grid[-1], dtype=bool)
    used[cell] = True
    index, other = np.empty(used.sum(), dtype=np.int64), np.empty(used.sum(), dtype=np.int64)
    pair = (np.cumsum(used) - 1)[cell]
    index[pair], other[pair] = i, j
    return pair, index, other


def cost(seq: Sequences) -> np.ndarray:
    """(B,) about how many partners the rows of each stay have: lines active at an instant, squared."""
    stay = np.repeat(np.arange(len(seq.stay_ids)), np.diff(seq.stay_instants))
    change = np.bincount(seq.line_start, minlength=len(seq.times)).astype(float)
    change -= np.bincount(seq.line_end[seq.line_end >= 0], minlength=len(seq.times))
    total = np.cumsum(change)
    before = np.concatenate([[0], total])[seq.stay_instants[:-1]]
    return np.bincount(stay, (total - before[stay]) ** 2, minlength=len(seq.stay_ids)) + 1


def groups(costs: np.ndarray, order: np.ndarray, budget: float) -> Iterator[np.ndarray]:
    """Runs of ``order`` whose summed cost stays about within ``budget``; each holds one stay at least."""
    number = np.cumsum(costs[order]) // budget
    yield from np.split(order, np.flatnonzero(np.diff(number)) + 1)
