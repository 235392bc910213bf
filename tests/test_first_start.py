"""The first start: made once, whole or not at all, reused afterwards."""

import json

import pytest

from core.data.sources import sources
from core.errors import Refusal
from core.review import demo
from core.review.first_start import beside, builder, is_ready, watch
from core.review.joined import joined, same_problem
from core.review.worklist import worklist
from core.settings import Workspace
from tests import small_stays as small


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo of few stays, and what its making told."""
    workspace, told = Workspace(tmp_path_factory.mktemp("first") / "w"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "STAYS", 24)
        patch.setattr(demo, "EXPLAINED", 1)
        demo.make_demo(workspace, lambda step, share: told.append((step, share)))
    return workspace, told


def test_the_demo_is_invented_and_ranked(made):
    workspace, _ = made
    found = worklist(workspace, size=500)
    assert sources(workspace) == {"invented"} and len(found)
    assert list(found["score"]) == sorted(found["score"], reverse=True)


def test_progress_never_goes_back(made):
    shares = [share for _, share in made[1]]
    assert shares == sorted(shares) and {step for step, _ in made[1]} >= {"simulating", "scoring", "keeping"}


def test_nothing_is_left_beside_the_workspace(made):
    workspace, _ = made
    assert watch(workspace).ready and not beside(workspace, ".partial").exists()
    assert not (workspace.path / "progress.json").exists()


def test_a_second_start_reuses_the_first(made):
    workspace, _ = made
    before = sorted((path, path.stat().st_mtime_ns) for path in (workspace.path / "data").rglob("*"))
    assert demo.make_demo(workspace)["made"] is False
    assert before == sorted((path, path.stat().st_mtime_ns) for path in (workspace.path / "data").rglob("*"))


def test_an_interrupted_start_is_not_ready_and_starts_again_cleanly(tmp_path, monkeypatch):
    workspace, monkeypatched = Workspace(tmp_path / "w"), []

    def cut(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "STAYS", 6)
    monkeypatch.setattr(demo, "EXPLAINED", 0)
    with monkeypatch.context() as patch:
        patch.setattr(demo, "keep_alerts", cut)
        with pytest.raises(KeyboardInterrupt):
            demo.make_demo(workspace)
    assert not is_ready(workspace) and not watch(workspace).building
    assert demo.make_demo(workspace, lambda *at: monkeypatched.append(at))["stays"] == 6


def test_two_starts_at_once_build_once(tmp_path):
    workspace = Workspace(tmp_path / "w")
    with builder(workspace):
        assert watch(workspace).building
        with pytest.raises(Refusal) as refusal:
            demo.make_demo(workspace)
    assert refusal.value.code == "demo_under_way" and not watch(workspace).building


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "letters.txt").write_text("mine", "utf-8")
    with pytest.raises(Refusal) as refusal:
        demo.make_demo(Workspace(tmp_path))
    assert refusal.value.code == "workspace_not_empty" and [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def rules_saying(line: str, partners: str, kind: str, level: str | None):
    """One rule alert on the first stay."""
    detail = json.dumps({"rules": [{"rule": "interaction"}]})
    return small.alerts().iloc[[0]].assign(
        alert_id="rule", line_id=line, partner_line_ids=partners, error_type=kind, level=level, origin="rule", detail=detail
    )  # fmt: skip


def test_a_rule_on_the_same_lines_makes_it_both():
    alerts = small.alerts().assign(origin="model")
    found = joined(alerts, rules_saying("S1-00-0", "S1-00-1", "6.2", "pe")).set_index("alert_id")
    assert found.loc["al1", "origin"] == "both" and len(found) == len(alerts)
    assert json.loads(found.loc["al1", "detail"])["rules"]


def test_a_strong_rule_that_no_model_shares_is_kept_and_a_weak_one_is_not():
    alerts = small.alerts().assign(origin="model")
    strong, weak = (rules_saying("S1-00-2", "S1-00-3", "6.4", level) for level in ("ci", "apec"))
    assert "rule" in set(joined(alerts, strong)["alert_id"])
    assert "rule" not in set(joined(alerts, weak)["alert_id"])


def test_one_line_in_common_is_not_the_same_problem_of_several():
    alert = small.alerts().iloc[0].to_dict()
    rule = rules_saying("S1-00-0", "S1-00-3", "6.2", "pe").iloc[0].to_dict()
    assert not same_problem(alert, rule)
