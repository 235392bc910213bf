"""Description and doubts: figures agree with the rows, and each check finds the row made for it."""

import json

import pandas as pd
import pytest

from core.__main__ import main
from core.data import store
from core.data.describe import active_at_starts, describe
from core.data.quality import CHECKS, quality
from core.settings import Workspace
from tests.stays import made


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "it's here")


def with_line(workspace, **changes):
    tables = made(4)
    lines = tables.lines.copy()
    for name, value in changes.items():
        lines.loc[0, name] = value
    store.append(workspace, store.Tables(tables.stays, lines, tables.observations, tables.interventions), "x")
    return lines.loc[0, "line_id"]


def test_an_empty_workspace_is_described(workspace):
    assert describe(workspace)["counts"]["stays"] == 0 and quality(workspace) == []


def test_figures_agree_with_the_rows(workspace):
    store.append(workspace, made(40, 6), "a")
    store.append(workspace, made(10, 6, prefix="t"), "b")
    found, lines = describe(workspace), store.read_all(workspace).lines
    assert found["lines_per_stay"]["lines"]["p50"] == lines.groupby("stay_id").size().median()
    assert found["top_drugs"] == [{"substances": "warfarine", "lines": len(lines)}]
    assert found["missing"]["dose"] == lines["dose"].isna().mean() and found["sources"] == {"invented": 50}


def test_concomitant_lines_are_those_active_at_a_start():
    day = pd.Timestamp("2024-01-01")
    times = [(0, 10), (5, 12), (10, 11), (10, None), (20, 21)]
    lines = pd.DataFrame(times, columns=["a", "b"])
    lines = lines.assign(
        started_at=day + pd.to_timedelta(lines["a"], "h"), ended_at=day + pd.to_timedelta(lines["b"], "h")
    )
    slow = [sum(a <= t and (pd.isna(b) or b > t) for a, b in times) for t, _ in times]
    assert active_at_starts(lines).tolist() == slow


DOUBTS = {
    "unknown_drug": {"substances": None}, "dose_missing": {"dose": None}, "dose_zero": {"dose": 0},
    "times_missing": {"times_per_day": None}, "line_never_active": {"ended_at": pd.Timestamp("2024-01-01 08:00")},
    "line_before_stay": {"started_at": pd.Timestamp("2023-01-01")},
    "line_over_a_year": {"ended_at": pd.Timestamp("2026-01-01")},
}  # fmt: skip


@pytest.mark.parametrize("code", DOUBTS)
def test_each_check_finds_the_line_made_for_it(workspace, code):
    line_id = with_line(workspace, **DOUBTS[code])
    found = {issue.code: issue for issue in quality(workspace)}
    assert line_id in found[code].examples
    assert DOUBTS.keys() <= CHECKS.keys()


def results(kind, value, count):
    tables = made(count)
    seen = tables.observations.assign(kind=kind, value=value)
    return store.Tables(tables.stays, tables.lines, seen, tables.interventions)


@pytest.mark.parametrize(
    ("kind", "value", "count", "doubtful"),
    [("glucose", 1.1, 30, 30), ("creatinine", 12, 30, 30), ("creatinine", 1.1, 30, 30), ("glucose", 6, 30, 0), ("glucose", 1.1, 5, 0)],
)  # fmt: skip
def test_results_all_in_another_unit_are_doubtful(workspace, kind, value, count, doubtful):
    store.append(workspace, results(kind, value, count), "a")
    found = {issue.code: issue.rows for issue in quality(workspace)}
    assert found.get("unit_doubtful", 0) == doubtful


def test_the_command_answers_in_json(workspace, capsys):
    store.append(workspace, made(4), "a")
    assert main(["describe", "--workspace", str(workspace.path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert answer["counts"]["stays"] == 4 and "stay_without_lines" in {issue["code"] for issue in answer["quality"]}


@pytest.mark.parametrize(("language", "words"), [("fr", "nombre illisible"), ("en", "number that cannot be read")])
def test_what_was_set_aside_is_said_with_its_reason_table_and_column(workspace, tmp_path, capsys, language, words):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, frame in vars(made(6)).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    results = pd.read_csv(folder / "observations.csv", dtype=str)
    results.assign(value=["high", *results["value"][1:]]).to_csv(folder / "observations.csv", index=False)
    stays = pd.read_csv(folder / "stays.csv", dtype=str)
    stays.assign(age_years="old").to_csv(folder / "stays.csv", index=False)
    place = ["--workspace", str(workspace.path), "--lang", language]
    assert main(["import", "csv", str(folder), *place]) == 0
    capsys.readouterr()
    assert main(["describe", *place]) == 0
    told = capsys.readouterr().out
    assert words in told and "(value)" in told and "(age_years)" in told


def test_a_refusal_says_its_reasons_in_words(workspace, tmp_path, capsys):
    (tmp_path / "lines.csv").write_text("line_id,stay_id,drug,route,prn,started_at\n1,A,aspirine,PO,non,soon\n")
    assert main(["import", "csv", str(tmp_path / "lines.csv"), "--workspace", str(workspace.path)]) == 2
    told = capsys.readouterr().err
    assert "valeur nécessaire absente" in told and "missing_value" not in told
