"""Lessons come in the order of the batches and none is lost; where a core is left, the next is made while the network makes
its gradients."""

import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from core.detection import devices, features, passes, training, vocabulary
from core.detection.hiding import hide
from core.detection.recipe import Recipe
from tests.hand_made import some_stays

RECIPE = Recipe(partners_a_batch=60.0)


@pytest.fixture(scope="module")
def part():
    stays = some_stays(40, seed=4)
    return training.prepared(stays, vocabulary.learn(stays.lines, stays.stays))


@pytest.fixture
def made(part, monkeypatch, ahead):
    """Lessons of some batches made ``ahead`` or not, and the batches that were begun with the thread of each."""
    begun, assemble = [], passes.assemble

    def noting(seq, stays, draw, **how):
        begun.append((stays.tolist(), threading.current_thread()))
        return assemble(seq, stays, draw, **how)

    monkeypatch.setattr(passes, "assemble", noting)
    rng = np.random.default_rng(1)
    order = passes.epoch_order(part.seq, RECIPE, rng)
    assert len(order) > 4
    shard = passes.Shard(part.seq, part.wanted, 0, 40)
    return passes.lessons(shard, order, RECIPE, rng, lambda batch: batch, ahead), order, begun


@pytest.mark.parametrize(("idea", "part_of", "names"), [("atc", "line_codes", None), ("habits", "line_numbers", ["usual_route"])])
def test_what_is_withheld_does_not_come_back_where_drugs_are_hidden(idea, part_of, names):
    stays = some_stays(40, seed=4)
    words = replace(vocabulary.learn(stays.lines, stays.stays), without=(idea,))
    part, rng = training.prepared(stays, words), np.random.default_rng(1)
    hiding = partial(hide, unknown=words.unknown, hidden=(0.5, 0.5), unsaid=0.0)
    order = passes.epoch_order(part.seq, RECIPE, rng)
    columns = [features.LINE_NUMBERS.index(name) for name in names] if names else slice(0, 4)
    for lesson in passes.lessons(passes.Shard(part.seq, part.wanted, 0, 40), order, RECIPE, rng, hiding, False):
        assert not getattr(lesson.batch, part_of)[:, columns].any()


@pytest.mark.parametrize("ahead", [True])
def test_the_next_lesson_begins_when_the_network_says_so_and_once(made):
    lessons, _, begun = made
    first = next(lessons)
    assert len(begun) == 1
    first.meanwhile()
    first.meanwhile()
    next(lessons)
    assert len(begun) == 2


@pytest.mark.parametrize("ahead", [False])
def test_nothing_is_begun_beside_a_network_that_has_both_cores(made):
    lessons, _, begun = made
    next(lessons).meanwhile()
    assert len(begun) == 1


@pytest.mark.parametrize("ahead", [True, False])
def test_every_batch_comes_once_in_order_whether_it_was_begun_before_or_not(made, ahead):
    lessons, order, begun = made
    stays = []
    for number, lesson in enumerate(lessons):
        stays.append(lesson.stays)
        if number % 2:
            lesson.meanwhile()
    assert stays == [len(each) for each in order]
    assert [each for each, _ in begun] == [each.tolist() for each in order]
    assert {thread is threading.main_thread() for _, thread in begun} == {not ahead}


@pytest.mark.parametrize(("device", "threads", "left"), [("cpu", 1, True), ("cpu", 2, False), ("cuda", 2, True)])
def test_a_core_is_left_where_torch_has_one_thread_or_a_gpu_does_the_work(monkeypatch, device, threads, left):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert devices.leaves_a_core(torch.device(device)) is left


@pytest.mark.parametrize(("length", "left"), [(0.5, 0.5), (4.0, 1.0)])
def test_gradients_longer_than_one_are_made_as_long_and_shorter_ones_are_left(length, left):
    network = torch.nn.Linear(3, 2)
    for part in network.parameters():
        part.grad = torch.ones_like(part) * length / 8**0.5
    passes.clip(network)
    whole = torch.cat([part.grad.flatten() for part in network.parameters()])
    assert float(whole.norm()) == pytest.approx(left, rel=1e-5)
