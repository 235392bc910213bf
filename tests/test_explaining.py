"""An explanation asked for when its alert is opened: computed once, kept, by a network that stays in memory."""

import pytest

from core.data.store import Tables, append
from core.detection import model as models
from core.review.alerts import alert, explanation, keep_alerts
from core.review.explaining import explain_now, loaded
from core.settings import TRAINED, Workspace
from tests import small_stays as small

pytestmark = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


def test_one_network_serves_every_explanation(tmp_path, monkeypatch):
    workspace, loads, load = Workspace(tmp_path / "w"), [], models.load
    append(workspace, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    keep_alerts(workspace, small.alerts().assign(model_id=models.shipped("gru").id))
    loaded.cache_clear()
    monkeypatch.setattr(models, "load", lambda folder: loads.append(folder) or load(folder))
    for alert_id in ("al1", "al3", "al1"):
        found = explain_now(workspace, alert(workspace, alert_id))
        assert explanation(workspace, alert_id) == found and found["relative_delta"] <= 0.05
    assert loads == [TRAINED / "gru"]
