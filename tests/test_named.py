"""A line of which neither a substance nor an ATC code is known: no model speaks of it."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.store import append, read_stay
from core.detection import adapting, model, sources, training
from core.detection.failures import failures
from core.detection.remedies import Remedy
from core.detection.scoring import alerts_of
from core.detection.sequences import prepare
from core.detection.splits import taken
from core.detection.whatif import try_out
from core.review.moments import moments
from core.schema import SEPARATOR
from core.settings import Workspace
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


def test_a_code_that_tells_no_group_names_no_line(half_unknown):
    tables, unknown = half_unknown
    lines = tables.lines.set_index("line_id", drop=False)
    for code, named in (("-", False), ("NA", False), ("N", False), ("N02", False), ("N02B", True), ("N02BE01", True)):
        seq = prepare(replace(tables, lines=lines.assign(atc=code).reset_index(drop=True)), model.shipped("lstm").words)
        assert set(seq.named[np.isin(seq.line_ids, sorted(unknown))]) == {named}
        assert seq.named[~np.isin(seq.line_ids, sorted(unknown))].all()


def test_a_remedy_is_not_tried_on_a_risk_that_nobody_tells(half_unknown):
    """An alert that was kept before the line's name was lost."""
    tables, unknown = half_unknown
    line = tables.lines[tables.lines["line_id"].isin(unknown)].iloc[0]
    alert = {"stay_id": line["stay_id"], "line_id": line["line_id"], "partner_line_ids": "", "at": line["started_at"], "error_type": "8.2"}
    found = try_out(taken(tables, frozenset([line["stay_id"]])), alert, Remedy("stop", line["line_id"]), model.shipped("lstm"))
    assert found["risk"]["today"] < 0.01


def test_chances_are_calibrated_by_the_lines_that_are_read(half_unknown, monkeypatch):
    """Pharmacists intervene on the others too: at the bottom of the scale they would lower the chance of every error."""
    shipped = model.shipped("lstm")
    part = training.prepared(half_unknown[0], shipped.words)
    knots = training.calibrate(shipped, part).card["calibration"]
    monkeypatch.setattr("core.detection.predict.LOW", -12.0)
    assert training.calibrate(shipped, part).card["calibration"] == knots


def test_an_error_missed_on_such_a_line_is_no_failure_of_the_model(half_unknown):
    tables, unknown = half_unknown
    known = tables.lines[~tables.lines["line_id"].isin(unknown)]["stay_id"]
    found = failures(model.shipped("lstm"), tables, None, 500)
    missed = [each for each in found if each["failure"] == "missed"]
    assert 0 < len(missed) < tables.interventions["line_id"].nunique()
    assert {each["stay_id"] for each in missed} <= set(known)
    assert min(each["chance"] for each in missed) > 1e-4


def test_a_hospital_is_adapted_to_by_the_lines_that_are_read(half_unknown, tmp_path):
    tables, unknown = half_unknown
    workspace = Workspace(tmp_path / "w")
    append(workspace, tables, "half-unknown")
    logits = adapting.scored(model.shipped("lstm"), workspace, len(tables.lines), lambda **_: None)
    assert {len(found) for found in logits.values()} == {len(tables.lines) - len(unknown)}
