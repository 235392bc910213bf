"""What a worklist says of time: hours left to act, and what the last scoring changed."""

import pandas as pd
import pytest

from core.data import store
from core.review.alerts import alert, alerts_of_stay, keep_alerts
from core.review.database import connect
from core.review.register import record
from core.review.urgency import act_by
from core.review.worklist import Filters, neighbours, stay_list, worklist
from tests.kept import alert_rows, kept
from tests.stays import START, line_rows, made, stay_rows


@pytest.fixture
def workspace(tmp_path):
    return kept(tmp_path, stays=8)


def hours(**line) -> float | None:
    """Hours to act on an alert ten hours after its line began; the stay has no end unless one is given."""
    leaves = START + pd.Timedelta(hours=line.pop("leaves", 1000))
    begun = {"started_at": START, "ended_at": pd.NaT, "prn": False, "times_per_day": 1.0} | line
    lines, stays = line_rows(["s"]).assign(**begun), stay_rows(["s"]).assign(discharged_at=leaves)
    at = START + pd.Timedelta(hours=10)
    alerts = pd.DataFrame({"stay_id": ["s"], "line_id": lines["line_id"], "at": [at]})
    found = act_by(alerts, lines, stays)[0]
    return None if pd.isna(found) else (found - at).total_seconds() / 3600


def test_acting_is_in_time_until_the_next_dose():
    assert hours(times_per_day=1.0) == 14
    assert hours(times_per_day=4.0) == 2
    assert hours(times_per_day=1 / 7) == 7 * 24 - 10  # once a week


def test_a_dose_given_at_the_instant_of_the_alert_is_given():
    assert hours(started_at=START + pd.Timedelta(hours=10), times_per_day=3.0) == 8


def test_where_nobody_knows_the_next_dose_a_day_is_left():
    assert hours(prn=True, times_per_day=6.0) == hours(times_per_day=None) == hours(times_per_day=0.0) == 24


def test_a_line_that_ends_or_a_patient_who_leaves_ends_it_sooner():
    assert hours(ended_at=START + pd.Timedelta(hours=13)) == 3
    assert hours(leaves=12) == 2
    assert hours(leaves=4) == 14  # a discharge before the alert says nothing


def test_of_a_line_that_is_not_there_nothing_is_said():
    alerts = pd.DataFrame({"stay_id": ["s"], "line_id": ["gone"], "at": [START]})
    assert act_by(alerts, line_rows(["s"]), stay_rows(["s"]).assign(discharged_at=pd.NaT)).isna().all()


def test_a_scoring_that_raises_nothing_is_kept(workspace):
    assert keep_alerts(workspace, alert_rows(store.read_all(workspace)).iloc[:0]) == 0
    assert worklist(workspace).empty  # those of the scoring before are no longer open


def test_hours_count_from_the_alert_in_a_past_workspace(workspace):
    page = worklist(workspace)
    expected = (pd.to_datetime(page["act_by"]) - pd.to_datetime(page["at"])).dt.total_seconds() / 3600
    assert page["hours_to_act"].tolist() == expected.round(1).tolist() and (page["hours_to_act"] == 24).all()


def test_hours_count_from_now_for_the_patients_of_today(tmp_path):
    workspace = kept(tmp_path, stays=3)
    tables = made(3, prefix="today")
    begun = pd.Timestamp.now().floor("s") - pd.Timedelta(hours=5)
    tables = store.Tables(
        tables.stays, tables.lines.assign(started_at=begun, ended_at=pd.NaT), tables.observations, tables.interventions
    )
    store.append(workspace, tables, "today")
    keep_alerts(workspace, alert_rows(tables, "t"), retire=False)
    page = worklist(workspace, Filters(search="today"))
    assert len(page) and page["hours_to_act"].between(18.9, 19).all()


# Scored again


def again(workspace, **changes) -> None:
    """Another scoring of the same lines, some columns otherwise."""
    keep_alerts(workspace, alert_rows(store.read_all(workspace)).assign(**changes))


def test_what_is_new_has_no_change_and_what_is_the_same_none_either(workspace):
    assert worklist(workspace)["change"].isna().all()
    again(workspace)
    assert (worklist(workspace)["change"] == 0).all()


