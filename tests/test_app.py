"""Every page opens in both languages on a real workspace, and a correction made there is in the register."""

from codecs import BOM_UTF8

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import LANGUAGES
from core.review.register import record, reviews
from core.settings import ROOT
from pages.register.exports import as_sheet
from pages.shell.session import Session
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


def failures(app: AppTest) -> list[str]:
    """What went wrong; what must not be given stands in such a block too, and the example of *Interactions* has one."""
    return [error.value for error in (*app.exception, *app.error) if getattr(error, "icon", "") != ":material/block:"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(workspace, page, language):
    assert not failures(opened(page, language))


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
        assert not failures(opened(page)), page


def test_the_reviewer_of_a_first_visit_is_the_same_in_both_languages(workspace):
    assert {opened("queue", language).session_state["reviewer"] for language in LANGUAGES} == {"pharmacien-a"}


def test_a_risk_in_the_register_is_a_percentage_and_never_certain(workspace):
    record(workspace, {"alert_id": "al1", "verdict": "confirmed", "reviewer": "b", "score_shown": 1.0})
    shown = opened("register").dataframe[0]
    assert shown.value["score_shown"].tolist() == [0.99]
    assert '"percent"' in shown.proto.columns


def test_the_register_names_the_lines_of_the_verdict(workspace):
    whole = {"alert_id": "al1", "reviewer": "b"}
    record(workspace, whole | {"verdict": "confirmed"})
    record(workspace, whole | {"verdict": "confirmed", "error_type": "1.3", "line_id": "S1-00-0", "partner_line_ids": ""})
    beside = {"stay_id": "S1", "line_id": "S1-00-3", "at": "2025-03-10T20:00:00", "error_type": "4.1"}
    record(workspace, beside | {"verdict": "confirmed", "reviewer": "b"})
    rows = opened("register").dataframe[0].value
    assert list(rows["drugs"]) == ["Furosémide", "Warfarine", "Amiodarone + warfarine"]


@pytest.mark.parametrize(("language", "row"), [
    ("fr", '1;28/11/2026 09:30;"erreur confirmée; sûre";0,91'),
    ("en", "1,28/11/2026 09:30,erreur confirmée; sûre,0.91")])  # fmt: skip
def test_a_spreadsheet_of_the_language_opens_the_register_in_words(workspace, language, row):
    rows = pd.DataFrame({"review_id": [1], "reviewed_at": [pd.Timestamp("2026-11-28 09:30")], "verdict": ["erreur confirmée; sûre"],
                         "score_shown": [0.91]})  # fmt: skip
    told = as_sheet(Session(workspace, language, "b"), rows)
    assert told.startswith(BOM_UTF8) and told.decode("utf-8-sig").splitlines()[1] == row


def test_a_spreadsheet_takes_no_comment_for_a_formula(workspace):
    rows = pd.DataFrame({"comment": ["- arrêté", "=1+1", "vu", None], "score_shown": [-0.5, 1, 1, 1]})
    told = as_sheet(Session(workspace, "fr", "b"), rows).decode("utf-8-sig").splitlines()
    assert told[1:] == ["'- arrêté;-0,5", "'=1+1;1,0", "vu;1,0", ";1,0"]


def test_the_register_shows_the_answer_beside_the_verdict(workspace):
    record(workspace, {"alert_id": "al1", "verdict": "rejected", "reviewer": "b", "reason": "intended"})
    record(workspace, {"alert_id": "al2", "verdict": "confirmed", "reviewer": "b", "intervention_type": "7"})
    rows = opened("register").dataframe[0].value
    assert list(rows["answer"]) == ["Adaptation posologique", "Association voulue et connue"]
    assert list(rows.columns)[:6] == ["review_id", "reviewed_at", "verdict", "drugs", "error_type", "answer"]
