"""What no drawn row reads may be left out of a batch: the scores stay the same, and fewer instants are worked out."""

import numpy as np
import pytest
import torch

from core.detection.batches import assemble
from core.detection.sequences import prepare
from models.batch import sizes
from models.networks import CELLS
from tests.hand_made import DRUGS, line, stay_row, tables
from tests.test_networks import STAYS, WORDS, network


def drawn(share: float):
    """The same rows whenever it is asked, a share of all."""
    return lambda rows: np.random.default_rng(8).random(len(rows.line)) < share


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("share", [0.03, 0.3, 1.0])
def test_no_score_changes(cell, share):
    seq = prepare(STAYS, WORDS)
    (whole, rows, partners), (short, *same) = (
        assemble(seq, np.arange(12), drawn(share), unread) for unread in (True, False)
    )
    assert len(partners.row) > 20
    for one, other in zip((*rows, *partners), (*same[0], *same[1]), strict=True):
        assert np.array_equal(one, other)
    assert len(short.state) < len(whole.state) or share == 1
    with torch.inference_mode():
        before, after = network(cell)(whole), network(cell)(short)
    assert torch.allclose(before.line, after.line, atol=1e-5)
    assert torch.allclose(before.pair, after.pair, atol=1e-5)


def asked_at_first_start(end: float | None, unread: bool):
    """A stay of lines from hours 0 to ``end`` and from 30 on, beside another; the first line alone is asked about, at its start."""
    drugs = [line("a", 0, DRUGS[0], 0, end), line("a", 1, DRUGS[1], 30, None), line("b", 0, DRUGS[2], 0, None)]
    seq = prepare(tables([stay_row("a", "p"), stay_row("b", "q")], drugs), WORDS)
    first = seq.line_start[0]
    return assemble(seq, np.arange(2), lambda rows: (rows.line == 0) & (rows.instant == first), unread)[0]


@pytest.mark.parametrize("end", [20, None])
def test_later_instants_and_lines_go_and_an_end_that_comes_later_is_open(end):
    whole, short = (asked_at_first_start(end, unread) for unread in (True, False))
    assert sizes(whole)["M"] == 3 + (end is not None)
    assert {letter: sizes(short)[letter] for letter in "NMBR"} == {"N": 2, "M": 2, "B": 2, "R": 1}
    assert short.line_end.tolist() == [-1, -1]
    assert (short.longest, short.place.tolist(), short.line_start.tolist()) == (1, [0, 1], [0, 1])
