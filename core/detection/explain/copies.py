"""Copies of a stay, each without some of its lines: the batch that is assembled of excerpts, made from that of the whole stay.

What a line or a pair is by itself does not hang on what stands beside it: the network works it out once for all copies.
Which instants remain, what is active there and how long ago the instant before was are of each copy.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.detection import features
from core.detection.batches import real, whole
from core.detection.ragged import offsets
from core.detection.sequences import Sequences, exposure
from core.detection.withheld import blank
from models.batch import Batch

ACTIVE = features.STATE.index("lines_active")


class Stay(NamedTuple):
    """One stay whose rows are asked about at its last instant, with what the network makes by itself of each of its ``lines``
    (N, d) and ``pairs`` (P, …) and of the stay (1, d)."""

    seq: Sequences
    batch: Batch
    lines: Tensor
    pairs: tuple[Tensor, ...]
    stays: Tensor


class Copies(NamedTuple):
    """``batch`` of all copies, its ``line`` (N) and ``pair`` (P) as positions in the batch of the stay, and the ``copy`` (R)
    of each row. Codes, numbers and relations in ``batch`` are those of the stay, not repeated: they are read already."""

    batch: Batch
    line: np.ndarray
    pair: np.ndarray
    copy: np.ndarray


class Instants(NamedTuple):
    """Instants of the copies end to end: the ``copy`` (M) and ``instant`` (M) of each, how many a copy has (copies,), its
    number by copy and instant, the ``active`` lines (M), and the instant ``before`` the last (copies,), -1 where there is none."""

    copy: np.ndarray
    instant: np.ndarray
    size: np.ndarray
    number: np.ndarray
    active: np.ndarray
    before: np.ndarray


def encoded(seq: Sequences, batch: Batch, network) -> Stay:  # noqa: ANN001
    """A stay with what does not hang on which of its lines are there."""
    codes, stays = network.embed(batch)
    lines = network.each_line(codes, batch.line_numbers)
    return Stay(seq, batch, lines, network.each_pair(batch, lines, batch.relations), stays)


def scored(stay: Stay, kept: np.ndarray, network) -> tuple[Tensor, Copies]:  # noqa: ANN001
    """(R, types) logits of the rows that are left, of copies with the lines of ``kept`` (copies, lines) alone."""
    made = copies(stay, kept)
    pair = torch.from_numpy(made.pair)
    lines = stay.lines.index_select(0, torch.from_numpy(made.line))
    pairs = tuple(each.index_select(0, pair) for each in stay.pairs)
    return network.together(made.batch, lines, pairs, stay.stays.expand(len(kept), -1), made.batch.state).line, made


def instants(seq: Sequences, kept: np.ndarray) -> Instants:
    """An instant at which only removed lines began or ended is gone; the last one stays, because it is the one asked about."""
    lines, moments = len(seq.line_ids), np.arange(len(seq.times))
    ended = seq.line_end >= 0
    touched = np.zeros((lines, len(moments)), dtype=np.float32)
    touched[np.arange(lines), seq.line_start] = 1
    touched[np.flatnonzero(ended), seq.line_end[ended]] = 1
    stop = np.where(ended, seq.line_end, len(moments))
    there = (moments >= seq.line_start[:, None]) & (moments < stop[:, None])
    which = kept.astype(np.float32)
    happens = (which @ touched > 0) | seq.observed
    happens[:, -1] = True
    copy, instant = np.nonzero(happens)
    before = np.where(happens[:, :-1], moments[:-1], -1).max(1, initial=-1)
    active = (which @ there.astype(np.float32))[copy, instant]
    return Instants(copy, instant, happens.sum(1), numbered(happens), active, before)


def numbered(there: np.ndarray) -> np.ndarray:
    """Position of each True among all of them, row after row."""
    return (np.cumsum(there) - 1).reshape(there.shape)


def copies(stay: Stay, kept: np.ndarray) -> Copies:
    """The batch of ``excerpt`` and ``assemble``, without going over lines, pairs and their relations again.

    Limits now and at the instant before are those of the stay: a result changes them, and its instant never goes.
    """
    seq, one, at = stay.seq, stay.batch, instants(stay.seq, kept)
    begin, last = offsets(at.size), len(seq.times) - 1
    copy, line = np.nonzero(kept)
    number, end = numbered(kept), seq.line_end[line]
    row_line, longest = one.row_line.numpy(), int(at.size.max())
    of_row = kept[:, row_line]
    row_copy, row = np.nonzero(of_row)
    partner_row, pair, other = one.partner_row.numpy(), one.partner_pair.numpy(), one.pair_other.numpy()
    partner_copy, partner = np.nonzero(of_row[:, partner_row] & kept[:, other[pair]])
    pair = pair[partner]
    index, other = row_line[partner_row[partner]], other[pair]
    gap = np.where(at.before < 0, 0, seq.hours[last] - seq.hours[at.before])
    age = seq.hours[last] - seq.hours[seq.line_start]
    state = one.state.numpy()[at.instant]
    state[:, ACTIVE] = at.active / 10
    batch = Batch(
        one.line_codes, one.line_numbers,
        whole(at.number[copy, seq.line_start[line]]), whole(np.where(end < 0, -1, at.number[copy, end])),
        one.stay_codes, real(state),
        whole(np.arange(len(at.copy)) - begin[at.copy] + at.copy * longest), whole(at.copy),
        whole(number[partner_copy, index]), whole(number[partner_copy, other]), one.relations,
        whole(number[row_copy, row_line[row]]), whole(begin[1:][row_copy] - 1),
        torch.from_numpy(exposure(age[row_line[row]], gap[row_copy])),
        one.row_limits[row],
        whole(numbered(of_row)[partner_copy, partner_row[partner]]), torch.arange(len(partner)),
        torch.from_numpy(exposure(np.minimum(age[index], age[other]), gap[partner_copy])),
        len(kept), longest,
    )  # fmt: skip
    return Copies(blank(batch, seq.without) if seq.without else batch, line, pair, row_copy)
