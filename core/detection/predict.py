"""Scores of every line of the sequences: at which instant, of which type, with which partners."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from core.detection import features
from core.detection.batches import Partners, Rows, assemble, cost, groups
from core.detection.devices import device_of
from core.detection.model import LOCK, Model
from core.detection.sequences import Sequences
from core.detection.trees import row_logits, rows_asked
from models.peers import POINTING

BUDGET = 20_000.0  # partners a batch: fewer cost small steps, more leave the processor's caches (tests/benchmarks/README.md)
NEAR = 0.1  # an instant whose logit is this near the line's highest is where the problem arises
LOW = -20.0  # logit of a line that is never active, or of which nobody knows what it is


class Scored(NamedTuple):
    """Logits of the rows of one batch (R, types), and of their partners (Q, several)."""

    rows: Rows
    line: np.ndarray
    partners: Partners
    pair: np.ndarray


@dataclass(frozen=True)
class LineScores:
    """Each line (N): raw logits by scope that something is wrong at any of its instants, its strongest instant,
    and the types and partners there."""

    any: np.ndarray
    single: np.ndarray
    several: np.ndarray
    instant: np.ndarray
    types: np.ndarray  # (N, types)
    partner_of: np.ndarray  # (Q,) sorted, the line of each partner; none of a model that does not point
    partner: np.ndarray  # (Q,) the partner's line
    pair: np.ndarray  # (Q, several)


def left(logits: np.ndarray) -> np.ndarray:
    """log(1 - chance squared) of each logit: what ``anything`` joins.

    Squared, since every chance errs a little and small ones are many: their sum over the instants of a line would
    outweigh one that stands out. A chance alone stays what it is. Tried beside sums and the highest alone
    (tests/benchmarks/README.md).
    """
    logits = logits.astype(float)
    return np.log1p(np.exp(-np.logaddexp(0, -logits))) - np.logaddexp(0, logits)


def nothing(logits: np.ndarray) -> np.ndarray:
    """What each row leaves of its types: (R, types) to (R,)."""
    return left(logits).sum(1)


def anything(log_left: np.ndarray) -> np.ndarray:
    """Logit that something holds: its chance squared is what the sum of ``left`` does not leave."""
    squared, least = -np.expm1(log_left), np.exp(2 * LOW)
    chance = np.sqrt(np.maximum(squared, least))
    return np.where(squared > least, np.log(chance) - log_left + np.log1p(chance), LOW)


def so_far(line: np.ndarray, log_left: np.ndarray) -> np.ndarray:
    """(R,) what each row and those of its line before it leave; the rows of a line stand together, earliest first."""
    whole, first = np.cumsum(log_left), np.diff(line, prepend=-1) != 0
    return whole - (whole - log_left)[first][np.cumsum(first) - 1]


def scored(model: Model, seq: Sequences, order: np.ndarray | None = None) -> Iterator[Scored]:
    """Batch after batch, every active line at every instant; a forest on the line alone only where the line starts."""
    costs = cost(seq)
    order = np.argsort(np.diff(seq.stay_instants), kind="stable") if order is None else order
    for stays in groups(costs, order, BUDGET):
        batch, rows, partners = assemble(seq, stays, rows_asked(model.kind))
        if model.network is None:
            pair = np.full((len(partners.row), len(features.SEVERAL)), LOW, dtype=np.float32)
            yield of_named(seq, Scored(rows, row_logits(model.kind, model.forest, batch), partners, pair))
            continue
        with LOCK, torch.inference_mode():
            scores = model.network(batch.to(device_of(model.network)))
        yield of_named(seq, Scored(rows, scores.line.cpu().numpy(), partners, scores.pair.cpu().numpy()))


def of_named(seq: Sequences, found: Scored) -> Scored:
    """The same, LOW where neither a substance nor an ATC code is known of the line, or of the partner.

    To a model any two such lines are alike, as two of one substance are; the screen says of each that it was not checked.
    """
    if seq.named.all():
        return found
    line = seq.named[found.rows.line]
    both = line[found.partners.row] & seq.named[found.partners.line]
    return found._replace(line=np.where(line[:, None], found.line, np.float32(LOW)),
                          pair=np.where(both[:, None], found.pair, np.float32(LOW)))  # fmt: skip


def strongest_rows(found: Scored, logit: np.ndarray) -> np.ndarray:
    """One row a line: the earliest whose logit is near the line's highest."""
    begin = np.flatnonzero(np.diff(found.rows.line, prepend=-1) != 0)
    if not len(begin):
        return begin
    number = np.cumsum(np.diff(found.rows.line, prepend=-1) != 0) - 1
    near = np.flatnonzero(logit >= np.maximum.reduceat(logit, begin)[number] - NEAR)
    return near[np.unique(number[near], return_index=True)[1]]


SCOPES = {"any": list(range(len(features.TYPES))), "single": list(features.SINGLE), "several": list(features.SEVERAL)}


def score_lines(model: Model, seq: Sequences, order: np.ndarray | None = None) -> LineScores:
    """Every line over all of its instants: an instant's chance is that of something new, so that they join."""
    n, t = len(seq.line_ids), len(features.TYPES)
    none = {name: np.zeros(n) for name in SCOPES}
    instant, types, found_pairs = seq.line_start.copy(), np.full((n, t), LOW, dtype=np.float32), []
    for found in scored(model, seq, order):
        for name, into in none.items():
            np.add.at(into, found.rows.line, nothing(found.line[:, SCOPES[name]]))
        best = strongest_rows(found, anything(nothing(found.line)))
        line = found.rows.line[best]
        instant[line], types[line] = found.rows.instant[best], found.line[best]
        kept = np.isin(found.partners.row, best) & (model.kind in POINTING)
        found_pairs.append((found.rows.line[found.partners.row[kept]], found.partners.line[kept], found.pair[kept]))
    of, partner, pair = (np.concatenate(parts) for parts in zip(*found_pairs, strict=True))
    by = np.argsort(of, kind="stable")
    return LineScores(*map(anything, none.values()), instant, types, of[by], partner[by], pair[by])