def test_the_worklist_follows_the_last_scoring(workspace):
    before = worklist(workspace).set_index("alert_id")["score"]
    again(workspace, score=lambda rows: 1 - rows["score"])
    page = worklist(workspace)
    assert page["alert_id"].tolist() == before.index[::-1].tolist()
    after = page.set_index("alert_id")
    assert after["score"].to_dict() == pytest.approx((1 - before).to_dict())
    assert after["change"].to_dict() == pytest.approx((1 - 2 * before).to_dict())
    assert neighbours(workspace, page["alert_id"][1]) == (page["alert_id"][0], page["alert_id"][2])
    assert stay_list(workspace)["risk"].max() == pytest.approx(page["score"][0])


def test_what_was_raised_stays_readable(workspace):
    first = alert(workspace, "a0")
    again(workspace, score=0.99)
    found = alert(workspace, "a0")
    assert (found["score"], found["score_raised"]) == (0.99, first["score"])
    assert {row["score"] for row in alerts_of_stay(workspace, found["stay_id"])} == {0.99}


def test_the_same_problem_at_another_instant_is_compared_with_what_it_was(workspace):
    before = worklist(workspace).set_index("line_id")["score"]
    again(workspace, alert_id=lambda rows: "b" + rows["alert_id"], score=0.5,
          at=lambda rows: rows["at"] + pd.Timedelta(hours=1))  # fmt: skip
    after = worklist(workspace).set_index("line_id")
    assert after["change"].to_dict() == pytest.approx((0.5 - before).to_dict())
    again(workspace, alert_id=lambda rows: "c" + rows["alert_id"], error_type="4.1")
    assert worklist(workspace)["change"].isna().all()  # another problem of the same line is new


def test_a_scoring_in_two_calls_compares_with_the_one_before(workspace):
    rows = alert_rows(store.read_all(workspace)).assign(score=0.5)
    before = worklist(workspace).set_index("alert_id")["score"]
    for _ in range(2):
        keep_alerts(workspace, rows, run="one run", retire=False)
    after = worklist(workspace).set_index("alert_id")
    assert after["change"].to_dict() == pytest.approx((0.5 - before).to_dict())


def test_a_verdict_leaves_the_scores_alone(workspace):
    again(workspace, score=0.4)
    record(workspace, {"alert_id": "a0", "verdict": "confirmed", "reviewer": "anna"})
    row = worklist(workspace, Filters(state="confirmed")).iloc[0]
    assert (row["score"], round(row["change"], 6)) == (0.4, round(0.4 - alert(workspace, "a0")["score_raised"], 6))


def test_a_register_of_an_earlier_version_is_brought_up(workspace):
    """Alerts kept before this version keep their score and have no hours yet."""
    with connect(workspace) as db:
        known = {row["alert_id"]: row["score"] for row in db.query("SELECT alert_id, score FROM alerts")}
        for trigger in ("stays_follow", "stays_follow_new"):
            db.execute(f"DROP TRIGGER {trigger}")
        for index in ("alerts_ranked", "alerts_stay", "alerts_line"):
            db.execute(f"DROP INDEX {index}")
        for column in ("score_now", "score_before", "act_by"):
            db.execute(f"ALTER TABLE alerts DROP COLUMN {column}")
        body = "UPDATE stays SET risk = 0 WHERE 0;"
        db.execute(f"CREATE TRIGGER stays_follow AFTER UPDATE OF state ON alerts BEGIN {body} END")
        db.execute(f"CREATE TRIGGER stays_follow_new AFTER INSERT ON alerts BEGIN {body} END")
        db.execute("CREATE INDEX alerts_ranked ON alerts (state)")
        db.execute("CREATE INDEX alerts_stay ON alerts (stay_id)")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm005_scored_again'")
        db.execute("PRAGMA user_version = 4")
        db.conn.commit()
    page = worklist(workspace, size=1000)
    assert page.set_index("alert_id")["score"].to_dict() == known
    assert page["hours_to_act"].isna().all() and page["change"].isna().all()
    again(workspace)
    assert worklist(workspace, size=1000)["hours_to_act"].notna().all()
