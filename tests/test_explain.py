"""Explanations: they add up, they follow the model, and each known trap is closed."""

import threading

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

from core.detection import features, scoring, vocabulary
from core.detection import model as models
from core.detection.excerpt import excerpt
from core.detection.explain import attribution, explain, explain_many, explained, gate
from core.detection.explain.attribution import AlertLogit, attribute, by_feature, by_line, entering, inputs
from core.detection.explain.faithfulness import LEAST
from core.detection.explain.moment import moment
from core.detection.explain.pairs import logits_without, pair_effects
from core.detection.sequences import prepare
from models.networks import Concomitance, Config
from tests.hand_made import DRUGS, line, observation, some_stays, stay_row, tables

STAYS = some_stays(6, seed=11, lines_a_stay=10)
WORDS = vocabulary.learn(STAYS.lines, STAYS.stays)
KNOTS = {"logit": [-25.0, 15.0], "probability": [0.0, 1.0]}


def invented_model(cell: str = "gru", seed: int = 0) -> models.Model:
    """A network with random weights, wide enough for its logits to differ."""
    torch.manual_seed(seed)
    sizes = (max(WORDS.line.values()) + 1, max(WORDS.stay.values()) + 1, len(features.LINE_NUMBERS),
             len(features.STATE), len(features.RELATIONS), len(features.EXPOSURE), len(features.LIMITS),
             len(features.TYPES), features.SEVERAL)  # fmt: skip
    network = Concomitance(Config(cell, *sizes)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.5)
    card = {"model": cell, "calibration": dict.fromkeys(("any", "single", "several"), KNOTS), "threshold": {"score": 0}}
    return models.Model(f"{cell}-{seed}", card, WORDS, network=network)


MODEL = invented_model()
ALERTS = scoring.score(STAYS, MODEL, rules=False).alerts
SEQ = prepare(STAYS, WORDS)


def alerts_with_partners(least: int = 3) -> list[dict]:
    return [row for row in ALERTS.to_dict("records") if len(moment(SEQ, row).partners) >= least]


def alert_with_partners(least: int = 3) -> dict:
    return alerts_with_partners(least)[0]


def line_bars(stays, alert: dict, model: models.Model) -> dict[str, float]:
    """What each line adds, whatever the gate says of it: a network with random weights does not pass."""
    now = moment(prepare(stays, WORDS), alert)
    return by_line(now, attribute(model.network, now))


def test_attributions_add_up_to_the_change_of_the_logit():
    """Trap 1: embedded lines and numbers are integrated in one call, so the sum is f(x) - f(baseline)."""
    now = moment(SEQ, alert_with_partners())
    found = attribute(MODEL.network, now)
    total = sum(
        part.sum() for part in (found.codes, found.stay, found.numbers, found.state, found.relations, found.limits)
    )
    assert found.relative_delta <= attribution.LIMIT
    tolerance = attribution.LIMIT * max(abs(found.logit - found.baseline), LEAST)
    assert abs(found.logit - found.baseline) > 3 * tolerance
    assert total == pytest.approx(found.logit - found.baseline, abs=tolerance)


def test_two_separate_runs_would_not_add_up():
    """Trap 1, the other way: codes alone and numbers alone miss what both do together."""
    now = moment(SEQ, alert_with_partners())
    scorer, given = AlertLogit(MODEL.network, now.batch, now.kind), entering(inputs(MODEL.network, now.batch))

    def alone(chosen: int) -> float:
        def forward(part):
            others = [each.expand(len(part), *each.shape[1:]) if i != chosen else part for i, each in enumerate(given)]
            return scorer(*others)

        return float(IntegratedGradients(forward).attribute(given[chosen], n_steps=60).sum())

    found = attribute(MODEL.network, now)
    apart = sum(alone(i) for i in range(len(given)))
    assert abs(apart - (found.logit - found.baseline)) > 3 * attribution.LIMIT * abs(found.logit - found.baseline)


