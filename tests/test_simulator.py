"""The invented hospital keeps its promises: seeded, causal, calibrated, marked as invented."""

import numpy as np
import pandas as pd
import pytest

from core.simulator import MAIN, OTHER, simulate
from core.simulator.output import whole

STAYS = 2000


@pytest.fixture(scope="module")
def made():
    return whole(list(simulate(MAIN, STAYS, seed=7)))


def test_the_same_seed_makes_the_same_bytes(made):
    again = whole(list(simulate(MAIN, STAYS, seed=7, processes=2)))
    for name in ("stays", "lines", "observations", "interventions"):
        pd.testing.assert_frame_equal(getattr(again.tables, name), getattr(made.tables, name))
    pd.testing.assert_frame_equal(again.oracle, made.oracle)


def test_everything_is_marked_as_invented(made):
    assert set(made.tables.stays["source"]) == {"invented"}


@pytest.mark.parametrize("hospital", (MAIN, OTHER), ids=lambda hospital: hospital.name)
def test_the_oracle_tells_how_often_pharmacists_act(hospital):
    made = whole(list(simulate(hospital, STAYS, seed=11)))
    p = made.oracle["probability"]
    error = np.sqrt((p * (1 - p)).sum())
    assert abs(len(made.tables.interventions) - p.sum()) < 3 * error


def test_an_intervention_is_a_row_of_the_oracle(made):
    key = ["line_id", "at", "error_type"]
    known = set(map(tuple, made.oracle[key].astype(str).to_numpy()))
    assert set(map(tuple, made.tables.interventions[key].astype(str).to_numpy())) <= known
