"""The register and its labels at the command line: exported, verified, refused with exit code 2."""

import codecs
import json
import sqlite3

import pandas as pd
import pytest

from core.__main__ import main
from core.detection.targets import read_labels
from core.review.register import correct, record
from core.schema import REVIEWS
from pages.register.exports import as_csv
from tests import small_stays as small
from tests.kept import kept
from tests.tiny_workspace import make


@pytest.fixture
def workspace(tmp_path):
    made = kept(tmp_path)
    first = record(made, {"alert_id": "a0", "verdict": "confirmed", "reviewer": "anna", "comment": 'é; "ü"\nx'})
    record(made, {"alert_id": "a1", "verdict": "rejected", "reviewer": "bob"})
    correct(made, first, {"verdict": "unsure"}, "anna")
    return made


def run(workspace, *arguments):
    return main([*arguments, "--workspace", str(workspace.path), "--json"])


def answer(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_register_is_exported_whole(workspace, tmp_path, capsys, ending):
    out = tmp_path / f"register.{ending}"
    assert run(workspace, "register", "export", "--out", str(out)) == 0 and answer(capsys)["reviews"] == 3
    found = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
    assert found.columns.tolist()[: len(REVIEWS.names)] == REVIEWS.names
    assert found.sort_values("review_id")["comment"].iloc[0] == 'é; "ü"\nx'
    assert run(workspace, "register", "export", "--out", str(out), "--effective") == 0
    assert answer(capsys)["reviews"] == 2


def test_an_exported_register_names_the_drugs_as_written(tmp_path, capsys):
    made = kept_with_names(tmp_path)
    out = tmp_path / "register.csv"
    assert run(made, "register", "export", "--out", str(out)) == 0
    flagged, unflagged = (row for _, row in pd.read_csv(out).sort_values("review_id").iterrows())
    drugs = dict(zip(small.lines()["line_id"], small.lines()["drug"], strict=True))
    alert = small.alerts().set_index("alert_id").loc["al1"]
    partners = [drugs[line] for line in alert["partner_line_ids"].split("+")]
    assert (flagged["drug"], flagged["partner_drugs"]) == (drugs[alert["line_id"]], " + ".join(partners))
    assert unflagged["drug"] == drugs["S2-00-0"] and pd.isna(unflagged["partner_drugs"])


def kept_with_names(folder):
    made = make(folder / "named")
    record(made, {"alert_id": "al1", "verdict": "confirmed", "reviewer": "anna"})
    missed = small.lines().set_index("line_id").loc["S2-00-0"]
    place = {"stay_id": missed["stay_id"], "line_id": "S2-00-0", "at": missed["started_at"]}
    record(made, place | {"verdict": "confirmed", "reviewer": "anna", "error_type": "3.1"})
    return made


def test_what_is_exported_opens_in_excel_with_its_accents(workspace, tmp_path, capsys):
    for command, out in (("register", tmp_path / "r.csv"), ("labels", tmp_path / "l.csv")):
        assert run(workspace, command, "export", "--out", str(out)) == 0
        assert out.read_bytes().startswith(codecs.BOM_UTF8)
    assert as_csv(pd.DataFrame({"drug": ["é"]})).startswith(codecs.BOM_UTF8)
    assert len(read_labels(tmp_path / "l.csv")) == 1  # as train reads them


def test_labels_are_exported(workspace, tmp_path, capsys):
    assert run(workspace, "labels", "export", "--out", str(tmp_path / "l.parquet")) == 0
    assert answer(capsys) == {"out": str(tmp_path / "l.parquet"), "labels": 1, "errors": 0}


def test_a_register_that_was_altered_fails_verification(workspace, capsys):
    assert run(workspace, "register", "verify") == 0 and answer(capsys)["rows"] == 3
    connection = sqlite3.connect(workspace.register, isolation_level=None)
    connection.execute("DROP TRIGGER reviews_never_change")
    connection.execute("UPDATE reviews SET reviewer = 'nobody' WHERE review_id = 2")
    assert run(workspace, "register", "verify") == 2 and "2" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "empty", "one"), [("fr", "aucune validation", "Validations : 1,"), ("en", "no review", "Reviews: 1,")])
def test_an_empty_register_has_no_head_to_note_and_one_review_is_no_plural(tmp_path, capsys, language, empty, one):
    made = kept(tmp_path)
    words = ["register", "verify", "--workspace", str(made.path), "--lang", language]
    assert main(words) == 0
    assert empty in (said := capsys.readouterr().out) and said.rstrip().endswith(".")
    record(made, {"alert_id": "a0", "verdict": "confirmed", "reviewer": "anna"})
    assert main(words) == 0
    assert capsys.readouterr().out.startswith(one)


@pytest.mark.parametrize("command", ["labels export --out x.csv", "register verify", "describe"])
def test_a_workspace_that_is_not_there_is_refused_and_not_made(tmp_path, capsys, command):
    assert main([*command.split(), "--workspace", str(tmp_path / "nowhere"), "--lang", "en"]) == 2
    assert "no workspace" in capsys.readouterr().err and not (tmp_path / "nowhere").exists()