def test_which_line_stands_where_is_not_read_from_ids():
    """Trap 2: the baseline has no codes at all, yet the same lines are active."""
    now = moment(SEQ, alert_with_partners())
    scorer, given = AlertLogit(MODEL.network, now.batch, now.kind), entering(inputs(MODEL.network, now.batch))
    blank = now.batch._replace(line_codes=torch.zeros_like(now.batch.line_codes))
    with torch.no_grad():
        assert torch.equal(scorer(*given), AlertLogit(MODEL.network, blank, now.kind)(*given))


def test_the_logit_is_attributed_and_not_the_probability():
    """Trap 3: the logit of the explanation is the network's own."""
    alert = alert_with_partners()
    now = moment(SEQ, alert)
    with torch.no_grad():
        logit = float(MODEL.network(now.batch).line[0, now.kind])
    assert explain(STAYS, alert, MODEL)["logit"] == pytest.approx(logit, abs=1e-4)
    assert abs(logit - 1 / (1 + np.exp(-logit))) > 0.1


def test_more_steps_are_tried_until_the_attributions_add_up(monkeypatch):
    """Trap 3: the delta is kept, and a limit that the first steps miss is met by later ones."""
    gaps_of = lambda now: {steps: attribute(MODEL.network, now, tried=(steps,)).relative_delta for steps in attribution.STEPS}  # noqa: E731
    each = [moment(SEQ, alert) for alert in alerts_with_partners()[:8]]
    now = max(each, key=lambda now: gaps_of(now)[attribution.STEPS[0]])  # where the first steps are furthest off
    gaps = gaps_of(now)
    first, last = gaps[attribution.STEPS[0]], gaps[attribution.STEPS[-1]]
    assert last < first
    monkeypatch.setattr(attribution, "LIMIT", 0.99 * min(gap for gap in gaps.values() if gap != last))
    found = attribute(MODEL.network, now)
    assert (found.steps, found.relative_delta) == (attribution.STEPS[-1], last)


def test_shares_that_do_not_add_up_show_no_bar(monkeypatch):
    """Trap 3: how far they are is kept; above the limit, the explanation says so and shows none."""
    alert = alert_with_partners() | {"model_id": ""}
    assert 0 <= explain(STAYS, alert, MODEL)["relative_delta"] <= 1e-3
    monkeypatch.setattr(gate, "LIMIT", -1.0)
    monkeypatch.setattr(gate, "order_gap", lambda *_: 0.0)
    why = explain(STAYS, alert, MODEL)
    assert (why["trusted"], why["reason"], why["features"]) == (False, "does_not_add_up", [])


def test_no_hook_is_left_or_needed_on_the_network():
    """Trap 4: an embedding met twice in one forward breaks layer hooks, so none is used."""
    explain(STAYS, alert_with_partners(), MODEL)
    assert not any(module._forward_hooks or module._forward_pre_hooks or module._backward_hooks
                   for module in MODEL.network.modules())  # fmt: skip


