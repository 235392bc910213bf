"""Beyond what it learned from, a network holds the sum of active lines at the length that it knows."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.detection import model, reach, splits
from core.detection.sequences import prepare
from models.networks import CELLS, Concomitance, changes
from tests.test_detection import folder_with, hospital, trained  # noqa: F401
from tests.test_networks import STAYS, WORDS, network, same, scores


def crowded(times: int):
    """Every line of every stay several times over, from the same instant."""
    more = [STAYS.lines.assign(line_id=STAYS.lines["line_id"] + "bcdefgh"[i]) for i in range(times - 1)]
    return replace(STAYS, lines=pd.concat([STAYS.lines, *more], ignore_index=True))


@pytest.mark.parametrize("cell", CELLS)
def test_what_it_learned_from_stays_within_reach(cell):
    """The reach of some stays changes nothing on these stays."""
    net, whole = network(cell), scores(network(cell), STAYS)
    net.reach = reach.reach(net, prepare(STAYS, WORDS))
    assert 0 < net.reach < math.inf
    assert same(whole, scores(net, STAYS), whole)


def test_reach_is_the_longest_sum_that_scoring_makes(monkeypatch):
    net, seen = network("gru"), []
    far = reach.reach(net, prepare(STAYS, WORDS))
    watch(monkeypatch, seen)
    scores(net, STAYS)
    assert far == pytest.approx(longest(seen), rel=1e-5)


def watch(monkeypatch, seen: list) -> None:
    active = Concomitance.active
    monkeypatch.setattr(Concomitance, "active", lambda *given: seen.append(active(*given)) or seen[-1])


def longest(seen: list) -> float:
    return max(float(each.norm(dim=1).max()) for each in seen)


def test_less_reach_than_that_changes_what_is_said():
    net, whole = network("gru"), scores(network("gru"), STAYS)
    net.reach = 0.5 * reach.reach(net, prepare(STAYS, WORDS))
    assert not same(whole, scores(net, STAYS), whole)


def test_more_lines_at_once_reach_farther_and_are_held(monkeypatch):
    net, seen = network("gru"), []
    far, near = (reach.reach(net, prepare(each, WORDS)) for each in (crowded(5), STAYS))
    assert far > 3 * near
    net.reach = near
    watch(monkeypatch, seen)
    scores(net, crowded(5))
    assert longest(seen) == pytest.approx(near, rel=1e-5)


def test_what_is_held_keeps_its_direction():
    net, seq = network("gru"), prepare(crowded(5), WORDS)
    batch, _, _ = reach.assemble(seq, np.arange(len(seq.stay_ids)))
    lines, _ = net.embed(batch)
    parts = changes(batch, lines, len(batch.state))
    whole = net.active(batch, parts[0] - parts[1]).detach()
    net.reach = 0.1 * float(whole.norm(dim=1).max())
    held = net.active(batch, parts[0] - parts[1]).detach()
    far = whole.norm(dim=1) > net.reach
    assert 10 < int(far.sum()) < len(far)
    assert torch.equal(held[~far], whole[~far])
    assert torch.allclose(torch.cosine_similarity(held[far], whole[far]), torch.ones(int(far.sum())), atol=1e-5)


def test_a_trained_network_keeps_the_reach_of_its_training_stays(hospital, trained, tmp_path):  # noqa: F811
    learning = splits.taken(hospital[0], splits.split(hospital[0].stays).train)
    measured = reach.reach(model.network_of(trained.card, trained.network.state_dict()), prepare(learning, trained.words))
    assert trained.card["reach"] == trained.network.reach == pytest.approx(measured)
    assert model.load(folder_with(trained, tmp_path)).network.reach == trained.card["reach"]
