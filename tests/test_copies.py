"""Copies of a stay without some of its lines: the batch that its excerpts make, and each case asked once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.detection import vocabulary
from core.detection.batches import assemble
from core.detection.excerpt import excerpt
from core.detection.explain import known, removal, sampling
from core.detection.explain.copies import copies, encoded, scored
from core.detection.explain.moment import Moment, moment
from core.detection.sequences import prepare
from core.detection.withheld import IDEAS
from models.batch import Batch
from models.peers import KINDS, build
from tests.hand_made import DAY, DRUGS, line, observation, some_stays, stay_row, tables
from tests.test_explain import ALERTS, MODEL, SEQ, STAYS, alert_with_partners

MOMENTS = [moment(SEQ, row) for row in ALERTS.groupby("stay_id").tail(3).to_dict("records")]
LONG = prepare(some_stays(1, seed=7, lines_a_stay=60), MODEL.words)
MOMENTS.append(moment(LONG, {"line_id": LONG.line_ids[-1], "at": LONG.times[LONG.line_start[-1]].astype("datetime64[us]"), "error_type": "6.2"}))

LIMITED = tables(
    [stay_row("l", "p")],
    [line("l", 0, DRUGS[4], 1, None), line("l", 1, DRUGS[5], 5, None), line("l", 2, DRUGS[6], 9, None)],
    [observation("l", 0, "potassium", 4.0, 2), observation("l", 1, "potassium", 6.4, 9)],
)
MOMENTS.append(moment(prepare(LIMITED, MODEL.words), {"line_id": "l-0", "at": DAY + pd.Timedelta(hours=9), "error_type": "6.2"}))


def test_a_limit_that_is_reached_at_the_last_instant_is_among_the_moments():
    now, before = MOMENTS[-1].batch.row_limits.chunk(2, 1)
    assert now.any() and not torch.equal(now, before)


def some_kept(now: Moment, count: int = 9, spared: str = "", seed: int = 0) -> np.ndarray:
    """(copies, lines) with more and more lines; the line ``spared`` in all of them."""
    shares = np.linspace(0, 1, count)[:, None]
    kept = np.random.default_rng(seed).random((count, len(now.seq.line_ids))) <= shares
    return kept | (now.seq.line_ids == spared)


def reference(seq, kept: np.ndarray, name: str = "") -> tuple[Batch, np.ndarray]:
    """The batch of the excerpts that hold the lines ``kept``, rows at the last instant (of one line, or of all), and each
    row's copy."""
    cut = excerpt(seq, 0, len(seq.times) - 1, kept)
    last = np.zeros(len(cut.times), dtype=bool)
    last[cut.stay_instants[1:] - 1] = True
    asked = cut.line_ids == name if name else np.ones(len(cut.line_ids), dtype=bool)
    batch, rows, _ = assemble(cut, np.arange(len(kept)), lambda each: last[each.instant] & asked[each.line])
    return batch, np.searchsorted(cut.stay_lines, rows.line, side="right") - 1


def made_of(seq, one: Batch, kept: np.ndarray) -> tuple[Batch, np.ndarray]:
    """The batch of the copies with what enters of each line, pair and stay, and each row's copy."""
    with torch.inference_mode():
        found = copies(encoded(seq, one, MODEL.network), kept)
    return found.batch._replace(
        line_codes=found.batch.line_codes[found.line], line_numbers=found.batch.line_numbers[found.line],
        relations=found.batch.relations[found.pair], stay_codes=found.batch.stay_codes.repeat(len(kept), 1),
    ), found.copy  # fmt: skip


def same(one: Batch, other: Batch) -> None:
    for name in Batch._fields:
        a, b = getattr(one, name), getattr(other, name)
        assert torch.equal(a, b) and a.dtype == b.dtype if isinstance(a, torch.Tensor) else a == b, name


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.line_id)
def test_copies_are_the_batch_of_their_excerpts(now):
    """To the last bit: instants that go, lines that are active, hours since the instant before, limits and pairs."""
    kept = some_kept(now, spared=now.line_id)
    same(made_of(now.seq, now.batch, kept)[0], reference(now.seq, kept, now.line_id)[0])


def at_end(seq) -> Batch:
    return assemble(seq, np.arange(1), lambda each: each.instant == len(seq.times) - 1)[0]


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.line_id)
def test_copies_with_every_line_as_a_row_are_too(now):
    kept = some_kept(now, seed=1)
    (made, copy), expected = made_of(now.seq, at_end(now.seq), kept), reference(now.seq, kept)
    same(made, expected[0])
    assert copy.tolist() == expected[1].tolist()


@pytest.mark.parametrize("idea", IDEAS)
def test_copies_leave_out_what_a_model_is_not_told(idea):
    words = replace(vocabulary.learn(STAYS.lines, STAYS.stays), without=(idea,))
    now = moment(prepare(STAYS, words), alert_with_partners())
    kept = some_kept(now, spared=now.line_id)
    same(made_of(now.seq, now.batch, kept)[0], reference(now.seq, kept, now.line_id)[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_says_the_same_of_copies_as_of_excerpts(kind):
    """Also the rivals, which share less between copies."""
    now, network = MOMENTS[-1], build(replace(MODEL.network.config, cell=kind)).eval()
    kept = some_kept(now, spared=now.line_id)
    with torch.inference_mode():
        found, _ = scored(encoded(now.seq, now.batch, network), kept, network)
        expected = network(reference(now.seq, kept, now.line_id)[0]).line
    assert found.numpy() == pytest.approx(expected.numpy(), abs=1e-4)


def test_lines_and_pairs_are_worked_out_once(monkeypatch):
    """However many copies are asked about: what a line is does not hang on what stands beside it."""
    now, seen = moment(SEQ, alert_with_partners()), []
    encode = type(MODEL.network).each_line
    monkeypatch.setattr(type(MODEL.network), "each_line", lambda *given: seen.append(len(given[1])) or encode(*given))
    removal.shapley(now, MODEL)
    assert seen == [len(now.seq.line_ids)]


@pytest.mark.parametrize("lines", [True, False], ids=["lines", "known"])
def test_no_case_is_asked_twice(lines, monkeypatch):
    """However many orders are drawn, and whichever of them have it."""
    now, asked = moment(SEQ, alert_with_partners()), []
    together = type(MODEL.network).together
    monkeypatch.setattr(type(MODEL.network), "together", lambda *given: asked.append(given[1].stays) or together(*given))
    names = known.there(now, MODEL)
    logits = removal.lines_there(now, MODEL) if lines else known.things_known(now, MODEL, names)
    cases = np.ones((40, len(now.partners) if lines else len(names)), dtype=bool)
    cases[:, :3] = np.random.default_rng(0).random((40, 3)) < 0.5
    distinct = len(np.unique(cases, axis=0))
    asked.clear()
    found = logits(cases)
    assert logits(cases[::-1]).tolist() == found[::-1].tolist()
    assert sum(asked) == distinct < len(cases)


def test_what_is_remembered_is_what_was_said():
    said = sampling.remembered(lambda present: present @ np.array([1.0, 2.0, 4.0]))
    cases = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=bool)
    assert said(cases).tolist() == [5, 2, 5] == said(cases).tolist()
