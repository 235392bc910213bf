"""The gate of explanations: each check closes on what it is there for, and opens on the shipped network."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from core.detection import features, scoring
from core.detection import model as models
from core.detection.explain import explained, gate, known, methods, removal, sampling
from core.detection.explain.faithfulness import Faithfulness, measure
from core.detection.explain.gate import Part
from core.detection.explain.moment import Moment, moment
from core.detection.explain.sampling import Shares
from core.detection.sequences import prepare
from core.detection.splits import taken
from core.settings import TRAINED
from core.simulator import HOSPITALS, simulate
from tests.test_explain import ALERTS, MODEL, SEQ, alert_with_partners

NOW = moment(SEQ, alert_with_partners())
shipped_only = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


def test_the_logit_without_a_line_is_that_of_a_stay_that_never_held_it():
    """Removing in copies says what the same network says of the plain row."""
    with torch.no_grad():
        whole = float(MODEL.network(NOW.batch).line[0, NOW.kind])
    found = removal.row_logits(NOW, MODEL, [frozenset(), frozenset({str(NOW.partners[0])})])
    assert found[0] == pytest.approx(whole, abs=1e-4)
    assert found[1] != pytest.approx(whole, abs=1e-4)


def test_many_copies_say_the_same_as_one_at_a_time(monkeypatch):
    sets = [frozenset({str(name)}) for name in NOW.partners]
    together = removal.row_logits(NOW, MODEL, sets)
    monkeypatch.setattr(removal, "COPIES", 1)
    assert removal.row_logits(NOW, MODEL, sets) == pytest.approx(together, abs=1e-4)


def test_shapley_values_share_out_what_the_lines_do_together():
    """Efficiency: their sum is f(all) - f(line alone)."""
    whole, alone, _ = removal.occlusion(NOW, MODEL)
    found = removal.shapley(NOW, MODEL)
    assert sum(found.values.values()) == pytest.approx(whole - alone, abs=1e-3)
    assert found.drawn[0] != found.drawn[1]


def test_more_orders_are_drawn_where_two_drawings_differ(monkeypatch):
    """Those of a network with random weights differ after three orders and agree after twelve; near ones are kept."""
    more = removal.shapley(NOW, MODEL)
    monkeypatch.setattr(sampling, "ORDERS", (3,))
    few = removal.shapley(NOW, MODEL)
    assert few.likeness < sampling.STABLE < more.likeness
    monkeypatch.setattr(sampling, "ORDERS", (3, 12))
    monkeypatch.setattr(sampling, "STABLE", -1.0)
    assert removal.shapley(NOW, MODEL) == few


@pytest.mark.parametrize("partners", [0, 1])
def test_one_partner_has_one_order_and_none_has_no_share(partners):
    seq = prepare_ties(partners + 1)
    found = removal.shapley(moment(seq, TIE), MODEL)
    assert (len(found.values), len(found.drawn)) == (partners, 1)
    why = explained(seq, TIE, MODEL)
    assert why["alone_logit"] == pytest.approx(removal.occlusion(moment(seq, TIE), MODEL)[1], abs=1e-3)


@pytest.mark.parametrize("name", methods.METHODS)
def test_every_method_speaks_of_the_concomitant_lines(name):
    found = methods.METHODS[name](NOW, MODEL)
    assert set(found) == {str(partner) for partner in NOW.partners}
    assert all(np.isfinite(value) for value in found.values())
    assert methods.METHODS[name](NOW, MODEL) == found  # nothing is drawn anew


def test_attention_is_a_share_and_leaves_no_hook():
    found = methods.attention(NOW, MODEL)
    assert min(found.values()) >= 0
    assert sum(found.values()) <= 1
    assert not MODEL.network.attention._forward_hooks


def test_the_true_first_line_is_more_faithful_than_the_last():
    """Comprehensiveness falls and sufficiency rises when the order is turned round."""
    best = removal.occlusion(NOW, MODEL)[2]
    logits = removal.lines_there(NOW, MODEL)
    right, wrong = measure(best, logits), measure({name: -value for name, value in best.items()}, logits)
    assert right.comprehensiveness > wrong.comprehensiveness
    assert right.sufficiency < wrong.sufficiency


def part(comprehensive=0.9, sufficient=0.1, turned=False, missing=0.0) -> Part:
    """Shares 2 and 1 of an effect of 3, or of one that is larger by what is ``missing``."""
    one = {"a": 2.0, "b": 1.0}
    return Part(Shares(one, (one, {"a": -1.0, "b": 2.0} if turned else one)),
                Faithfulness(3.0 + missing, 0.0, comprehensive, sufficient))  # fmt: skip


def test_things_that_do_nothing_are_not_judged():
    found = measure({"a": 0.1, "b": 0.1}, lambda present: 0.1 * present.sum(1))
    assert (found.effect, found.comprehensiveness, found.sufficiency) == (pytest.approx(0.2), None, None)
    alone = Part(Shares({"a": 0.2}, ({"a": 0.2},)), Faithfulness(0.2, 0.0))
    assert gate.reason_against(alone, "lines_do_nothing") == "lines_do_nothing"


@pytest.mark.parametrize(
    ("judged", "reason"),
    [(part(), ""), (part(0.1), "not_comprehensive"), (part(sufficient=0.8), "not_sufficient"),
     (part(turned=True), "unstable_draws"), (part(missing=0.4), "does_not_add_up")],
)  # fmt: skip
def test_each_check_has_its_reason(judged, reason):
    assert gate.reason_against(judged, "lines_do_nothing") == reason


@pytest.mark.parametrize(("gap", "reason"), [(gate.ORDER / 2, ""), (gate.ORDER * 2, "unstable_order")])
def test_an_order_of_simultaneous_lines_that_matters_takes_everything_away(monkeypatch, gap, reason):
    monkeypatch.setattr(gate, "order_gap", lambda *_: gap)
    assert gate.check(NOW, MODEL, part(), part()).whole == reason


@pytest.mark.parametrize(("carried", "reason"), [(True, "unstable_draws"), (False, "not_comprehensive")])
def test_an_alert_hangs_on_the_checks_of_what_it_is_about(carried, reason, monkeypatch):
    """Lines for an error of several lines, what is known for an error of one; the other part loses its own bars alone."""
    now = replace(NOW, kind=features.TYPES.index("6.2" if carried else "1.3"))
    monkeypatch.setattr(gate, "order_gap", lambda *_: 0.0)
    checked = gate.check(now, MODEL, part(turned=True), part(0.1))
    assert (checked.whole, checked.lines, checked.known) == (reason, "unstable_draws", "not_comprehensive")


@pytest.mark.parametrize("carried", [True, False])
def test_a_part_that_changes_nothing_leaves_the_bars_of_the_other(carried, monkeypatch):
    now = replace(NOW, kind=features.TYPES.index("6.2" if carried else "1.3"))
    monkeypatch.setattr(gate, "order_gap", lambda *_: 0.0)
    nothing = Part(Shares({"a": 0.1}, ({"a": 0.1},)), Faithfulness(0.1, 0.0))
    of = "lines_do_nothing" if carried else "known_does_nothing"
    lines, about = (nothing, part()) if carried else (part(), nothing)
    checked = gate.check(now, MODEL, lines, about)
    assert (checked.whole, checked.lines or checked.known) == ("", of)
    failed = part(0.1)
    assert gate.check(now, MODEL, *((nothing, failed) if carried else (failed, nothing))).whole == of


def test_the_reverse_order_is_another_order_of_the_same_stay():
    turned = gate.turned(SEQ_OF_TIES)
    assert list(turned.line_ids) != list(SEQ_OF_TIES.line_ids)
    assert sorted(turned.line_ids) == sorted(SEQ_OF_TIES.line_ids)
    assert list(turned.line_start) == list(SEQ_OF_TIES.line_start)


def test_a_network_that_reads_lines_in_order_would_be_caught(monkeypatch):
    """The check sees an order that matters: here the numbers of a line are taken from its place."""
    now = moment(prepare_ties(), TIE)
    assert gate.order_gap(now, MODEL, logit_of(now)) < gate.ORDER
    turned = gate.turned

    def by_place(seq):
        found = turned(seq)
        return replace(found, line_numbers=seq.line_numbers)

    monkeypatch.setattr(gate, "turned", by_place)
    assert gate.order_gap(now, MODEL, logit_of(now)) > gate.ORDER


def logit_of(now: Moment) -> float:
    with torch.no_grad():
        return float(MODEL.network(now.batch).line[0, now.kind])


def prepare_ties(lines: int = 6):
    from tests.hand_made import DRUGS, line, stay_row, tables
    from tests.test_explain import WORDS

    return prepare(tables([stay_row("s", "p")], [line("s", i, DRUGS[i], 6, None) for i in range(lines)]), WORDS)


SEQ_OF_TIES = prepare_ties()
TIE = {"stay_id": "s", "line_id": "s-0", "at": "2025-03-03 14:00", "error_type": "6.2", "model_id": ""}


def test_the_bars_of_a_network_with_random_weights_are_mostly_withheld():
    rows = [row for row in ALERTS.to_dict("records") if len(moment(SEQ, row).partners) > 2][:12]
    found = [explained(SEQ, row, MODEL) for row in rows]
    assert np.mean([why["trusted"] for why in found]) < 0.5
    for why in found:
        assert why["trusted"] == (why["reason"] == "")
        assert why["trusted"] or why["lines"] == why["features"] == why["pairs"] == []


# On the shipped network and an invented hospital


@cache
def shipped_moments(of_lines: bool = True) -> list[tuple[dict, Moment]]:
    """Alerts of several lines, or those of one."""
    model = models.shipped()
    tables = next(iter(simulate(HOSPITALS["main"], 160, 999))).tables
    rows = scoring.score(tables, model, rules=False).alerts.to_dict("records")
    rows = [row for row in rows if gate.carried_by_lines(row["error_type"]) == of_lines][:20]
    seq = prepare(taken(tables, frozenset(row["stay_id"] for row in rows)), model.words)
    return [(row, moment(seq, row)) for row in rows]


def similar(one: dict[str, float], other: dict[str, float]) -> float:
    """Correlation of two sets of bars."""
    return float(np.corrcoef([one[name] for name in one], [other[name] for name in one])[0, 1])


@shipped_only
def test_explanations_follow_the_weights():
    """Model parameter randomisation (Adebayo et al. 2018): other weights, other bars; other orders, the same bars."""
    model, random = models.shipped(), replace(models.shipped(), network=scrambled())
    other, same = [], []
    for _, now in shipped_moments():
        if len(now.partners) < 3:
            continue
        bars = removal.shapley(now, model)
        other.append(abs(similar(bars.values, removal.shapley(now, random).values)))
        same.append(similar(*bars.drawn))
    assert len(same) >= 5
    assert np.median(other) < 0.6
    assert np.median(same) > 0.9


@shipped_only
def test_bars_part_from_the_trained_ones_as_layers_are_drawn_anew_from_the_top():
    """Cascading randomisation (Adebayo et al. 2018), from the logit down to the embeddings; the bars as they look, since
    most are near 0, where their ranks say nothing."""
    model, crowded = models.shipped(), [now for _, now in shipped_moments() if len(now.partners) >= 3]
    trained = [removal.shapley(now, model).values for now in crowded]
    alike = []
    for depth in range(len(CASCADE) + 1):
        network = scrambled(sum(CASCADE[:depth], ())) if depth else model.network
        bars = [removal.shapley(now, replace(model, network=network)).values for now in crowded]
        alike.append(np.median([abs(similar(*both)) for both in zip(trained, bars, strict=True)]))
    assert alike[0] == pytest.approx(1.0)
    assert alike[-1] < 0.6
    assert all(later < 0.95 for later in alike[1:])


CASCADE = (
    ("pair", "head"), ("deeper", "context", "attention"), ("overlap", "pairing", "relation", "index", "other", "row"),
    ("recur", "event", "state"), ("line", "code", "stay_code"),
)  # fmt: skip


def scrambled(layers: tuple[str, ...] = ()):
    """The shipped network, each weight of some layers (all of them when none is named) drawn anew from its own values."""
    network = models.network_of(models.shipped().card, models.shipped().network.state_dict())
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.split(".")[0] in (layers or [name.split(".")[0]]):
                flat = parameter.flatten()
                parameter.copy_(flat[torch.randperm(len(flat))].view_as(parameter))
    return network


@shipped_only
@pytest.mark.parametrize("of_lines", [True, False])
def test_most_alerts_of_the_shipped_network_show_lines_and_what_is_known(of_lines):
    model, reasons = models.shipped(), {"whole": [], "known": []}
    for _, now in shipped_moments(of_lines):
        names = known.there(now, model)
        parts = (gate.explained_by([str(name) for name in now.partners], removal.lines_there(now, model)),
                 gate.explained_by(names, known.things_known(now, model, names)))  # fmt: skip
        checked = gate.check(now, model, *parts)
        reasons["whole"].append(checked.whole)
        reasons["known"].append(checked.known)
    assert len(reasons["whole"]) >= 10
    assert np.mean([not reason for reason in reasons["whole"]]) > 0.9
    known_or_nothing = np.mean([reason in ("", "known_does_nothing") for reason in reasons["known"]])
    assert known_or_nothing >= 0.8  # of 300 alerts 95 %