def test_threads_that_explain_at_once_agree():
    """Trap 4: one lock round predict and attribute."""
    alert, found = alert_with_partners(), []
    threads = [threading.Thread(target=lambda: found.append(explained(SEQ, alert, MODEL))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_both_cells_are_explained_without_training_mode(cell):
    """Traps 5 and 8: Shapley values and integrated gradients, not DeepLift, pass through fused cells; eval mode throughout."""
    model = invented_model(cell)
    alert = alert_with_partners() | {"model_id": model.id}
    assert explain(STAYS, alert, model)["relative_delta"] <= gate.LIMIT
    assert attribute(model.network, moment(SEQ, alert)).relative_delta <= attribution.LIMIT
    assert not model.network.training
    with pytest.raises(AssertionError):
        AlertLogit(invented_model(cell, 1).network.train(), moment(SEQ, alert).batch, 0)


def test_simultaneous_lines_in_another_order_are_explained_alike():
    """Trap 6: the line first, then the feature, and the order of simultaneous lines changes neither."""
    rows = [line("s", i, DRUGS[i], 6, None) for i in range(6)]
    turned = [row | {"line_id": f"s-{9 - i}"} for i, row in enumerate(rows)]
    seen = [observation("s", 0, "inr", 3.4, 2)]
    names = {row["line_id"]: new["line_id"] for row, new in zip(rows, turned, strict=True)}
    alert = {"stay_id": "s", "at": rows[0]["started_at"], "error_type": "6.2", "model_id": MODEL.id}
    one = line_bars(tables([stay_row("s", "p")], rows, seen), alert | {"line_id": "s-0"}, MODEL)
    other = line_bars(tables([stay_row("s", "p")], turned, seen), alert | {"line_id": names["s-0"]}, MODEL)
    assert len(one) == 5
    assert {names[name]: value for name, value in one.items()} == pytest.approx(other, abs=1e-3)


def test_a_pair_effect_takes_lines_away():
    """Trap 7: f(all) - f(-i) - f(-j) + f(-ij), each asked of a stay that never held the line."""
    alert = alert_with_partners()
    now = moment(SEQ, alert)
    a, b = now.line_id, str(now.partners[0])
    sets = [frozenset(), frozenset({a}), frozenset({b}), frozenset({a, b})]
    whole, no_a, no_b, neither = logits_without(now.seq, now.kind, MODEL, sets)
    effect = pair_effects(now.seq, now.kind, MODEL, [(a, b)])[0]["effect"]
    assert effect == pytest.approx(whole - no_a - no_b + neither, abs=1e-4)
    kept = np.array([[name != b for name in now.seq.line_ids]])
    assert b not in excerpt(now.seq, 0, len(now.seq.times) - 1, kept).line_ids


def test_a_stay_without_a_line_scores_as_if_it_had_never_been_written():
    """Lines taken away in the arrays and lines taken out of the tables give the same logits."""
    rows = [line("s", i, DRUGS[i], 6 * (i % 3), None) for i in range(6)]
    seen = [observation("s", i, "inr", 3.4, 6 * i) for i in range(4)]
    whole = prepare(tables([stay_row("s", "p")], rows, seen), WORDS)
    without = prepare(tables([stay_row("s", "p")], [row for row in rows if row["line_id"] != "s-2"], seen), WORDS)
    last = [len(each.times) - 1 for each in (whole, without)]
    kept = np.array([[name != "s-2" for name in whole.line_ids]])
    cut = excerpt(whole, 0, last[0], kept)
    assert list(cut.line_ids) == list(without.line_ids)
    assert np.array_equal(cut.times, without.times)
    assert np.array_equal(cut.line_start, without.line_start)


def test_padding_is_given_exactly_nothing():
    """Trap 8: slots without a code carry no attribution at all."""
    now = moment(SEQ, alert_with_partners())
    found = attribute(MODEL.network, now)
    empty = now.batch.line_codes.numpy() == 0
    assert empty.any()
    assert np.all(found.codes[empty] == 0.0)
    assert np.any(found.codes[~empty] != 0.0)


def test_lines_and_features_have_names_of_their_own():
    now = moment(SEQ, alert_with_partners())
    found = attribute(MODEL.network, now)
    assert set(by_line(now, found)) == set(now.partners)
    assert {"atc", "route", "dose_to_maximum", "potassium", "age"} <= set(by_feature(now, found))


def test_explanations_depend_on_the_model():
    """Other weights, other bars."""
    alert = alert_with_partners() | {"model_id": ""}
    bars = [line_bars(STAYS, alert, invented_model("gru", seed)) for seed in (0, 5)]
    assert bars[0].keys() == bars[1].keys()
    assert bars[0] != pytest.approx(bars[1], abs=0.05)


def test_an_alert_of_another_model_gets_no_bars():
    why = explain(STAYS, alert_with_partners() | {"model_id": "gru-other"}, MODEL)
    assert (why["trusted"], why["reason"], why["lines"]) == (False, "other_model", [])


def test_many_at_once_say_the_same_as_one_at_a_time():
    few = ALERTS.head(5)
    for alert_id, why, _ in explain_many(STAYS, few, MODEL):
        alert = few[few["alert_id"] == alert_id].iloc[0].to_dict()
        one = explain(STAYS, alert, MODEL)
        assert why["logit"] == pytest.approx(one["logit"], abs=1e-3)
        for part in ("lines", "known"):
            assert why["checks"][part] == pytest.approx(one["checks"][part], abs=1e-2)
