"""The what-if on the page of a stay: a remedy is compared at once, and what is kept stands in the verdict."""

import pytest

from core.data.store import Tables, append
from core.detection.remedies import INTERVENTION
from core.i18n import LANGUAGES, t
from core.knowledge.substances import substance
from core.review.alerts import keep_alerts
from core.review.case import open_case
from core.review.desk import draft
from core.review.register import reviews
from core.review.trial import alternatives, correctors
from core.settings import TRAINED, Workspace
from tests import small_stays as small
from tests.test_app import opened

pytestmark = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    """The hand-made stays, their alerts raised by the shipped network."""
    from core.detection.model import shipped

    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path / "w"))
    made = Workspace(tmp_path / "w")
    append(made, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    keep_alerts(
        made, small.alerts().assign(model_id=shipped("gru").id), {"al1": {"trusted": False, "reason": "other_model"}}
    )
    return made


def chosen(kind: str, language: str = "fr"):
    app = opened("stay", language, stay="S1", alert="al1")
    return app.button_group("whatif:al1:kind").set_value(kind).run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", INTERVENTION)
def test_every_remedy_is_compared_or_says_what_it_lacks(workspace, kind, language):
    app = chosen(kind, language)
    assert not app.exception
    assert not app.error
    said = [each.value for each in app.caption]
    assert app.table or t("whatif.no_alternative", language) in said


def test_nothing_is_computed_before_a_remedy_is_chosen(workspace):
    app = opened("stay", stay="S1", alert="al1")
    assert not app.table
    assert t("whatif.hint", "fr") in [each.value for each in app.caption]


def test_the_remedy_kept_stands_in_the_verdict(workspace):
    app = chosen("stop")
    app.button("whatif:al1:keep").click().run()
    assert app.selectbox("intervention_type:al1").value == "2"
    assert draft(workspace, app.session_state["reviewer"], "al1")["intervention_type"] == "2"
    app.button("confirm:button:al1").click().run()
    assert reviews(workspace).iloc[0]["intervention_type"] == "2"


def test_what_may_replace_a_line_is_of_its_class_and_not_itself(workspace):
    case = open_case(workspace, "S1", "al1")
    for line_id, keys in case.lines.set_index("line_id")["substances"].items():
        if line_id not in set(case.culprits):
            continue
        found = alternatives(case, line_id)
        assert keys not in found
        assert len({substance(key).atc[:5] for key in found}) <= 1


def test_a_corrector_that_is_there_already_is_not_offered(workspace):
    case = open_case(workspace, "S1", "al1")
    there = set(case.lines["substances"])
    assert not there & set(correctors(case))
