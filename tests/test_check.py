"""The border: every row is good or set aside, never lost, and the reason is the right one."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.check import DTYPES, validate
from core.errors import Refusal
from core.schema import LINES, OBSERVATION_TABLE, STAYS
from tests.stays import line_rows

TEXT = st.one_of(st.none(), st.sampled_from(["", "1", "-1", "1-2", "2024-02-30", "2024-02-28", "oral", "oui", "inf"]))


def line(**changes) -> pd.DataFrame:
    return line_rows(["s1"]).astype("object").assign(**{name: [value] for name, value in changes.items()})


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"dose": -1}, "negative_value", "dose"),
        ({"dose": "1-2"}, "not_a_number", "dose"),
        ({"dose": "inf"}, "not_a_number", "dose"),
        ({"times_per_day": 97}, "out_of_range", "times_per_day"),
        ({"started_at": "2024-02-30"}, "impossible_date", "started_at"),
        ({"started_at": "0024-02-03"}, "impossible_date", "started_at"),
        ({"started_at": None}, "missing_value", "started_at"),
        ({"ended_at": "2023-12-31"}, "end_before_start", "ended_at"),
        ({"route": "by mouth"}, "unknown_code", "route"),
        ({"prn": "perhaps"}, "not_a_flag", "prn"),
        ({"stay_id": "  "}, "missing_value", "stay_id"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(changes, reason, column):
    good, aside = validate(LINES, line(**changes))
    assert len(good) == 0 and aside[["reason", "column"]].to_numpy().tolist() == [[reason, column]]


def test_the_first_good_row_of_a_line_id_is_kept():
    rows = pd.concat([line(dose=-1), line(dose=2), line(dose=3)])
    good, aside = validate(LINES, rows)
    assert good["dose"].tolist() == [2] and aside["reason"].tolist() == ["negative_value", "duplicate_id"]


def test_a_missing_column_is_refused_unless_it_is_optional():
    with pytest.raises(Refusal, match="missing_column") as refusal:
        validate(LINES, line().drop(columns=["route", "drug"]))
    assert refusal.value.values["columns"] == "drug, route"
    good, _ = validate(LINES, line().drop(columns=["unit"]))
    assert good["unit"].isna().all() and good.columns.tolist() == LINES.names


def test_french_flags_and_dates_without_time_are_read():
    good, _ = validate(LINES, line(prn="Oui", started_at="2024-01-01", ended_at="2024-01-01"))
    assert good["prn"].tolist() == [True] and good["started_at"].tolist() == [pd.Timestamp("2024-01-01")]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT), max_size=12))
@pytest.mark.parametrize("table", [STAYS, LINES, OBSERVATION_TABLE], ids=lambda table: table.name)
def test_no_row_vanishes_whatever_it_holds(table, rows):
    frame = pd.DataFrame([(row * 3)[: len(table.names)] for row in rows], columns=table.names, dtype="object")
    good, aside = validate(table, frame)
    assert len(good) + len(aside) == len(frame) and aside["reason"].notna().all()
    assert not good.duplicated(list(table.key)).any()
    assert {n: str(d) for n, d in good.dtypes.items()} == {c.name: DTYPES[c.kind] for c in table.columns}
    for column in table.columns:
        assert not column.required or good[column.name].notna().all()
