"""Shares of what is known: each moment without a thing is that of a stay where nobody said or measured it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.data.store import Tables
from core.detection import features, scoring
from core.detection import model as models
from core.detection.explain import known
from core.detection.explain.moment import moment
from core.detection.explain.sampling import cosine
from core.detection.sequences import prepare
from core.simulator import HOSPITALS, simulate
from tests.hand_made import DAY, DRUGS, line, observation, stay_row, tables
from tests.test_explain import MODEL, SEQ, WORDS, alert_with_partners, invented_model
from tests.test_gate import shipped_only

LINES = [line("s", i, DRUGS[i], 6 * (i % 3), None) for i in (0, 1, 4, 5)]
SEEN = [observation("s", i, kind, value, 6 * (i // 4))
        for i, (kind, value) in enumerate([("inr", 3.4), ("potassium", 5.9), ("egfr", 25.0), ("creatinine", 210.0)] * 3)]  # fmt: skip
STAY = tables([stay_row("s", "p")], LINES, SEEN)
ALERT = {"stay_id": "s", "line_id": "s-4", "at": DAY + pd.Timedelta(hours=12), "error_type": "6.3"}
RENAL = ["egfr", "creatinine"]


def logit(stay: Tables, alert: dict = ALERT) -> float:
    now = moment(prepare(stay, WORDS), alert)
    with torch.no_grad():
        return float(MODEL.network(now.batch).line[0, now.kind])


def without(*names: str, stay: Tables = STAY, alert: dict = ALERT) -> float:
    """The logit of the alert of which these things are not known."""
    now = moment(prepare(stay, WORDS), alert)
    there = known.there(now, MODEL)
    assert set(names) <= set(there)
    present = np.array([[name not in names for name in there]])
    return float(known.things_known(now, MODEL, there)(present)[0])


def unsaid(frame: str, rows, **values) -> Tables:
    """The stay with other values in some rows of a table."""
    changed = getattr(STAY, frame).copy()
    for column, value in values.items():
        changed.loc[rows(changed), column] = value
    return replace(STAY, **{frame: changed})


def every(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(True, frame.index)


def mine(lines: pd.DataFrame) -> pd.Series:
    return lines["line_id"] == "s-4"


def unmeasured(*kinds: str) -> Tables:
    return replace(STAY, observations=STAY.observations[~STAY.observations["kind"].isin(kinds)])


@pytest.mark.parametrize(("thing", "kinds"), [("inr", ["inr"]), ("potassium", ["potassium"]), ("egfr", RENAL)])
def test_without_a_measurement_it_is_a_stay_where_it_was_never_made(thing, kinds):
    assert without(thing) == pytest.approx(logit(unmeasured(*kinds)), abs=1e-4)
    assert without(thing) != pytest.approx(logit(STAY), abs=1e-3)


@pytest.mark.parametrize(
    ("thing", "stay"),
    [("age", unsaid("stays", every, age_years=np.nan)), ("sex", unsaid("stays", every, sex=None)),
     ("diagnoses", unsaid("stays", every, diagnoses=None)), ("dose", unsaid("lines", mine, times_per_day=np.nan)),
     ("ward", replace(unsaid("stays", every, ward="elsewhere"), lines=unsaid("lines", mine, ward="elsewhere").lines))],
)  # fmt: skip
def test_without_a_word_of_the_patient_or_the_line_it_is_a_stay_that_does_not_say_it(thing, stay):
    assert without(thing) == pytest.approx(logit(stay), abs=1e-4)
    assert without(thing) != pytest.approx(logit(STAY), abs=1e-3)


def test_without_the_dose_the_sum_with_a_line_of_the_same_substance_is_not_known_either():
    """Paracetamol by mouth beside paracetamol in a drip."""
    mouth, drip = line("s", 2, DRUGS[2], 0, None), line("s", 3, DRUGS[3], 0, None)
    said, unsaid_dose = (tables([stay_row("s", "p")], [*LINES, one, drip], SEEN)
                         for one in (mouth, mouth | {"times_per_day": None}))  # fmt: skip
    alert = ALERT | {"line_id": "s-2", "error_type": "4.2"}
    assert without("dose", stay=said, alert=alert) == pytest.approx(logit(unsaid_dose, alert), abs=1e-4)


def test_a_route_that_is_not_known_is_no_unusual_one():
    now = moment(prepare(STAY, WORDS), ALERT)
    index, usual = int(now.batch.row_line[0]), features.LINE_NUMBERS.index("usual_route")
    now.batch.line_numbers[index, usual] = 0
    hidden = known.moments(now, MODEL, ["route"], np.array([[True], [False]]))
    assert hidden.line_numbers[index + len(LINES) * torch.arange(2), usual].tolist() == [0, 1]


def test_two_things_at_once_are_both_unknown():
    stay = replace(unsaid("stays", every, age_years=np.nan), observations=unmeasured(*RENAL).observations)
    assert without("egfr", "age") == pytest.approx(logit(stay), abs=1e-4)


def test_shares_add_up_to_what_all_of_it_does():
    now = moment(SEQ, alert_with_partners())
    found = known.shapley(now, MODEL)
    names = list(found.values)
    whole, none = known.things_known(now, MODEL, names)(np.array([[True] * len(names), [False] * len(names)]))
    with torch.no_grad():
        assert whole == pytest.approx(float(MODEL.network(now.batch).line[0, now.kind]), abs=1e-4)
    assert sum(found.values.values()) == pytest.approx(whole - none, abs=1e-3)
    assert abs(whole - none) > 0.1


def test_what_nobody_knows_has_no_share():
    there = set(known.there(moment(prepare(STAY, WORDS), ALERT), MODEL))
    assert there & set(features.KINDS) == {"inr", "potassium", "egfr"}
    assert "prn" not in there
    assert {"dose", "route", "ward", "sex", "diagnoses", "age"} <= there


def test_the_renal_function_is_one_thing_whichever_way_it_is_told():
    there = known.there(moment(prepare(unmeasured("egfr"), WORDS), ALERT), MODEL)
    assert [name for name in there if name in RENAL] == ["creatinine"]


def test_results_and_the_age_are_told_as_they_were_last_known():
    found = known.values(moment(prepare(STAY, WORDS), ALERT))
    assert found == {"age": 71.0, "inr": 3.4, "potassium": 5.9, "egfr": 25.0, "creatinine": 210.0}


def test_other_weights_make_other_shares():
    now = moment(prepare(STAY, WORDS), ALERT)
    one, other = (known.shapley(now, invented_model("gru", seed)).values for seed in (0, 5))
    assert abs(cosine(one, other)) < 0.9


@shipped_only
def test_the_dose_comes_first_where_the_shipped_network_holds_it_too_high_or_too_low():
    model = models.shipped()
    made = next(iter(simulate(HOSPITALS["main"], 300, 998))).tables
    alerts = scoring.score(made, model, rules=False).alerts
    rows = alerts[alerts["error_type"].isin(["3.1", "4.1"])].head(20).to_dict("records")
    seq, first = prepare(made, model.words), []
    for row in rows:
        shares = known.shapley(moment(seq, row), model).values
        first.append(max(shares, key=shares.get))
    assert len(first) >= 10
    assert np.mean([name in ("dose", "egfr") for name in first]) >= 0.8
