"""Stays made in passing: none from validation's time on, no unknown substance, the same ones after a stop."""

import argparse
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from core.__main__ import main
from core.commands import train
from core.detection import drawing, further, passes, sources, splits, training, vocabulary
from core.detection.drawing import Shares
from core.simulator.simulate import BLOCK
from tests.test_detection import RECIPE, SILENT, equal

MORE = further.Invented("main", 5, 1, 2 * BLOCK)
BEFORE = pd.Timestamp("2025-05-01")


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("main", 300, 5, SILENT["tell"])


@pytest.fixture(scope="module")
def words(hospital):
    return vocabulary.learn(hospital[0].lines, hospital[0].stays)


def made(hospital, folder, stop=None, more=MORE):
    order = training.Order("gru", replace(RECIPE, epochs=2), width=16, heads=2, further=more)
    return training.learn(order, hospital[0], splits.split(hospital[0].stays), folder, **SILENT, last_epoch=stop)


def read(words, before=BEFORE) -> further.Reading:
    return further.Reading(MORE, words, before, 0.6)


def names(reading, epoch: int) -> list[str]:
    return [name for seq, _ in reading.shards(epoch) for name in seq.stay_ids]


def test_every_pass_reads_other_stays_and_each_time_the_same(words):
    reading = read(words)
    first, second = names(reading, 0), names(reading, 1)
    assert len(first) > BLOCK / 2
    assert not set(first) & set(second)
    assert first == names(reading, 0)


def test_processes_that_make_shards_ahead_change_nothing(words, monkeypatch):
    monkeypatch.setattr(further, "BLOCKS_A_SHARD", 1)
    alone, helped = (list(replace(read(words), processes=count).shards(0)) for count in (0, 2))
    assert len(alone) == len(helped) == 2
    for (seq, said), (again, too) in zip(alone, helped, strict=True):
        assert seq.stay_ids.tolist() == again.stay_ids.tolist()
        assert np.array_equal(seq.line_codes, again.line_codes)
        assert np.array_equal(seq.state, again.state, equal_nan=True)
        for name, value in vars(said).items():
            assert str(value) == str(getattr(too, name)), name


def test_further_stays_are_none_of_those_in_memory(hospital, words):
    assert not set(names(read(words), 0)) & set(hospital[0].stays["stay_id"])


def test_no_stay_is_read_that_validation_or_test_time_holds(words):
    assert max(seq.times[seq.stay_instants[:-1]].max() for seq, _ in read(words).shards(0)) < (
        BEFORE.value // 1000 + 24 * 3_600_000_000
    )
    early, late = (len(names(read(words, day), 0)) for day in (BEFORE, pd.Timestamp("2026-06-01")))
    assert early < 0.8 * late


def test_what_is_said_of_how_many_a_pass_reads_is_about_right():
    tables, _ = sources.invented("main", 3000, 5, SILENT["tell"])
    every, later = vocabulary.learn(tables.lines, tables.stays), splits.split(tables.stays).valid
    reading = further.Invented("main", 5, 6, 4 * BLOCK).reading(every, tables.stays, later)
    assert reading.before == tables.stays.set_index("stay_id")["admitted_at"][list(later)].min()
    assert len(names(reading, 0)) == pytest.approx(reading.stays, rel=0.08)


def test_a_stay_with_a_substance_that_the_vocabulary_lacks_is_left_out(words):
    code = next(name for name in words.line if name.startswith("atc5:B01A"))
    fewer = replace(words, line={name: i for name, i in words.line.items() if name != code})
    holds = set()
    for seq, _ in read(words).shards(0):
        lines = np.flatnonzero(seq.substance == words.line[code])
        holds |= set(seq.stay_ids[np.searchsorted(seq.stay_lines, lines, side="right") - 1])
    whole, without = (set(names(read(each), 0)) for each in (words, fewer))
    assert holds
    assert without == whole - holds


def test_training_on_further_stays_counts_them_and_their_pairs(hospital, tmp_path):
    alone, more = made(hospital, tmp_path / "alone", more=None), made(hospital, tmp_path / "more")
    assert alone.card["training"]["further_stays"] == 0
    assert more.card["training"]["further_stays"] > BLOCK / 2 * more.card["training"]["best_epoch"]
    assert set(alone.words.pairs) < set(more.words.pairs)
    assert not equal(alone, more)


def test_an_interrupted_training_on_further_stays_ends_at_the_same_weights(hospital, tmp_path):
    whole = made(hospital, tmp_path / "whole")
    made(hospital, tmp_path / "parts", stop=1)
    resumed = made(hospital, tmp_path / "parts")
    assert equal(whole, resumed)
    assert whole.words.pairs == resumed.words.pairs
    assert whole.card["training"] == resumed.card["training"]


def test_the_rate_falls_with_the_stays_that_are_done():
    class Seq(dict):
        stay_ids = np.arange(10)

    class More:
        stays = 30

        def shards(self, epoch):
            yield Seq(), None
            yield Seq(), None
            yield Seq(), None

    shards = list(passes.course(Seq(), None, More(), 0))
    assert [(each.before, each.whole) for each in shards] == [(0, 40), (10, 40), (20, 40), (30, 40)]


def test_two_processes_part_the_same_batches_though_each_draws_rows_for_itself(words, monkeypatch):
    def batches(rank: int) -> list[list[int]]:
        found = []

        def mine(stays):
            found.append(stays.tolist())
            return stays[rank::2] if len(stays) > 1 else stays  # so each rank draws as many rows as its part holds

        monkeypatch.setattr(passes, "step", lambda *_: 0.0)
        monkeypatch.setattr(passes.parallel, "mine", mine)
        monkeypatch.setattr(passes.parallel, "size", lambda: 2)
        shards = [passes.Shard(seq, said, 0, 1000) for seq, said in read(words).shards(0)] * 3
        network, optimizer = torch.nn.Linear(1, 1), SimpleNamespace(at=lambda rate: None)
        passes.run_epoch(network, optimizer, shards, RECIPE, 0, words.unknown, lambda **_: None)
        return found

    assert batches(0) == batches(1)


@pytest.mark.parametrize(("more", "shares"), [(True, drawing.MORE), (False, Shares())])
def test_more_rows_are_drawn_when_asked_for_and_the_command_says_so(more, shares):
    options = argparse.Namespace(**train.NUMBERS, model="gru", more_rows=more, out=None)
    options = argparse.Namespace(**vars(options), **dict.fromkeys(("rate", "average", "workspace", "labels", "start")))
    assert train.recipe_of(options).shares == shares
    assert ("--more-rows" in train.command_of(options)) == more


@pytest.mark.parametrize("command", ["train", "compare"])
def test_less_than_one_thread_is_refused(command, capsys):
    assert main([command, "--threads", "0", "--lang", "en"]) != 0
    assert "--threads 0" in capsys.readouterr().err


def test_a_forest_draws_rows_of_its_own(capsys, tmp_path):
    order = ["train", "--model", "forest", "--invented", "500", "--more-rows", "--lang", "en"]
    assert main([*order, "--out", str(tmp_path / "m")]) != 0
    assert "--more-rows" in capsys.readouterr().err and not (tmp_path / "m").exists()


@pytest.mark.parametrize("extra", [["--model", "forest", "--invented", "500"], ["--workspace", "nowhere"]])
def test_further_stays_of_nothing_are_refused(extra, capsys, tmp_path):
    assert main(["train", "--further", "500", "--out", str(tmp_path / "m"), "--lang", "en", *extra]) != 0
    assert "--invented" in capsys.readouterr().err
