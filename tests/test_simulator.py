"""The invented hospital keeps its promises: seeded, causal, calibrated, marked as invented."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.data.store import Tables
from core.schema import SEVERAL_LINE_TYPES
from core.settings import Workspace
from core.simulator import MAIN, OTHER, simulate
from core.simulator.output import populate, read_hidden, whole, write_hidden

STAYS = 2000
KEY = ["line_id", "at", "error_type"]


@pytest.fixture(scope="module")
def made():
    return whole(list(simulate(MAIN, STAYS, seed=7)))


@pytest.fixture(scope="module")
def other():
    return whole(list(simulate(OTHER, STAYS, seed=7)))


def keys(frame: pd.DataFrame) -> set[tuple]:
    return set(map(tuple, frame[KEY].astype(str).to_numpy()))


def test_the_same_seed_makes_the_same_bytes_whatever_the_processes(made):
    again = whole(list(simulate(MAIN, STAYS, seed=7, processes=2)))
    for field in fields(Tables):
        pd.testing.assert_frame_equal(getattr(again.tables, field.name), getattr(made.tables, field.name))
    pd.testing.assert_frame_equal(again.oracle, made.oracle)
    pd.testing.assert_frame_equal(again.truth, made.truth)


def test_another_seed_makes_other_stays(made):
    again = whole(list(simulate(MAIN, STAYS, seed=8)))
    assert len(again.tables.lines) != len(made.tables.lines)


def test_more_stays_leave_the_first_blocks_as_they_were():
    short, long = (list(simulate(MAIN, n, seed=3)) for n in (500, 1000))
    pd.testing.assert_frame_equal(short[0].tables.lines, long[0].tables.lines)


def test_everything_is_marked_as_invented(made, other):
    assert set(made.tables.stays["source"]) | set(other.tables.stays["source"]) == {"invented"}


def test_the_oracle_tells_how_often_pharmacists_act(made, other):
    for hospital in (made, other):
        p = hospital.oracle["probability"]
        assert p.between(0, 1).all()
        assert abs(len(hospital.tables.interventions) - p.sum()) < 3.5 * np.sqrt((p * (1 - p)).sum())


def test_the_oracle_is_calibrated_in_every_band(made, other):
    for hospital in (made, other):
        known = keys(hospital.tables.interventions)
        acted = [key in known for key in map(tuple, hospital.oracle[KEY].astype(str).to_numpy())]
        band = pd.cut(hospital.oracle["probability"], [0, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 1])
        table = hospital.oracle.assign(acted=acted).groupby(band, observed=True)
        p, seen, count = table["probability"].mean(), table["acted"].mean(), table.size()
        assert ((p - seen).abs() < 3.5 * np.sqrt(p * (1 - p) / count) + 0.5 / count).all()


def test_an_intervention_is_a_row_of_the_oracle(made):
    assert keys(made.tables.interventions) <= keys(made.oracle)
    assert not made.oracle.duplicated(KEY).any()


def test_pharmacists_miss_and_act_for_nothing(made):
    truth, acted = keys(made.truth), keys(made.tables.interventions)
    assert 0.6 < len(truth & acted) / len(truth) < 0.95
    assert 0 < len(acted - truth) / len(acted) < 0.15


def test_a_problem_arises_while_all_its_lines_are_active(made):
    lines = made.tables.lines.set_index("line_id")
    several = made.oracle.explode("line_id")
    partners = several.assign(other=several["partner_line_ids"].str.split("+")).explode("other").dropna(subset="other")
    for frame, column in ((several, "line_id"), (partners, "other")):
        found = lines.loc[frame[column]]
        assert (found["started_at"].to_numpy() <= frame["at"].to_numpy()).all()
        assert (frame["at"].to_numpy() < found["ended_at"].to_numpy()).all()
        assert (found["stay_id"].to_numpy() == frame["stay_id"].to_numpy()).all()


def test_problems_of_several_lines_name_their_partners(made):
    several = made.oracle[made.oracle["error_type"].isin(set(SEVERAL_LINE_TYPES) - {"2.4"})]
    assert several["partner_line_ids"].notna().all()
    assert made.oracle.loc[~made.oracle["error_type"].isin(SEVERAL_LINE_TYPES), "partner_line_ids"].isna().all()


def test_an_instant_is_a_start_an_end_or_an_observation(made):
    t = made.tables
    known = set()
    for frame, column in ((t.lines, "started_at"), (t.lines, "ended_at"), (t.observations, "observed_at")):
        known |= set(zip(frame["stay_id"], frame[column], strict=True))
    assert set(zip(made.oracle["stay_id"], made.oracle["at"], strict=True)) <= known


def test_patients_come_back_and_never_lie_in_two_beds(made):
    stays = made.tables.stays.sort_values(["patient_id", "admitted_at"])
    again = stays["patient_id"].duplicated()
    assert 0.2 < again.mean() < 0.6
    assert (stays["admitted_at"] > stays.groupby("patient_id")["discharged_at"].shift())[again].all()


def test_an_accepted_stop_ends_the_line_soon(made):
    acted = made.tables.interventions
    stopped = acted[acted["intervention_type"].isin(["2", "3"]) & (acted["outcome"] == "accepted")].drop_duplicates(
        "line_id"
    )
    ended = made.tables.lines.set_index("line_id").loc[stopped["line_id"], "ended_at"].to_numpy()
    hours = (ended - stopped["at"].to_numpy()) / np.timedelta64(1, "h")
    assert (hours <= 5).mean() > 0.9
    assert (hours > 0).all()


def test_the_other_hospital_differs(made, other):
    def wards(chunk):
        return chunk.tables.stays["ward"].value_counts(normalize=True)

    assert (wards(made) - wards(other)).abs().max() > 0.03
    here, there = (set(chunk.tables.lines["substances"]) for chunk in (made, other))
    assert len(here - there) >= 5
    assert len(there - here) >= 10


def test_knobs_do_what_they_say():
    blind = whole(list(simulate(replace(MAIN, detection=-20.0, needless=0.0), 500, seed=5)))
    assert len(blind.tables.interventions) == 0
    assert len(blind.truth) > 100


def test_a_workspace_holds_the_tables_and_hides_the_truth(tmp_path):
    workspace = Workspace(tmp_path)
    written = populate(workspace, MAIN, 600, seed=2)
    assert written["stays"] == 600
    assert len(read_hidden(workspace, "oracle")) > written["lines"]
    assert not [p for p in (tmp_path / "data").rglob("*") if "oracle" in p.name or "truth" in p.name]


@pytest.mark.parametrize("bad", (["--stays", "0"], ["--processes", "0"], ["--seed", "-1"]), ids=lambda bad: bad[0])
def test_a_number_that_cannot_be_is_refused_and_nothing_is_written(tmp_path, capsys, bad):
    assert main(["simulate", "--workspace", str(tmp_path / "w"), "--json", *bad]) == 2
    assert bad[1] in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_the_command_tells_what_it_wrote_and_does_not_write_it_twice(tmp_path, capsys):
    command = ["simulate", "--workspace", str(tmp_path), "--stays", "30", "--json"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["stays"] == 30
    assert main(command) == 2


def test_what_the_oracle_knows_is_read_of_some_lines_alone(tmp_path):
    """Parts of stays are measured with what the oracle knows of them, not of a million others."""
    workspace = Workspace(tmp_path)
    frames = [pd.DataFrame({"line_id": [f"main-1-{part}-L{n}" for n in range(3)], "probability": 0.1 * part})
              for part in (1, 2)]  # fmt: skip
    for number, frame in enumerate(frames):
        write_hidden(workspace, "oracle", f"simulated-main-1-{number:04d}", frame)
    assert read_hidden(workspace, "oracle", frames[1]["line_id"]).equals(frames[1])
    assert len(read_hidden(workspace, "oracle")) == 6
