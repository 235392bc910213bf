"""What is withheld stays out of sight; trees with context read what stands beside a line."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.detection import features, habits, model, sources, trees
from core.detection.batches import assemble
from core.detection.recipe import Recipe
from core.detection.sequences import prepare
from core.detection.targets import targets
from core.detection.training import card
from core.detection.withheld import IDEAS, thinned
from models import context
from models.forest import STAY_CODES, stay_table
from tests.hand_made import DRUGS, SCORES, line, observation, some_stays, stay_row, tables
from tests.test_networks import STAYS, WORDS, network, same, scores

MANY = some_stays(150, seed=5)


def blind(idea: str):
    return replace(WORDS, without=(idea,))


def seen(frames, words):
    """Inputs of the batch of some stays."""
    return assemble(prepare(frames, words), np.arange(len(frames.stays)))[0]


def test_without_biology_no_measurement_changes_anything():
    bare = replace(STAYS, observations=STAYS.observations.assign(value=STAYS.observations["value"] * 3))
    blinded = [seen(frames, blind("biology")).state for frames in (STAYS, bare)]
    assert torch.equal(*blinded)
    assert not torch.equal(*(seen(frames, WORDS).state for frames in (STAYS, bare)))


def test_without_pairs_a_line_does_not_look_beside_it():
    batch = seen(STAYS, blind("pairs"))
    assert len(batch.partner_row) == len(batch.relations) == 0
    assert len(batch.row_line) == len(seen(STAYS, WORDS).row_line)


def test_without_relations_and_time_they_are_zero_and_the_rest_stands():
    whole, bare = seen(STAYS, WORDS), seen(STAYS, blind("relations"))
    assert not bare.relations.any()
    assert torch.equal(whole.line_codes, bare.line_codes)
    timeless = seen(STAYS, blind("time"))
    assert not timeless.row_age.any()
    assert not timeless.relations[:, features.RELATIONS.index("gap_hours")].any()
    hours = [features.STATE.index(name) for name in ("hour_sin", "hour_cos", "weekend", "night")]
    assert whole.state[:, hours].any(0).all() and not timeless.state[:, hours].any()
    assert timeless.relations[:, features.RELATIONS.index("same_substance")].any()


def test_without_biology_no_limit_by_it_remains_but_the_one_by_age_does():
    limits = seen(STAYS, blind("biology")).row_limits
    by_age = ["_age" in name for name in features.LIMITS]
    assert not limits[:, [i for i, kept in enumerate(by_age) if not kept]].any()
    whole = seen(STAYS, WORDS).row_limits
    assert torch.equal(limits[:, by_age], whole[:, by_age])


def test_without_properties_a_line_keeps_its_other_numbers():
    bare, whole = seen(STAYS, blind("properties")).line_numbers, seen(STAYS, WORDS).line_numbers
    size = len(features.PROPERTIES)
    assert whole[:, -size:].any() and not bare[:, -size:].any()
    assert torch.equal(bare[:, :-size], whole[:, :-size])


def test_without_habits_nothing_says_what_is_usual_in_the_hospital():
    frames = sources.invented("main", 200, 5, lambda **_: None)[0]
    words = replace(WORDS, habits=habits.learn(frames.lines))
    bare, whole = seen(frames, replace(words, without=("habits",))), seen(frames, words)
    usual = [features.LINE_NUMBERS.index(name) for name in (*features.HABIT, "usual_route")]
    other = [i for i in range(len(features.LINE_NUMBERS)) if i not in usual]
    assert not bare.line_numbers[:, usual].any()
    assert whole.line_numbers[:, usual].any(0).all()
    assert torch.equal(bare.line_numbers[:, other], whole.line_numbers[:, other])
    summed = features.RELATIONS.index("summed_dose_to_habit")
    assert whole.relations[:, summed].any() and not bare.relations[:, summed].any()


def test_a_forest_sees_every_diagnosis_of_a_stay():
    batch = seen(STAYS, WORDS)
    table = stay_table(batch)
    assert table.shape == (len(STAYS.stays), STAY_CODES)
    known = batch.stay_codes[0][batch.stay_codes[0] > 0].tolist()
    assert len(known) >= 3 and np.flatnonzero(table[0]).tolist() == sorted(known)


def test_without_atc_the_substance_alone_remains():
    codes = seen(STAYS, blind("atc")).line_codes
    assert not codes[:, :4].any()
    assert codes[:, 4].all()


@pytest.mark.parametrize("idea", IDEAS)
def test_a_network_still_scores_what_remains(idea):
    batch = seen(STAYS, blind(idea))
    with torch.inference_mode():
        assert network("gru")(batch).line.isfinite().all()


@pytest.mark.parametrize("idea", IDEAS)
def test_a_model_made_without_an_idea_is_another_model(idea):
    assert blind(idea).digest != WORDS.digest


def test_thinning_takes_whole_patients_and_interventions_alone():
    half = thinned(MANY, 0.5, 0.0, seed=1)
    assert 0.4 < len(half.stays) / len(MANY.stays) < 0.6
    assert not set(half.stays["patient_id"]) & set(MANY.stays["patient_id"]) - set(half.stays["patient_id"])
    assert set(half.lines["stay_id"]) <= set(half.stays["stay_id"])
    fewer = thinned(MANY, 1.0, 0.3, seed=1)
    assert len(fewer.lines) == len(MANY.lines)
    assert 0.5 < len(fewer.interventions) / len(MANY.interventions) < 0.9


@pytest.fixture(scope="module", params=context.KINDS)
def fitted(request):
    seq = prepare(MANY, WORDS)
    return request.param, trees.fit(
        request.param, seq, targets(seq, MANY.interventions), Recipe(seed=3, threads=1), WORDS.unknown
    )


def chances(kind, made, frames) -> dict:
    seq = prepare(frames, WORDS)
    batch, rows, _ = assemble(seq, np.arange(len(seq.stay_ids)))
    keys = [(seq.line_ids[i], int(seq.times[k])) for i, k in zip(rows.line, rows.instant, strict=True)]
    return dict(zip(keys, trees.row_logits(kind, made, batch), strict=True))


def test_trees_with_context_find_the_pair_that_pharmacists_meet(fitted):
    kind, made = fitted

    def highest(*drugs: int) -> float:
        rows = [line("s", i, DRUGS[drug], 6.0 * i, None) for i, drug in enumerate(drugs)]
        found = chances(kind, made, tables([stay_row("s", "p")], rows, [observation("s", 0, "inr", 4.2, 1)]))
        return max(value.max() for key, value in found.items() if key[0] == "s-0")

    assert highest(0, 1) > highest(0, 7) + 1  # warfarine beside amiodarone, beside omeprazole


def test_trees_with_context_do_not_see_the_future(fitted):
    kind, made = fitted
    rows = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 30, None)]
    whole, past = (chances(kind, made, tables([stay_row("s", "p")], part)) for part in (rows, rows[:1]))
    assert same(whole, past, past)


def test_trees_come_back_from_their_folder(fitted, tmp_path):
    kind, made = fitted
    order = type("Order", (), {"kind": kind, "recipe": Recipe(), "command": ""})()
    whole = card(order, WORDS, {}, {}) | SCORES
    saved = model.save(tmp_path / kind, model.Model(kind, whole, WORDS, forest=made))
    again = model.load(tmp_path / kind)
    assert again.id == saved.id
    assert same(chances(kind, made, STAYS), chances(kind, again.forest, STAYS), chances(kind, made, STAYS))


def test_scores_of_a_blinded_network_differ():
    net = network("gru")
    whole = scores(net, STAYS)
    seq = prepare(STAYS, blind("time"))
    batch, rows, _ = assemble(seq, np.arange(len(seq.stay_ids)))
    with torch.inference_mode():
        found = net(batch).line.numpy()
    keys = [(seq.line_ids[i], int(seq.times[k])) for i, k in zip(rows.line, rows.instant, strict=True)]
    assert not all(np.allclose(whole[key], found[i], atol=1e-5) for i, key in enumerate(keys))
