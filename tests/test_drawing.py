"""Rows that training draws: all that labels speak of, and of the others as many as they then weigh."""

import numpy as np
import pytest

from core.detection.batches import Rows
from core.detection.drawing import Draw, Shares
from core.detection.targets import Targets


def wanted(first: int, last: int) -> Targets:
    """One label: line 1, from ``first`` to ``last``."""
    one = [np.array([value]) for value in (1, 0, first, last, 1.0, 1.0)]
    return Targets(*one, ((),))


def every_row(lines: int, instants: int) -> Rows:
    line, instant = (each.ravel() for each in np.mgrid[0:lines, 0:instants])
    return Rows(line, instant, instant == 0)


def draw(shares: Shares, seed: int = 0, lines: int = 3) -> Draw:
    return Draw(wanted(2, 4), lines, shares, np.random.default_rng(seed))


def test_what_a_label_speaks_of_is_always_drawn():
    rows = every_row(3, 10)
    none = draw(Shares(0, 0, 0))(rows)
    assert list(zip(rows.line[none], rows.instant[none], strict=True)) == [(1, 2), (1, 3), (1, 4)]


@pytest.mark.parametrize(
    ("shares", "of"),
    [
        (Shares(1, 0, 0), {(0, 0), (1, 0), (2, 0)}),
        (Shares(0, 1, 0), {(1, 1), (1, 5)}),
        (Shares(0, 0, 1), {(0, 1), (2, 5)}),
    ],
)
def test_each_share_is_of_its_own_rows(shares, of):
    rows = every_row(3, 6)
    drawn = draw(shares)(rows)
    found = set(zip(rows.line[drawn].tolist(), rows.instant[drawn].tolist(), strict=True)) - {(1, 2), (1, 3), (1, 4)}
    assert of <= found
    assert len(found) == {Shares(1, 0, 0): 3, Shares(0, 1, 0): 2, Shares(0, 0, 1): 10}[shares]


def test_drawn_rows_stand_for_all():
    rows = every_row(400, 100)
    one = draw(Shares(), lines=400)
    drawn = one(rows)
    chosen = Rows(*(part[drawn] for part in rows))
    weights = one.weights(chosen)
    assert drawn.mean() < 0.12
    assert weights.sum() == pytest.approx(len(rows.line), rel=0.05)
    starts = chosen.began
    assert weights[starts].sum() == pytest.approx(rows.began.sum(), rel=0.2)
    assert weights[(chosen.line == 1) & (chosen.instant == 3)] == 1
