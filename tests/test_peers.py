"""The rivals: as blind to the future and to padding as ours, and of the same size."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.detection.batches import assemble
from core.detection.sequences import prepare
from models import peers
from models.batch import repeat
from tests.hand_made import DAY
from tests.test_networks import STAYS, WORDS, network, same, scores

RIVALS = [kind for kind, made in peers.KINDS.items() if issubclass(made, peers.Peer)]


def rival(kind: str) -> torch.nn.Module:
    torch.manual_seed(0)
    return peers.build(replace(network("gru").config, cell=kind)).eval()


def weights(net: torch.nn.Module) -> int:
    """Weights beside the embeddings, which are the same in every network."""
    return sum(part.numel() for name, part in net.named_parameters() if not name.startswith(("code.", "stay_code.")))


@pytest.mark.parametrize("kind", RIVALS)
def test_the_future_changes_nothing(kind):
    net, whole = rival(kind), scores(rival(kind), STAYS)
    now = DAY + pd.Timedelta(hours=24)
    lines = STAYS.lines[STAYS.lines["started_at"] <= now]
    lines = lines.assign(ended_at=lines["ended_at"].where(lines["ended_at"] <= now))
    seen = STAYS.observations[STAYS.observations["observed_at"] <= now]
    past = scores(net, replace(STAYS, lines=lines, observations=seen))
    before = [key for key in past if pd.Timestamp(key[1], unit="us") <= now]
    assert len(before) > 100
    assert same(whole, past, before)


@pytest.mark.parametrize("kind", RIVALS)
def test_padding_changes_nothing(kind):
    net, together = rival(kind), scores(rival(kind), STAYS)
    for stay in range(4):
        alone = scores(net, STAYS, np.array([stay]))
        assert same(together, alone, alone)


@pytest.mark.parametrize("kind", RIVALS)
def test_copies_of_a_batch_score_alike(kind):
    batch, _, _ = assemble(prepare(STAYS, WORDS), np.arange(3))
    with torch.inference_mode():
        once, thrice = rival(kind)(batch), rival(kind)(repeat(batch, 3))
    assert torch.allclose(thrice.line, once.line.repeat(3, 1), atol=1e-5)
    assert torch.allclose(thrice.pair, once.pair.repeat(3, 1), atol=1e-5)


def test_half_precision_shows_no_future():
    """Copies of a batch stand at later and later instants: were these rounded, lines to come would be seen there."""
    net, batch = rival("transformer"), assemble(prepare(STAYS, WORDS), np.arange(4))[0]
    copies = 1 + 3000 // len(batch.state)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        line = net(repeat(batch, copies)).line.view(copies, len(batch.row_line), -1)
    assert torch.equal(line, line[:1].expand_as(line))


@pytest.mark.parametrize("kind", RIVALS)
def test_a_rival_has_about_as_many_weights_as_ours(kind):
    ours = [weights(network(cell)) for cell in ("gru", "lstm")]
    assert 0.9 * min(ours) < weights(rival(kind)) < 1.1 * max(ours)


@pytest.mark.parametrize("kind", RIVALS)
def test_every_weight_learns(kind):
    """No part of a rival is left out: but for the pair scores, which not every rival has."""
    net = rival(kind)
    batch, _, _ = assemble(prepare(STAYS, WORDS), np.arange(12))
    found = net(batch)
    (found.line.sum() + found.pair.sum()).backward()
    assert [name for name, part in net.named_parameters() if part.grad is None] == []


def test_a_plain_recurrence_names_no_culprit():
    found = scores(rival("plain_gru"), STAYS)
    assert all((value == peers.SILENT).all() for key, value in found.items() if len(key) == 3)
    assert "plain_gru" not in peers.POINTING
