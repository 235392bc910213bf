"""Import of MIMIC-III: the demo's 10,398 prescription rows are all accounted for."""

import gzip
import json
import shutil

import pandas as pd
import pytest

from core.__main__ import main
from core.data import pseudonyms, store
from core.data.describe import describe, set_aside
from core.data.intake.mimic3 import ages
from core.data.quality import quality
from core.errors import Refusal
from core.settings import ROOT, Workspace

DEMO = ROOT.parent / "shared" / "data" / "mimic3-demo"
needs_demo = pytest.mark.skipif(not DEMO.exists(), reason="needs ../shared/data/mimic3-demo, which is not shipped")


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The demo in a workspace, and what the command printed."""
    workspace = Workspace(tmp_path_factory.mktemp("mimic") / "w")
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
        assert main(["import", "mimic3", str(DEMO), "--workspace", str(workspace.path), "--json"]) == 0
    return workspace, json.loads(said[-1])


@pytest.fixture(scope="module")
def orders():
    with gzip.open(DEMO / "PRESCRIPTIONS.csv.gz", "rt") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


@needs_demo
def test_every_row_is_a_line_or_set_aside(imported):
    workspace, report = imported
    assert report["rows"] == 10398 == report["lines"] + report["set_aside"]
    assert sum(report["reasons"].values()) == report["set_aside"] == len(set_aside(workspace))
    assert report["reasons"] == {"end_before_start": 39} and store.counts(workspace)["lines"] == report["lines"]


@needs_demo
def test_each_line_is_the_order_that_it_comes_from(imported, orders):
    workspace, _ = imported
    secret = pseudonyms.key(workspace)
    orders = orders.assign(line_id=pseudonyms.pseudonyms(secret, "line", orders["row_id"]))
    lines = store.read_all(workspace).lines.merge(orders, on="line_id", suffixes=("", "_written"), validate="1:1")
    assert (lines["drug"] == lines["drug_written"].str.strip()).all()
    assert (lines["started_at"] == pd.to_datetime(lines["startdate"])).all()
    plain = pd.to_numeric(lines["dose_val_rx"], errors="coerce")
    assert (lines["dose"] == plain)[plain.notna()].all()
    assert lines.loc[lines["dose_val_rx"] == "25,000", "dose"].eq(25000).all()
    assert lines.loc[lines["dose_val_rx"] == "1-2", "dose"].eq(2).all() and lines["dose"].notna().all()


@needs_demo
def test_a_line_of_one_day_lasts_that_day_and_no_other_is_longer_than_written(imported):
    lines = store.read_all(imported[0]).lines
    assert (lines["ended_at"].isna() | (lines["ended_at"] > lines["started_at"])).all()


@needs_demo
def test_unknown_drugs_stay_lines_and_are_counted(imported):
    workspace, report = imported
    lines = store.read_all(workspace).lines
    unknown = (lines["substances"].fillna("") == "").sum()
    counted = {name: report["notes"].get(name, 0) for name in ("drug_unknown", "no_drug")}
    assert unknown == sum(counted.values()) == describe(workspace)["unknown_drugs"]["lines"] < 0.05 * len(lines)


@needs_demo
def test_ages_are_plausible_and_nobody_is_three_hundred(imported):
    ages_found = store.read_stays(imported[0])["age_years"]
    assert ages_found.between(0, 90).all()


@needs_demo
def test_doubts_about_kept_rows_are_counted(imported):
    found = {issue.code: issue.rows for issue in quality(imported[0])}
    assert found["times_missing"] == 10359 and found["stay_without_lines"] > 0 and "line_never_active" not in found


@needs_demo
def test_a_folder_without_admissions_is_refused(tmp_path):
    shutil.copy(DEMO / "PRESCRIPTIONS.csv.gz", tmp_path)
    for path, code in ((tmp_path, "file_missing"), (tmp_path / "PRESCRIPTIONS.csv.gz", "folder_missing")):
        workspace = Workspace(tmp_path / "w")
        with pytest.raises(Refusal, match=code):
            from core.data.intake.border import bring_in

            bring_in(workspace, "mimic3", path)
        assert not workspace.path.exists()


@needs_demo
def test_a_damaged_archive_is_refused(tmp_path):
    for name in ("PRESCRIPTIONS", "ADMISSIONS", "PATIENTS"):
        whole = (DEMO / f"{name}.csv.gz").read_bytes()
        (tmp_path / f"{name}.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert main(["import", "mimic3", str(tmp_path), "--workspace", str(tmp_path / "w")]) == 2
    assert not (tmp_path / "w").exists()


def test_age_counts_birthdays():
    admitted, born = (
        pd.Series(["2150-05-09", "2150-05-10", "2150-05-10"]),
        pd.Series(["2100-05-10"] * 2 + ["1850-01-01"]),
    )
    assert ages(admitted, born).tolist() == [49, 50, 90]
