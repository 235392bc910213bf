"""A rule says at an instant what could be known then: what comes later changes none of its alerts."""

from dataclasses import replace

import pandas as pd
import pytest

from core.knowledge.rules import detect
from core.simulator import MAIN, simulate

SAID = ["line_id", "partner_line_ids", "at", "error_type", "level", "score"]


@pytest.fixture(scope="module")
def tables():
    return next(iter(simulate(MAIN, 200, seed=11))).tables


def known_by(tables, at: pd.Series):
    """Each stay as it was known at its own instant ``at``: later lines and results gone, later ends not yet seen."""
    lines, seen = tables.lines, tables.observations
    lines = lines[lines["started_at"] <= lines["stay_id"].map(at)]
    ends = lines["ended_at"].where(lines["ended_at"] <= lines["stay_id"].map(at))
    return replace(tables, lines=lines.assign(ended_at=ends), observations=seen[seen["observed_at"] <= seen["stay_id"].map(at)])


def said(alerts: pd.DataFrame, at: pd.Series) -> set:
    mine = alerts[alerts["at"] <= alerts["stay_id"].map(at)]
    return set(mine[SAID].astype(object).where(mine[SAID].notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize("hours", [3, 26, 75])
def test_the_future_changes_nothing(tables, hours):
    at = tables.stays.set_index("stay_id")["admitted_at"] + pd.Timedelta(hours=hours)
    whole, cut = said(detect(tables), at), said(detect(known_by(tables, at)), at)
    assert len(whole) > 100
    assert whole == cut
