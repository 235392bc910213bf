"""Which weights Muon moves and which AdamW; both go on where they stopped."""

import copy

import pytest
import torch

from core.detection.optimizing import Muon, Muons, matrices, rooms, straightened
from models import peers
from tests.test_peers import rival

KINDS = tuple(peers.KINDS)


def names_of(net, parts) -> set[str]:
    mine = {id(part) for part in parts}
    return {name for name, part in net.named_parameters() if id(part) in mine}


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_is_moved_by_one_of_them_and_scores_and_recurrences_not_by_muon(kind):
    net = rival(kind)
    muon, rest = Muons(net, 1e-3, 0.0).parts
    inner, outer = (names_of(net, [p for group in part.param_groups for p in group["params"]]) for part in (muon, rest))
    assert inner | outer == {name for name, _ in net.named_parameters()}
    assert not inner & outer
    assert "line.0.weight" in inner
    assert {"head.2.weight", "code.weight", "line.0.bias"} <= outer
    assert not [name for name in inner if name.startswith(("recur", "code", "stay_code"))]


def test_what_is_between_layers_is_told_by_its_place_not_by_its_name():
    assert all(part.ndim == 2 for part in matrices(rival("gru")))


def step(net, optimizer, seed: int) -> None:
    torch.manual_seed(seed)
    optimizer.zero_grad()
    sum((part * torch.randn_like(part)).sum() for part in net.parameters()).backward()
    optimizer.step()


def test_it_goes_on_where_it_stopped():
    whole, parts = rival("gru"), rival("gru")
    one, two = Muons(whole, 1e-3, 0.01), Muons(parts, 1e-3, 0.01)
    step(whole, one, 1), step(parts, two, 1)
    again = Muons(parts, 1e-3, 0.01)
    again.load_state_dict(copy.deepcopy(two.state_dict()))
    step(whole, one, 2), step(parts, again, 2)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), parts.parameters(), strict=True))


def test_the_rate_is_that_of_both():
    net = rival("gru")
    before = copy.deepcopy(net.state_dict())
    optimizer = Muons(net, 1e-3, 0.0)
    optimizer.at(0.0)
    step(net, optimizer, 1)
    assert all(torch.equal(before[name], part) for name, part in net.state_dict().items())
    optimizer.at(1e-3)
    step(net, optimizer, 1)
    moved = {name: float((part.detach() - before[name]).abs().max()) for name, part in net.named_parameters()}
    assert min(moved.values()) > 0


@pytest.mark.parametrize("shape", [(48, 96), (96, 48)])
def test_a_step_turns_as_torchs_own_muon_does_and_is_about_as_long(shape):
    torch.manual_seed(3)
    ours, theirs = (torch.nn.Parameter(torch.ones(shape)) for _ in range(2))
    one = Muon([ours], 0.1, 0.01)
    other = torch.optim.Muon([theirs], 0.1, 0.01, adjust_lr_fn="match_rms_adamw")
    for _ in range(3):
        ours.grad = theirs.grad = torch.randn(shape)
        one.step(), other.step()
    mine, its = ((part - 1).flatten() for part in (ours.detach(), theirs.detach()))
    assert torch.cosine_similarity(mine, its, dim=0) > 0.95
    assert 1.1 < mine.norm() / its.norm() < 1.4  # its five iterations bring directions to about 0.9, our four to 1.1


def test_directions_of_a_matrix_that_differ_a_hundred_times_differ_four_times_at_most_in_its_step():
    torch.manual_seed(4)
    left, _, right = torch.linalg.svd(torch.randn(48, 96), full_matrices=False)
    step = straightened([left @ torch.diag(torch.logspace(-2, 0, 48)) @ right])[0]
    turned = left.mT @ step @ right.mT
    directions = turned.diagonal()
    assert 0.43 < directions.min() < directions.max() < 1.57  # the bounds of these polynomials
    assert (turned - torch.diag(directions)).abs().max() < 1e-4


SHAPES = [(48, 48), (96, 48), (4, 48), (48, 22), (96, 144), (40, 96)]


def test_matrices_that_share_a_room_take_the_steps_that_each_takes_alone():
    torch.manual_seed(5)
    steps = [torch.randn(shape) for shape in SHAPES]
    shared = rooms(tuple(tuple(sorted(shape)) for shape in SHAPES))
    assert max(len(room) for room in shared) > 2
    for one, together in zip((straightened([step])[0] for step in steps), straightened(steps), strict=True):
        assert together.shape == one.shape
        assert torch.allclose(one, together, atol=1e-4)


def test_small_matrices_get_no_room_many_times_their_size():
    large, small = (96, 4096), (4, 48)
    assert rooms((large, *[small] * 9)) == [[0], list(range(1, 10))]
