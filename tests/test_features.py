"""What a model reads of lines, patients and pairs says what its name says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.detection import features
from core.detection.batches import assemble
from core.detection.sequences import exposure, prepare
from core.knowledge.properties import property_names, strengths
from tests.hand_made import DRUGS, line, observation, stay_row, tables
from tests.test_networks import STAYS, WORDS

DOSED = ("metformine", "oral", 1000, 3)


def prepared(lines: list, seen: list = (), stay: dict | None = None):
    return prepare(tables([stay or stay_row("s", "p")], lines, list(seen)), WORDS)


def state_of(seq, name: str) -> list[float]:
    return seq.state[:, features.STATE.index(name)].tolist()


def test_a_property_is_that_of_the_substance_or_of_its_class_and_the_strongest_counts():
    column = {name: i for i, name in enumerate(property_names())}
    assert strengths(("warfarine",), "B01AA03", False)[column["vka"]] == 1
    assert strengths(("tramadol",), "", False)[column["serotonergic"]] == pytest.approx(0.8)
    assert not strengths(("paracetamol",), "N02BE01", False)[column["vka"]]


def test_a_local_treatment_has_no_property_but_what_inhaled_drugs_do():
    column = {name: i for i, name in enumerate(property_names())}
    assert not strengths(("diclofenac",), "M01AB05", True).any()
    assert strengths(("salbutamol",), "R03AC02", True)[column["k_depleting"]] > 0


def test_properties_stand_among_the_numbers_of_a_line():
    seq = prepared([line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[2], 0, None)])
    vka = seq.line_numbers[:, features.LINE_NUMBERS.index("property_vka")]
    assert dict(zip(seq.line_ids, vka.tolist(), strict=True)) == {"s-0": 1.0, "s-1": 0.0}


def test_rise_and_fall_count_doublings_since_the_lowest_and_the_highest_of_the_stay():
    values = [(100, 0), (200, 10), (50, 20), (100, 30)]
    seq = prepared([line("s", 0, DRUGS[0], 0, None)],
                   [observation("s", i, "creatinine", value, hour) for i, (value, hour) in enumerate(values)])  # fmt: skip
    assert state_of(seq, "creatinine_rise") == pytest.approx([0, 1, 0, 1])
    assert state_of(seq, "creatinine_fall") == pytest.approx([0, 0, 2, 1])


def test_a_stay_begins_its_own_rise():
    rows = [line("a", 0, DRUGS[0], 0, None), line("b", 0, DRUGS[0], 0, None)]
    seen = [observation("a", 0, "creatinine", 50, 0), observation("b", 0, "creatinine", 400, 0)]
    seq = prepare(tables([stay_row("a", "p"), stay_row("b", "q")], rows, seen), WORDS)
    assert state_of(seq, "creatinine_rise") == pytest.approx([0, 0])
    assert state_of(seq, "creatinine_fall") == pytest.approx([0, 0])


def test_a_result_is_new_once_and_recent_for_three_days():
    seq = prepared(
        [line("s", 0, DRUGS[0], 0, 80), line("s", 1, DRUGS[2], 20, 110)], [observation("s", 0, "inr", 3, 20)]
    )
    hours = [0, 20, 80, 110]
    assert np.allclose(seq.hours, hours)
    assert state_of(seq, "inr_new") == [0, 1, 0, 0]
    assert state_of(seq, "inr_recent") == [0, 1, 1, 0]


@pytest.mark.parametrize(("age", "held"), [(64, 0), (65, 1), (75, 2), (90, 3)])
def test_an_age_passes_its_bounds(age, held):
    seq = prepared([line("s", 0, DRUGS[0], 0, None)], stay=stay_row("s", "p") | {"age_years": float(age)})
    assert sum(state_of(seq, f"age_{years}")[0] for years in features.AGES) == held


def test_exposure_says_that_it_begins_and_which_bounds_it_has_reached():
    found = exposure(np.array([0.0, 0.5, 48.0, 500.0]), np.array([1.0, 0.5, 3.0, 3.0]))
    assert found.shape == (4, len(features.EXPOSURE))
    assert found[:, features.EXPOSURE.index("new")].tolist() == [1, 0, 0, 0]
    assert found[:, features.EXPOSURE.index("hours_48")].tolist() == [0, 0, 1, 1]
    assert found[:, features.EXPOSURE.index("just_48")].tolist() == [0, 0, 1, 0]


def test_of_two_lines_that_begin_together_the_later_code_is_the_later_line():
    """Whatever the names of the lines; of lines that begin apart neither is."""
    for first, second in (("s-0", "s-1"), ("s-1", "s-0")):
        rows = [
            line("s", 0, DRUGS[0], 0, None) | {"line_id": first},
            line("s", 1, DRUGS[2], 0, None) | {"line_id": second},
        ]
        seq = prepared(rows)
        batch, _, _ = assemble(seq, np.arange(1))
        later = batch.relations[:, features.RELATIONS.index("later_in_order")]
        asked = [seq.line_ids[i] for i in batch.pair_index]
        assert dict(zip(asked, later.tolist(), strict=True)) == {first: 0.0, second: 1.0}  # B01AA03, then N02BE01
    apart = prepared([line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[2], 1, None)])
    assert not assemble(apart, np.arange(1))[0].relations[:, features.RELATIONS.index("later_in_order")].any()


def test_a_limit_stands_under_what_it_hangs_on():
    """Metformin 3 g a day at an eGFR of 40: above the limit by kidney (1 g), by nothing else."""
    seq = prepared([line("s", 0, DOSED, 0, None)], [observation("s", 0, "egfr", 40, 0)])
    limits = dict(zip(features.LIMITS, assemble(seq, np.arange(1))[0].row_limits[0].tolist(), strict=True))
    assert limits["limit_holds_kidney"] == 1
    assert limits["dose_to_limit_kidney"] == pytest.approx(np.log(3))
    assert not any(value for name, value in limits.items() if not name.endswith("_kidney"))


def test_a_limit_of_the_instant_before_stands_beside_that_of_now():
    """Metformin 3 g a day: the eGFR falls from 80 to 40 under way, and stays there."""
    seen = [observation("s", i, "egfr", value, hour) for i, (value, hour) in enumerate([(80, 0), (40, 10), (40, 20)])]
    limits = assemble(prepared([line("s", 0, DOSED, 0, None)], seen), np.arange(1))[0].row_limits
    now, before = (limits[:, features.LIMITS.index(name)].tolist() for name in
                   ("limit_holds_kidney", "limit_holds_kidney_before"))  # fmt: skip
    assert now == [0, 1, 1]
    assert before == [0, 0, 1]


def test_a_line_that_begins_had_no_limit_before():
    seen = [observation("s", 0, "egfr", 40, 0)]
    rows = [line("s", 1, DRUGS[2], 0, None), line("s", 0, DOSED, 5, None)]
    batch, asked, _ = assemble(seq := prepared(rows, seen), np.arange(1))
    mine = [seq.line_ids[i] == "s-0" for i in asked.line]
    assert batch.row_limits[mine][:, features.LIMITS.index("limit_holds_kidney")].tolist() == [1]
    assert not batch.row_limits[mine][:, features.LIMITS.index("limit_holds_kidney_before")].any()


def test_lines_of_long_ago_end_as_those_of_today():
    ago = pd.Timedelta(days=365 * 90)
    moved = {
        name: getattr(STAYS, name).assign(**{at: getattr(STAYS, name)[at] - ago for at in times})
        for name, times in {
            "stays": ["admitted_at", "discharged_at"], "lines": ["started_at", "ended_at"], "observations": ["observed_at"],
        }.items()
    }  # fmt: skip
    before, now = prepare(replace(STAYS, **moved), WORDS), prepare(STAYS, WORDS)
    assert before.line_end.tolist() == now.line_end.tolist() and (now.line_end >= 0).any()


def test_a_single_dose_that_ends_as_it_begins_is_beside_what_runs_then():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, 10), line("s", 2, DRUGS[2], 20, 20)]
    others = [line("t", 0, DRUGS[0], 0, 10), line("t", 1, DRUGS[1], 10, 30)]
    seq = prepare(tables([stay_row("s", "p"), stay_row("t", "p")], lines + others, []), WORDS)
    assert seq.line_end.tolist() == [-1, 2, -1, 4, 5]
    _, rows, partners = assemble(seq, np.arange(2))
    there = {(seq.line_ids[i], float(seq.hours[k])) for i, k in zip(rows.line, rows.instant, strict=True)}
    assert there == {("s-0", 0), ("s-0", 10), ("s-0", 20), ("s-1", 10), ("s-2", 20), ("t-0", 0), ("t-1", 10)}
    beside = {(seq.line_ids[rows.line[r]], seq.line_ids[j]) for r, j in zip(partners.row, partners.line, strict=True)}
    assert beside == {("s-0", "s-1"), ("s-1", "s-0"), ("s-0", "s-2"), ("s-2", "s-0")}
