"""Leaves out of a batch what no row of it reads: no score changes, and the recurrence is spared the steps."""

import torch

from models.batch import Batch


def without_unread(batch: Batch) -> Batch:
    """The batch without the instants of a stay after the last that a row asks about, nor the lines that begin there.

    Each stay keeps its first instant. Attributions over a stay want the batch whole.
    """
    stay, end = batch.instant_stay, batch.line_end
    first = torch.searchsorted(stay, torch.arange(batch.stays))
    last = first.scatter_reduce(0, stay[batch.row_instant], batch.row_instant, "amax")
    read = torch.arange(len(stay)) <= last[stay]
    begun = read[batch.line_start]
    instant, line = read.cumsum(0) - 1, begun.cumsum(0) - 1
    longest = int(torch.bincount(stay[read]).max())
    place = batch.place - (batch.longest - longest) * stay
    ends = (end >= 0) & read[end.clamp(min=0)]
    return batch._replace(
        line_codes=batch.line_codes[begun], line_numbers=batch.line_numbers[begun],
        line_start=instant[batch.line_start[begun]], line_end=torch.where(ends, instant[end], -1)[begun],
        state=batch.state[read], place=place[read], instant_stay=stay[read],
        pair_index=line[batch.pair_index], pair_other=line[batch.pair_other],
        row_line=line[batch.row_line], row_instant=instant[batch.row_instant], longest=longest,
    )  # fmt: skip
