"""What is usual where a model learned: doses and routes of its training lines, and nothing that cannot be compared."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.detection import features, habits, hiding, model, vocabulary
from core.detection.batches import assemble
from core.detection.recipe import Recipe
from core.detection.sequences import prepare
from models.batch import Batch
from tests.hand_made import DRUGS, SCORES, line, observation, some_stays, stay_row, tables

DRUG = ("paracetamol", "oral", 1000, 3)
DOSES = [500] * 3 + [1000] * 14 + [2000] * 3


def table(rows: list) -> pd.DataFrame:
    return tables([stay_row("s", "p")], rows).lines


def given(dose: float, route: str = "oral", times: float | None = 3) -> dict:
    return line("s", 0, ("paracetamol", route, dose, times), 0, None)


LINES = table([line("s", i, ("paracetamol", "oral", dose, 3), 0, None) for i, dose in enumerate(DOSES)])
HABITS = habits.learn(LINES)


def told(row: dict, known=HABITS) -> dict[str, float]:
    found = habits.told(habits.dose_ratios(table([row]), known))
    return {name: float(value[0]) for name, value in found.items()}


def test_the_usual_dose_is_compared_in_doublings_of_e():
    assert told(given(1000)) == {"dose_to_habit": 0, "dose_above_habit": 0, "dose_below_habit": 0}
    assert told(given(2000))["dose_to_habit"] == pytest.approx(np.log(2))
    assert told(given(2000))["dose_above_habit"] == 0  # some give as much
    assert told(given(4000))["dose_above_habit"] == pytest.approx(np.log(2), abs=0.01)
    assert told(given(100))["dose_below_habit"] == pytest.approx(np.log(0.2), abs=0.01)


@pytest.mark.parametrize("row", [given(9000, "iv"), given(9000, times=None), given(9000) | {"unit": "g"}])
def test_what_cannot_be_compared_is_told_as_usual(row):
    assert not any(told(row).values())


def test_nine_lines_are_no_habit():
    assert not habits.learn(LINES.iloc[:9]).doses
    assert habits.learn(LINES.iloc[:10]).doses


def test_a_route_is_usual_when_the_hospital_gives_the_drug_so():
    seldom = table([line("s", i, ("paracetamol", "oral" if i else "iv", 1000, 3), 0, None) for i in range(100)])
    often = table([line("s", i, ("paracetamol", "oral" if i % 3 else "iv", 1000, 3), 0, None) for i in range(100)])
    asked = table([given(1000), given(1000, "iv")])
    assert habits.usual_route(asked, habits.learn(seldom)).tolist() == [True, False]
    assert habits.usual_route(asked, habits.learn(often)).tolist() == [True, True]
    assert habits.usual_route(asked, habits.Habits()).tolist() == [True, True]  # a drug never seen has no usual route


def test_lines_that_share_a_substance_add_up_against_the_habit():
    known = table([*(given(1000) for _ in range(10)), *(line("s", i, DRUGS[0], 0, None) for i in range(10))])
    words = replace(vocabulary.learn(LINES, tables([stay_row("s", "p")], []).stays), habits=habits.learn(known))
    rows = [given(1000), line("s", 1, ("paracetamol", "oral", 2000, 3), 0, None), line("s", 2, DRUGS[0], 0, None)]
    seq = prepare(tables([stay_row("s", "p")], rows), words)
    batch, _, _ = assemble(seq, np.arange(1))
    found = batch.relations[:, features.RELATIONS.index("summed_dose_to_habit")]
    pairs = {(seq.line_ids[i], seq.line_ids[j]): float(value)
             for i, j, value in zip(batch.pair_index, batch.pair_other, found, strict=True)}  # fmt: skip
    assert pairs["s-0", "s-1"] == pairs["s-1", "s-0"] == pytest.approx(np.log(3))
    assert pairs["s-0", "s-2"] == 0  # nothing shared, though both have a habit


def test_habits_belong_to_the_digest_and_come_back_from_the_folder(tmp_path):
    stays = some_stays(40, seed=2)
    words = vocabulary.learn(stays.lines, stays.stays)
    assert words.habits.doses and words.habits.routes
    assert replace(words, habits=habits.Habits()).digest != words.digest
    card = {"model": "forest", "vocabulary": words.digest, **SCORES}
    saved = model.save(tmp_path / "m", model.Model("x", card, words, forest=forest()))
    assert model.load(tmp_path / "m").words == saved.words


def forest():
    from models import forest as forests

    return forests.fit(np.eye(8, dtype=np.float32), np.eye(8)[:, :2], 1, 1, trees=2)


STAYS = some_stays(30, seed=4)
WORDS = vocabulary.learn(STAYS.lines, STAYS.stays)


@pytest.fixture
def batch() -> Batch:
    rows = [
        line("k", 0, ("metformine", "oral", 1000, 3), 0, None),
        line("k", 1, ("metformine", "oral", 850, 2), 1, None),
        line("k", 2, ("warfarine", "oral", 15, 1), 2, None),
        line("k", 3, ("warfarine", "iv", 5, 1), 3, None),
        line("k", 4, ("zopiclone", "oral", 7.5, 1), 4, None),  # above the limit by age, which no measurement hides
    ]  # warfarin: three times the dose of all others, then a route that nobody uses
    frames = replace(
        STAYS, stays=pd.concat([STAYS.stays, tables([stay_row("k", "k")], rows).stays]),
        lines=pd.concat([STAYS.lines, table(rows).assign(stay_id="k")]),
        observations=pd.concat([STAYS.observations, tables([], [], [observation("k", 0, "egfr", 40, 0)]).observations]),
    )  # fmt: skip
    torch.manual_seed(1)
    return assemble(prepare(frames, WORDS), np.arange(31))[0]


def test_a_hidden_drug_has_no_habit_and_the_rest_of_its_line_stands(batch):
    found = hiding.hide(batch, WORDS.unknown, (1.0, 0.0), 0.0)
    assert (found.line_codes[:, hiding.ATC5] == WORDS.line["atc5:?"]).all()
    assert batch.line_numbers[:, hiding.HABITS].any() and not found.line_numbers[:, hiding.HABITS].any()
    route = hiding.LINE["usual_route"]
    assert not batch.line_numbers[:, route].all() and found.line_numbers[:, route].all()
    assert not found.relations[:, hiding.RELATION["summed_dose_to_habit"]].any()
    rest = [i for name, i in hiding.LINE.items() if i not in hiding.HABITS and name != "usual_route"]
    assert torch.equal(found.line_numbers[:, rest], batch.line_numbers[:, rest])
    assert torch.equal(found.row_limits, batch.row_limits) and torch.equal(found.state, batch.state)


def test_a_stay_without_frequencies_says_no_daily_dose_and_one_without_measurements_no_biology(batch):
    found = hiding.hide(batch, WORDS.unknown, (0.0, 0.0), 1.0)
    assert torch.equal(found.line_codes, batch.line_codes)
    assert batch.row_limits[:, hiding.LIMIT["dose_to_limit_age"]].any()
    for part, columns in (("line_numbers", hiding.DOSES), ("row_limits", hiding.DOSED_LIMITS + hiding.MEASURED_LIMITS),
                          ("state", hiding.MEASURED), ("relations", hiding.SUMS)):  # fmt: skip
        before, now = getattr(batch, part), getattr(found, part)
        kept = [i for i in range(before.shape[1]) if i not in columns]
        assert before[:, columns].any() and not now[:, columns].any(), part
        assert torch.equal(before[:, kept], now[:, kept]), part


def test_half_of_the_stays_are_hidden_whole(batch):
    found = hiding.hide(batch, WORDS.unknown, (0.0, 0.0), 0.5)
    known = found.state[:, hiding.MEASURED].any(1)
    by_stay = {
        int(stay): {bool(each) for each in known[batch.instant_stay == stay]} for stay in batch.instant_stay.unique()
    }
    before = batch.state[:, hiding.MEASURED].any(1)
    hidden = [stay for stay in by_stay if not any(by_stay[stay]) and before[batch.instant_stay == stay].any()]
    shown = [
        stay for stay in by_stay if torch.equal(known[batch.instant_stay == stay], before[batch.instant_stay == stay])
    ]
    assert hidden and shown and len(set(hidden) | set(shown)) == len(by_stay)


def test_nothing_is_hidden_when_nothing_is_to_be(batch):
    found = hiding.hide(batch, WORDS.unknown, (0.0, 0.0), 0.0)
    assert all(torch.equal(a, b) for a, b in zip(found, batch, strict=True) if isinstance(a, torch.Tensor))
    assert Recipe().unsaid > 0
