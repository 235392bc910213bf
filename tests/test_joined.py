"""Chances of a line's instants and types joined into one: a norm, in which what stands out outweighs what is faint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.detection.predict import LOW, anything, left, nothing

LOGITS = arrays.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-15, 15))


def joined(logits: list[float]) -> float:
    return float(anything(nothing(np.array([logits])))[0])


def logit(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


@pytest.mark.parametrize("value", [-15.0, -3.0, 0.0, 4.0, 15.0])
def test_a_chance_alone_stays_what_it_is(value):
    assert joined([value]) == pytest.approx(value, abs=1e-9)


def test_one_that_stands_out_outweighs_many_faint_ones():
    faint = [logit(0.05)] * 20
    assert 1 - 0.95**20 > 0.5  # joined as they are, they would weigh more
    assert joined(faint) < joined([logit(0.5)])


def test_two_that_stand_out_weigh_more_than_one():
    assert joined([1.0, 1.0]) > joined([1.0, -15.0]) > joined([-1.0, -15.0])


@given(LOGITS)
def test_the_joined_chance_is_no_less_than_the_highest_and_no_more_than_their_union(logits):
    found = anything(nothing(logits))
    union = -np.logaddexp(0, logits).sum(1)
    union = np.log(-np.expm1(union)) - union
    assert (found >= logits.max(1) - 1e-6).all()
    assert (found <= union + 1e-6).all()


@given(LOGITS)
def test_instants_joined_one_after_another_are_instants_joined_at_once(logits):
    assert anything(left(logits).sum(1).sum(keepdims=True))[0] == pytest.approx(
        anything(nothing(logits.reshape(1, -1)))[0]
    )


def test_what_was_never_active_is_lowest_and_far_logits_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        assert anything(np.zeros(1))[0] == LOW
        assert joined([-800.0, -900.0]) == LOW
        assert np.isfinite(joined([300.0, -300.0]))
