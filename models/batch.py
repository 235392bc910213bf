"""One batch of stays as flat tensors: what every network reads.

Letters in shapes: B stays, N lines, M instants, K instants of the longest stay, P pairs of lines,
R rows (a line at an instant), Q partners (a row and one line concomitant with it).
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Batch(NamedTuple):
    """Ragged stays laid end to end; every index points into the flat tensor of its letter.

    ``line_end`` is -1 while a line is open. ``place`` is the cell of an instant in the padded grid
    (B, K) over which the network recurs. ``line_codes`` and ``stay_codes`` are bags padded with 0.
    """

    line_codes: Tensor  # (N, codes a line) long
    line_numbers: Tensor  # (N, numbers a line)
    line_start: Tensor  # (N,) long, an instant
    line_end: Tensor  # (N,) long, an instant or -1
    stay_codes: Tensor  # (B, codes a stay) long
    state: Tensor  # (M, numbers an instant)
    place: Tensor  # (M,) long
    instant_stay: Tensor  # (M,) long
    pair_index: Tensor  # (P,) long, the line asked about
    pair_other: Tensor  # (P,) long, the line beside it
    relations: Tensor  # (P, numbers a pair)
    row_line: Tensor  # (R,) long
    row_instant: Tensor  # (R,) long
    row_age: Tensor  # (R, hours) since the line began: log, just now, bounds reached
    row_limits: Tensor  # (R, limits) dose against what the patient's state allows
    partner_row: Tensor  # (Q,) long, only rising
    partner_pair: Tensor  # (Q,) long
    partner_overlap: Tensor  # (Q, hours) both lines have been active: the same
    stays: int  # B
    longest: int  # K

    def to(self, device: torch.device | str) -> "Batch":
        return Batch(*(part.to(device) if isinstance(part, Tensor) else part for part in self))


COUNTED_BY = {
    "line_start": "M", "line_end": "M", "place": "cells", "instant_stay": "B", "pair_index": "N", "pair_other": "N",
    "row_line": "N", "row_instant": "M", "partner_row": "R", "partner_pair": "P",
}  # fmt: skip


def sizes(batch: Batch) -> dict[str, int]:
    """How many of each letter the batch holds."""
    return {
        "N": len(batch.line_codes), "M": len(batch.state), "B": batch.stays, "cells": batch.stays * batch.longest,
        "P": len(batch.relations), "R": len(batch.row_line),
    }  # fmt: skip


def repeat(batch: Batch, copies: int) -> Batch:
    """The same stays ``copies`` times, end to end; copy c of item x stands at c * size + x."""
    size = sizes(batch)

    def tiled(name: str, part: Tensor | int) -> Tensor | int:
        if not isinstance(part, Tensor):
            return part * copies if name == "stays" else part
        many = part.repeat(copies, *([1] * (part.dim() - 1)))
        if name not in COUNTED_BY:
            return many
        shift = torch.arange(copies, device=part.device).repeat_interleave(len(part)) * size[COUNTED_BY[name]]
        return torch.where(many >= 0, many + shift, many)

    return Batch(*(tiled(name, part) for name, part in zip(Batch._fields, batch, strict=True)))
