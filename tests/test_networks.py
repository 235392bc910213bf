"""The networks: blind to the future, to padding and to the order of simultaneous lines."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.detection import features, vocabulary
from core.detection.batches import assemble
from core.detection.sequences import prepare
from models.batch import repeat
from models.networks import CELLS, Concomitance, Config, Dropout
from models.sums import BOUND, Narrow, Runs, bags, bounded
from tests.hand_made import DAY, DRUGS, line, observation, some_stays, stay_row, tables

STAYS = some_stays(12, seed=3)
WORDS = vocabulary.learn(STAYS.lines, STAYS.stays)


def network(cell: str, seed: int = 0) -> Concomitance:
    torch.manual_seed(seed)
    sizes = (max(WORDS.line.values()) + 1, max(WORDS.stay.values()) + 1, len(features.LINE_NUMBERS),
             len(features.STATE), len(features.RELATIONS), len(features.EXPOSURE), len(features.LIMITS),
             len(features.TYPES), features.SEVERAL)  # fmt: skip
    return Concomitance(Config(cell, *sizes)).eval()


def scores(net: Concomitance, frames, stays=None) -> dict:
    """Line logits by (line, time), and pair logits by (line, partner, time)."""
    seq = prepare(frames, WORDS)
    batch, rows, partners = assemble(seq, np.arange(len(seq.stay_ids)) if stays is None else stays)
    with torch.inference_mode():
        found = net(batch)
    keys = [(seq.line_ids[i], int(seq.times[k])) for i, k in zip(rows.line, rows.instant, strict=True)]
    lines = dict(zip(keys, found.line.numpy(), strict=True))
    pairs = {(*keys[r], seq.line_ids[j]): found.pair[q].numpy()
             for q, (r, j) in enumerate(zip(partners.row, partners.line, strict=True))}  # fmt: skip
    return lines | pairs


def same(a: dict, b: dict, keys) -> bool:
    return all(np.allclose(a[key], b[key], atol=1e-5) for key in keys)


@pytest.mark.parametrize("cell", CELLS)
def test_the_future_changes_nothing(cell):
    """Cut everything after an instant, ends of open lines included: what was said before stands."""
    net, whole = network(cell), scores(network(cell), STAYS)
    now = DAY + pd.Timedelta(hours=24)
    lines = STAYS.lines[STAYS.lines["started_at"] <= now]
    lines = lines.assign(ended_at=lines["ended_at"].where(lines["ended_at"] <= now))
    seen = STAYS.observations[STAYS.observations["observed_at"] <= now]
    past = scores(net, replace(STAYS, lines=lines, observations=seen))
    before = [key for key in past if pd.Timestamp(key[1], unit="us") <= now]
    assert len(before) > 100
    assert same(whole, past, before)


@pytest.mark.parametrize("cell", CELLS)
def test_padding_changes_nothing(cell):
    """A stay says the same alone as beside a longer one."""
    net, together = network(cell), scores(network(cell), STAYS)
    for stay in range(4):
        alone = scores(net, STAYS, np.array([stay]))
        assert same(together, alone, alone)


@pytest.mark.parametrize("cell", CELLS)
def test_the_order_of_simultaneous_lines_changes_nothing(cell):
    """Lines that start together are renamed so that they sort the other way round."""
    drugs = [line("s", i, DRUGS[i], 6, None) for i in range(6)]
    turned = [row | {"line_id": f"s-{9 - i}"} for i, row in enumerate(drugs)]
    seen = [observation("s", 0, "inr", 3.4, 2)]
    net = network(cell)
    one, other = (scores(net, tables([stay_row("s", "p")], rows, seen)) for rows in (drugs, turned))
    names = {row["line_id"]: new["line_id"] for row, new in zip(drugs, turned, strict=True)}
    for (name, at, *partner), value in one.items():
        assert np.allclose(value, other[(names[name], at, *(names[each] for each in partner))], atol=1e-5)


def test_a_line_depends_on_the_lines_beside_it():
    both = scores(
        network("gru"), tables([stay_row("s", "p")], [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 5, None)])
    )
    alone = scores(network("gru"), tables([stay_row("s", "p")], [line("s", 0, DRUGS[0], 0, None)]))
    first, later = sorted(key for key in both if key[0] == "s-0" and len(key) == 2)
    assert np.allclose(both[first], alone[first], atol=1e-5)
    assert not np.allclose(both[first], both[later])


def test_a_line_that_has_ended_is_not_asked_about():
    rows = scores(
        network("gru"), tables([stay_row("s", "p")], [line("s", 0, DRUGS[0], 0, 10), line("s", 1, DRUGS[1], 5, 30)])
    )
    ended = int((DAY + pd.Timedelta(hours=10)).value // 1000)
    assert ("s-1", ended) in rows
    assert ("s-0", ended) not in rows
    assert ("s-1", ended, "s-0") not in rows


def test_pair_odds_add_up_to_the_odds_of_the_line():
    seq = prepare(STAYS, WORDS)
    batch, _, partners = assemble(seq, np.arange(4))
    with torch.inference_mode():
        found = network("gru")(batch)
    pairs = torch.zeros(len(found.line), len(features.SEVERAL)).index_add_(
        0, torch.from_numpy(partners.row), found.pair.exp()
    )
    assert bool((found.line[:, list(features.SEVERAL)].exp() >= pairs * 0.9999).all())


def test_copies_of_a_batch_score_alike():
    net = network("lstm")
    batch, rows, _ = assemble(prepare(STAYS, WORDS), np.arange(3))
    with torch.inference_mode():
        once, thrice = net(batch), net(repeat(batch, 3))
    assert torch.allclose(thrice.line, once.line.repeat(3, 1), atol=1e-5)
    assert torch.allclose(thrice.pair, once.pair.repeat(3, 1), atol=1e-5)


def test_an_unknown_substance_still_has_its_class_and_its_level():
    """A code that training never saw becomes the unknown of its level; the levels above it stay."""
    ids = vocabulary.ids(vocabulary.line_codes("B01AA99", "", "oral", "mg", ""), WORDS.line, 16)
    known = vocabulary.ids(vocabulary.line_codes("B01AA03", "", "oral", "mg", ""), WORDS.line, 16)
    assert ids[:4] == known[:4]
    assert ids[4] == WORDS.line["atc5:?"]


def test_bags_are_summed_as_torchs_own_are_there_and_back():
    torch.manual_seed(2)
    table, codes, slope = torch.randn(9, 4, requires_grad=True), torch.randint(0, 9, (20, 5)), torch.randn(20, 4)
    codes[3] = 0
    theirs = torch.nn.functional.embedding_bag(codes, table, mode="sum", padding_idx=0)
    ours = bags(table, codes)
    assert torch.allclose(ours, theirs, atol=1e-6) and not ours[3].any()
    there, back = (torch.autograd.grad(found, table, slope)[0] for found in (theirs, ours))
    assert torch.allclose(there, back, atol=1e-6) and not back[0].any()


def test_what_scoring_works_out_its_own_way_is_what_learning_does():
    """Sums over runs, of which some are empty, and a layer of few outputs: once with gradients, once without."""
    torch.manual_seed(4)
    values, layer, runs = torch.randn(30, 8), Narrow(8, 3), Runs(torch.tensor([0] * 11 + [2] * 18 + [4]), 6)
    learning = values.clone().requires_grad_()
    with torch.no_grad():
        sums, few = runs.sums(values), layer(values)
    assert runs.sums(learning).requires_grad and layer(learning).requires_grad
    assert torch.allclose(sums, runs.sums(learning), atol=1e-5) and torch.allclose(few, layer(learning), atol=1e-6)
    assert not sums[[1, 3, 5]].any() and torch.allclose(sums[4], values[29]) and few.is_contiguous()
    assert torch.equal(runs.taken(sums)[10:12], sums[[0, 2]])
    assert Runs(torch.zeros(0, dtype=torch.long), 2).sums(values[:0]).tolist() == [[0.0] * 8] * 2


def test_a_logit_is_bounded_as_by_the_hyperbolic_tangent_and_keeps_its_digits():
    """On a GPU a logit may come with half of the digits; what is made of it has them all."""
    logit = torch.linspace(-90, 90, 4001, dtype=torch.float64)
    assert torch.allclose(bounded(logit.float()).double(), BOUND * torch.tanh(logit / BOUND), atol=5e-6)
    half = torch.tensor([-7.75], dtype=torch.bfloat16)
    assert torch.equal(bounded(half), bounded(torch.tensor([-7.75])))


def test_the_partners_of_a_batch_stand_together_row_by_row():
    """What ``Runs`` builds on, of copies of a batch too."""
    batch = assemble(prepare(STAYS, WORDS), np.arange(5))[0]
    for made in (batch, repeat(batch, 3)):
        assert len(made.partner_row) > 100 and (made.partner_row.diff() >= 0).all()


def test_every_value_is_left_out_as_often_as_asked_and_the_mean_stays():
    drop, ones = Dropout(0.05), torch.ones(4001, 101)
    torch.manual_seed(3)
    found = drop(ones)
    assert set(found.unique().tolist()) == {0.0, found.max().item()}
    out = (found == 0).double()
    assert abs(found.mean().item() - 1) < 0.002
    places = torch.stack([out.flatten()[place::8].mean() for place in range(8)])  # eight values share a random number
    assert (places - 13 / 256).abs().max() < 0.005
    neighbours = out.flatten()[:-1] @ out.flatten()[1:] / (out.numel() - 1)
    assert abs(neighbours.item() - (13 / 256) ** 2) < 0.0005
    torch.manual_seed(3)
    assert torch.equal(found, drop(ones))
    assert torch.equal(drop.eval()(ones), ones)
