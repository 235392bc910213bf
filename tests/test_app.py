"""Every page opens in both languages on a real workspace, and a verdict given there is in the register."""

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import LANGUAGES, t
from core.review.register import record, reviews
from core.settings import ROOT
from tests.tiny_workspace import make

PAGES = {
    "queue": "pages/review/queue.py",
    "stay": "pages/review/stay.py",
    "register": "pages/register/register.py",
    "models": "pages/models/models.py",
    "data": "pages/data/data.py",
    "interactions": "pages/knowledge/interactions.py",
    "guide": "pages/guide/guide.py",
}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path / "w"))
    return make(tmp_path / "w")


def opened(page: str, language: str = "fr", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for name, value in {"lang": language, **address}.items():
        app.query_params[name] = value
    app.run()
    return app if page == "queue" else app.switch_page(PAGES[page]).run()


def words(app: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "error", "info", "warning", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(workspace, page, language):
    app = opened(page, language)
    assert not app.exception
    assert not app.error


def test_the_list_ranks_by_risk(workspace):
    app = opened("queue")
    risks = list(app.dataframe[0].value["risk"])
    assert risks == sorted(risks, reverse=True) and len(risks) == 3


def test_invented_data_are_called_so_on_the_stay(workspace):
    assert t("app.invented", "fr") in words(opened("stay"))


def test_a_stay_says_its_alert_in_plain_words(workspace):
    told = words(opened("stay", stay="S1", alert="al1"))
    assert "Amiodarone + warfarine" in told and "91\u202f%" in told and "précaution d’emploi" in told


def test_an_explanation_that_is_not_trusted_shows_no_bars(workspace):
    app = opened("stay", stay="S2", alert="al3")
    assert any("aucune barre" in warning.value for warning in app.warning)


def test_an_unknown_alert_is_refused_with_a_sentence(workspace):
    app = opened("stay", stay="S1", alert="nothing")
    assert [error.value for error in app.error] == [t("errors.unknown_alert", "fr", alert="nothing")]
    assert not app.exception


def test_a_verdict_is_written_once_and_the_next_alert_comes(workspace):
    app = opened("stay", stay="S1", alert="al1")
    app.button("confirm:button:al1").click().run()
    row = reviews(workspace).iloc[0]
    assert (row["alert_id"], row["verdict"], row["error_type"]) == ("al1", "confirmed", "6.2")
    assert (row["line_id"], row["partner_line_ids"]) == ("S1-00-1", "S1-00-0")
    assert row["score_shown"] == 0.91 and "attribution" in row["explanation_shown"]
    assert app.query_params["alert"] == "al3"


def test_an_undone_verdict_leaves_both_rows_and_comes_back(workspace):
    app = opened("stay", stay="S1", alert="al1")
    app.button("reject:button:al1").click().run()
    app.button("undo:button:al3").click().run()
    assert list(reviews(workspace)["verdict"]) == ["withdrawn", "rejected"]
    assert app.query_params["alert"] == "al1"


def test_a_draft_survives_a_new_session(workspace):
    app = opened("stay", stay="S1", alert="al1")
    app.text_area("comment:al1").input("INR demain").run()
    assert opened("stay", stay="S1", alert="al1").text_area("comment:al1").value == "INR demain"


def test_who_else_has_the_stay_open_is_said(workspace):
    from core.review.desk import enter

    enter(workspace, "pharmacien-b", "S1", "al1")
    assert "pharmacien-b" in words(opened("stay", stay="S1", alert="al1"))


def test_a_correction_is_a_new_row(workspace):
    number = record(workspace, {"alert_id": "al1", "verdict": "confirmed", "reviewer": "b"})
    app = opened("register")
    app.number_input("correct_number").set_value(number).run()
    app.selectbox("correct_verdict").select("rejected").run()
    app.button("correct_save").click().run()
    found = reviews(workspace)
    assert list(found["verdict"]) == ["rejected", "confirmed"] and found["corrects"].iloc[0] == number


def test_a_workspace_without_alerts_opens_everywhere(tmp_path, monkeypatch):
    from core.data.store import Tables, append
    from core.settings import Workspace
    from tests import small_stays as small

    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path / "bare"))
    tables = Tables(small.stays(), small.lines(), small.observations(), small.interventions())
    append(Workspace(tmp_path / "bare"), tables, "hand-made")
    for page in PAGES:
        app = opened(page)
        assert not app.exception and not app.error, page
