"""A line of which neither a substance nor an ATC code is known: no model speaks of it."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.store import read_stay
from core.detection import model, sources
from core.detection.scoring import alerts_of
from core.review.moments import moments
from core.schema import SEPARATOR
from tests.tiny_workspace import make


@pytest.fixture(scope="module")
def half_unknown():
    """Stays whose every other line is a name that no reference knows."""
    tables, _ = sources.invented("main", 30, 5, lambda **_: None)
    unknown = np.arange(len(tables.lines)) % 2 == 0
    lines = tables.lines.assign(substances=tables.lines["substances"].mask(unknown, ""), atc=tables.lines["atc"].mask(unknown, None))
    return replace(tables, lines=lines), set(lines["line_id"][unknown])


@pytest.mark.parametrize("kind", ["lstm", "forest"])
def test_it_raises_no_alert_and_is_no_culprit_where_any_other_line_would_be(half_unknown, kind):
    tables, unknown = half_unknown
    alerts, _ = alerts_of(model.shipped(kind), tables, threshold=1e-6)
    named = {line for ids in alerts["partner_line_ids"].fillna("") for line in ids.split(SEPARATOR)} - {""}
    assert len(alerts) > 100
    assert not set(alerts["line_id"]) & unknown
    assert not named & unknown
    assert (len(named) > 10) == (kind == "lstm")


def test_its_risk_is_not_said_to_be_small(tmp_path):
    workspace = make(tmp_path / "w")
    lines = read_stay(workspace, "S2").lines.set_index("line_id")["substances"].fillna("")
    found = moments(workspace, {"stay_id": "S2", "model_id": model.shipped("lstm").id})
    assert {line for _, line, _ in found["risk"]} == set(lines[lines != ""].index)
    assert (lines == "").any()
