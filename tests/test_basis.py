"""What an explanation was worked out from: the same in any company, another as soon as something was read otherwise."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from core.data import store
from core.detection import explain as explaining
from core.detection.explain import basis, explain_many, explain_stored
from core.detection.explain.moment import moment
from core.detection.sequences import prepare
from core.review.alerts import explained_from, explanation, keep_alerts, keep_explanation
from core.review.database import connect
from core.settings import Workspace
from tests.hand_made import DAY, DRUGS, line, observation, some_stays, stay_row, tables
from tests.test_explain import ALERTS, MODEL, WORDS, alert_with_partners

HOURS = 12.0
ALERT = {"alert_id": "a", "stay_id": "s", "line_id": "s-0", "at": DAY + pd.Timedelta(hours=HOURS), "error_type": "6.2",
         "model_id": MODEL.id}  # fmt: skip
LINES = [line("s", 0, DRUGS[0], 2, None), line("s", 1, DRUGS[1], 5, 30), line("s", 2, DRUGS[4], 1, 8)]
SEEN = [observation("s", 0, "potassium", 4.1, 3), observation("s", 1, "inr", 2.2, 6)]


def value(lines=LINES, seen=SEEN, stay=None, alert=ALERT, model=MODEL, beside=None) -> str:
    made = tables([stay or stay_row("s", "p")], lines, seen)
    if beside is not None:
        frames = {name: pd.concat([getattr(beside, name), getattr(made, name)], ignore_index=True)
                  for name in ("stays", "lines", "observations", "interventions")}  # fmt: skip
        made = store.Tables(**frames)
    return basis.digest(moment(prepare(made, WORDS), alert), alert, model)


def changed(rows: list[dict], number: int, **said) -> list[dict]:
    return [row | said if i == number else row for i, row in enumerate(rows)]


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_stays_beside_it_change_nothing(seed):
    """Numbers of substances and classes hang on what is prepared together."""
    assert value(beside=some_stays(40, seed)) == value()


def test_what_comes_later_changes_nothing():
    later = [*LINES, line("s", 3, DRUGS[6], HOURS + 1, None)]
    assert value(lines=later, seen=[*SEEN, observation("s", 2, "inr", 8.0, HOURS + 2)]) == value()
    assert value(lines=changed(LINES, 1, ended_at=DAY + pd.Timedelta(hours=HOURS + 3))) == value()


@pytest.mark.parametrize("other", [
    {"lines": changed(LINES, 0, dose=10)}, {"lines": changed(LINES, 1, route="iv")}, {"lines": changed(LINES, 2, prn=True)},
    {"lines": changed(LINES, 2, ended_at=DAY + pd.Timedelta(hours=9))}, {"lines": LINES[:2]},
    {"lines": changed(LINES, 1, line_id="s-9")}, {"lines": changed(LINES, 1, started_at=DAY + pd.Timedelta(hours=4))},
    {"lines": changed(LINES, 1, substances="ibuprofene", atc="M01AE01", drug="IBUPROFENE")},
    {"seen": changed(SEEN, 0, value=5.9)}, {"seen": SEEN[:1]}, {"seen": [*SEEN, observation("s", 2, "inr", 2.2, 11)]},
    {"stay": stay_row("s", "p") | {"age_years": 82.0}}, {"stay": stay_row("s", "p") | {"diagnoses": "I48.0"}},
    {"alert": ALERT | {"error_type": "4.1"}}, {"alert": ALERT | {"line_id": "s-1"}}, {"alert": ALERT | {"model_id": "gru-x"}},
    {"model": replace(MODEL, id="gru-1")},
])  # fmt: skip
def test_whatever_is_read_counts(other):
    """Under the same ids."""
    assert value(**other) != value()


def test_other_code_is_another_value(monkeypatch):
    before = value()
    monkeypatch.setattr(basis, "code", lambda: "another")
    assert value() != before


def test_the_code_digested_is_that_of_explaining(tmp_path, monkeypatch):
    for name in ("models", "core"):
        shutil.copytree(basis.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("trained", "__pycache__"))
    before = basis.code()
    monkeypatch.setattr(basis, "ROOT", tmp_path)
    assert basis.code.__wrapped__() == before
    with (tmp_path / "core" / "detection" / "explain" / "sampling.py").open("a") as file:
        file.write("# another\n")
    assert basis.code.__wrapped__() != before


def written(path, made: store.Tables) -> Workspace:
    workspace = Workspace(path / "w")
    store.append(workspace, made, "hand-made")
    return workspace


def kept_all(workspace: Workspace, alerts) -> list[str]:
    """Explain what is not kept as it would be; ids of what was."""
    done = []
    for found in explain_stored(workspace, alerts, MODEL, kept=explained_from(workspace)):
        keep_explanation(workspace, *found)
        done.append(found.alert_id)
    return done


def test_only_alerts_whose_history_changed_are_explained_again(tmp_path):
    """A result that came in late is of one stay; explanations of the others still hold."""
    made = some_stays(6, seed=11, lines_a_stay=10)
    few = ALERTS.groupby("stay_id").head(2).reset_index(drop=True)
    workspace = written(tmp_path, made)
    keep_alerts(workspace, few)
    assert sorted(kept_all(workspace, few)) == sorted(few["alert_id"])
    told = {name: explanation(workspace, name) for name in few["alert_id"]}
    assert kept_all(workspace, few) == []
    late = observation("s0002", 99, "inr", 6.5, 0.5)
    shutil.rmtree(workspace.data)
    again = pd.concat([made.observations, tables([stay_row("s0002", "p")], LINES, [late]).observations], ignore_index=True)
    store.append(workspace, replace(made, observations=again), "hand-made")
    of_stay = set(few.loc[few["stay_id"] == "s0002", "alert_id"])
    assert set(kept_all(workspace, few)) == of_stay != set()
    now = {name: explanation(workspace, name) for name in few["alert_id"]}
    assert {name for name in now if now[name] != told[name]} == of_stay


def test_what_is_kept_without_saying_from_what_is_explained_again(tmp_path):
    workspace, few = written(tmp_path, some_stays(6, seed=11, lines_a_stay=10)), ALERTS.head(1)
    keep_alerts(workspace, few, {few["alert_id"][0]: {"lines": []}})
    assert kept_all(workspace, few) == list(few["alert_id"])


def test_a_register_of_before_is_brought_up_with_its_explanations(tmp_path):
    workspace, few = written(tmp_path, some_stays(6, seed=11, lines_a_stay=10)), ALERTS.head(1)
    keep_alerts(workspace, few, {few["alert_id"][0]: {"lines": []}})
    with connect(workspace) as db:
        db.execute("ALTER TABLE explanations DROP COLUMN digest")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm007_explained_from'")
        db.execute("PRAGMA user_version = 6")
        db.conn.commit()
    assert explanation(workspace, few["alert_id"][0]) == {"lines": []}
    assert explained_from(workspace) == {}


def test_an_explanation_that_still_holds_is_not_worked_out(monkeypatch):
    few = ALERTS[ALERTS["alert_id"] == alert_with_partners()["alert_id"]]
    made = next(explain_many(some_stays(6, seed=11, lines_a_stay=10), few, MODEL))
    monkeypatch.setattr(explaining, "explained_at", None)
    again = next(explain_many(some_stays(6, seed=11, lines_a_stay=10), few, MODEL, {made.alert_id: made.digest}))
    assert again == (made.alert_id, None, made.digest)
