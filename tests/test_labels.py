"""Labels: every verdict that counts, and only those, in the form that training reads."""

import pandas as pd
import pytest

from core.errors import Refusal
from core.review.alerts import alert
from core.review.labels import COLUMNS, KEY, export, labels
from core.review.register import record, undo
from tests.kept import kept


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path)


def decide(workspace, alert_id, verdict, reviewer="anna", **more):
    record(workspace, {"alert_id": alert_id, "verdict": verdict, "reviewer": reviewer} | more)


def test_a_verdict_becomes_a_label_of_its_line_and_instant(workspace):
    decide(workspace, "a0", "confirmed")
    decide(workspace, "a1", "rejected")
    decide(workspace, "a2", "unsure")
    found = labels(workspace).set_index("line_id")
    first, second = alert(workspace, "a0"), alert(workspace, "a1")
    assert found["label"].to_dict() == {first["line_id"]: 1, second["line_id"]: 0}
    assert found.loc[first["line_id"], "at"] == pd.Timestamp(first["at"])


def test_no_review_no_label_but_all_columns(workspace):
    assert labels(workspace).columns.tolist() == COLUMNS and len(labels(workspace)) == 0


def test_a_second_thought_and_an_undo_change_the_label(workspace):
    decide(workspace, "a0", "confirmed")
    decide(workspace, "a0", "rejected")
    assert labels(workspace)["label"].tolist() == [0]
    undo(workspace, "anna")
    assert labels(workspace)["label"].tolist() == [1]
    undo(workspace, "anna")
    assert len(labels(workspace)) == 0


def test_a_tie_gives_no_label_and_a_margin_gives_a_weight(workspace):
    decide(workspace, "a0", "confirmed", "anna")
    decide(workspace, "a0", "rejected", "bob")
    assert len(labels(workspace)) == 0
    decide(workspace, "a0", "confirmed", "chloe")
    assert labels(workspace)[["label", "weight"]].round(3).to_numpy().tolist() == [[1, 0.333]]


def test_another_error_type_is_right_there_and_wrong_here(workspace):
    decide(workspace, "a0", "confirmed", error_type="4.2")
    assert labels(workspace).set_index("error_type")["label"].to_dict() == {"4.2": 1, "6.2": 0}


def test_a_missed_error_is_a_label_too(workspace):
    raised = alert(workspace, "a0")
    place = {name: raised[name] for name in ("stay_id", "line_id", "at")}
    record(workspace, place | {"verdict": "confirmed", "reviewer": "anna", "error_type": "3.1"})
    assert labels(workspace)[["label", "source"]].to_numpy().tolist() == [[1, "missed"]]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_exported_reads_back_the_same(workspace, tmp_path, ending):
    for number in range(6):
        decide(workspace, f"a{number}", ("confirmed", "rejected")[number % 2])
    path = tmp_path / "out" / f"labels.{ending}"
    assert export(workspace, path) == 6
    types = {"error_type": "str"}
    back = pd.read_parquet(path) if ending == "parquet" else pd.read_csv(path, dtype=types, parse_dates=["at"])
    assert (
        back[[*KEY, "label", "weight"]]
        .astype({"at": "datetime64[us]"})
        .equals(labels(workspace)[[*KEY, "label", "weight"]])
    )


def test_an_unknown_ending_is_refused(workspace, tmp_path):
    with pytest.raises(Refusal, match="file_format"):
        export(workspace, tmp_path / "labels.xlsx")
    assert not list(tmp_path.glob("labels*"))
