"""The mean of weights over the steps: what counts in it, that it is what is kept, and that it is resumed."""

import argparse
import copy
from dataclasses import replace

import pytest
import torch

from core.__main__ import main
from core.commands import train
from core.detection import model, passes, sources, splits, training
from core.detection.averaging import averaged
from core.detection.fitting import weights
from core.detection.optimizing import Muons
from tests.test_detection import RECIPE, SILENT, equal
from tests.test_optimizing import step
from tests.test_peers import rival

AVERAGED = replace(RECIPE, epochs=2, average=0.25)


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("main", 300, 5, SILENT["tell"])


def learned(hospital, folder, stop=None, recipe=AVERAGED) -> model.Model:
    order = training.Order("lstm", recipe, width=16, heads=2)
    return training.learn(order, hospital[0], splits.split(hospital[0].stays), folder, **SILENT, last_epoch=stop)


@pytest.mark.parametrize("age", [0.5, 0.25, 0.1])
def test_the_mean_age_of_what_is_averaged_is_the_share_asked_for(age):
    """Weights that are the number of their step have that mean."""
    net, steps = torch.nn.Linear(1, 1), 2000
    mean = averaged(net, age)
    for number in range(1, steps + 1):
        torch.nn.init.constant_(net.weight, number)
        mean.update_parameters(net)
    assert mean.module.weight.item() == pytest.approx((1 - age) * steps, rel=0.002)


def test_the_mean_begins_with_the_first_step_and_leaves_the_network_alone():
    net = rival("gru")
    optimizer = Muons(net, 1e-3, 0.0, average=0.5)
    kept = []
    for seed in (1, 2, 3):
        step(net, optimizer, seed)
        kept.append(copy.deepcopy(list(net.parameters())))
    for mean, *each in zip(optimizer.learned.parameters(), *kept, strict=True):
        torch.testing.assert_close(mean, sum(each) / 3)
        assert not torch.equal(mean, each[-1])
    alone = rival("gru")
    other = Muons(alone, 1e-3, 0.0)
    for seed in (1, 2, 3):
        step(alone, other, seed)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), alone.parameters(), strict=True))


def test_without_it_the_last_weights_are_what_was_learned():
    net = rival("gru")
    assert Muons(net, 1e-3, 0.0).learned is net


def test_the_mean_is_what_validation_judges_and_what_is_kept(hospital, tmp_path):
    made = learned(hospital, tmp_path / "a", stop=1)
    unfinished = weights(tmp_path / "a" / "last.pt")
    assert all(torch.equal(part, unfinished["optimizer"]["mean"]["module." + name])
               for name, part in made.network.state_dict().items())  # fmt: skip
    assert not torch.equal(made.network.state_dict()["line.0.weight"], unfinished["network"]["line.0.weight"])
    order = training.Order("lstm", AVERAGED)
    later = splits.taken(hospital[0], splits.split(hospital[0].stays).valid)
    judged = training.watch(order, made.words, training.prepared(later, made.words))
    assert made.card["training"]["curve"][0]["validation"] == round(judged(made.network), 5)


def test_the_rate_falls_by_the_last_pass_unless_weights_are_averaged():
    last = replace(AVERAGED, average=0.0)
    assert passes.rate_at(0.01, AVERAGED) < passes.rate_at(0.03, AVERAGED) == AVERAGED.learning_rate
    assert passes.rate_at(2.0, AVERAGED) == AVERAGED.learning_rate
    assert passes.rate_at(2.0, last) == pytest.approx(0.01 * last.learning_rate)
    assert passes.rate_at(1.0, last) == pytest.approx(0.505 * last.learning_rate)


def test_an_interrupted_training_ends_at_the_same_mean(hospital, tmp_path):
    whole = learned(hospital, tmp_path / "whole")
    learned(hospital, tmp_path / "parts", stop=1)
    resumed = learned(hospital, tmp_path / "parts")
    assert equal(whole, resumed) and whole.card["recipe"]["average"] == 0.25
    assert whole.card["training"] == resumed.card["training"]


@pytest.mark.parametrize("value", ["0", "0.6", "-1"])
def test_what_is_no_share_of_the_steps_is_refused(value, capsys, tmp_path):
    order = ["train", "--invented", "500", "--average", value, "--out", str(tmp_path / "m"), "--lang", "en"]
    assert main(order) != 0
    assert "--average" in capsys.readouterr().err and not (tmp_path / "m").exists()


def test_trees_have_no_weights_to_average(capsys, tmp_path):
    order = ["train", "--model", "forest", "--invented", "500", "--average", "0.2", "--lang", "en"]
    assert main([*order, "--out", str(tmp_path / "m")]) != 0
    assert "forest" in capsys.readouterr().err and not (tmp_path / "m").exists()


def test_the_command_of_a_model_says_how_it_was_averaged():
    options = argparse.Namespace(**train.NUMBERS, model="gru", more_rows=False, out=None, average=0.2)
    options = argparse.Namespace(**vars(options), **dict.fromkeys(("rate", "workspace", "labels", "start")))
    assert "--average 0.2" in train.command_of(options) and train.recipe_of(options).average == 0.2
