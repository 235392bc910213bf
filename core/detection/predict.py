"""Scores of every line of the sequences: at which instant, of which type, with which partners."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from core.detection import features
from core.detection.batches import Partners, Rows, assemble, cost, every, groups
from core.detection.model import LOCK, Model
from core.detection.sequences import Sequences
from models.forest import line_logits

BUDGET = 60_000.0  # partners a batch: fits the caches of a small machine
NEAR = 0.1  # an instant whose logit is this near the line's highest is where the problem arises
LOW = -20.0  # logit of a line that is never active


class Scored(NamedTuple):
    """Logits of the rows of one batch (R, types), and of their partners (Q, several)."""

    rows: Rows
    line: np.ndarray
    partners: Partners
    pair: np.ndarray


@dataclass(frozen=True)
class LineScores:
    """The strongest instant of each line (N): raw logits a scope and a type, and its partners there."""

    any: np.ndarray
    single: np.ndarray
    several: np.ndarray
    instant: np.ndarray
    types: np.ndarray  # (N, types)
    partner_of: np.ndarray  # (Q,) sorted, the line of each partner
    partner: np.ndarray  # (Q,) the partner's line
    pair: np.ndarray  # (Q, several)


def joined(logits: np.ndarray) -> np.ndarray:
    """Logit that at least one of the types holds, taken as independent: (R, types) to (R,)."""
    nothing = -np.logaddexp(0, logits).sum(1)  # log of the product of 1 - p
    return np.log(np.maximum(-np.expm1(nothing), 1e-30)) - nothing


def scored(model: Model, seq: Sequences, order: np.ndarray | None = None) -> Iterator[Scored]:
    """Batch after batch, every active line at every instant; a forest on the line alone only where the line starts."""
    costs = cost(seq)
    order = np.argsort(np.diff(seq.stay_instants), kind="stable") if order is None else order
    chosen: Callable[[Rows], np.ndarray] = every if model.network else lambda rows: rows.began
    for stays in groups(costs, order, BUDGET):
        batch, rows, partners = assemble(seq, stays, chosen)
        if model.network is None:
            pair = np.full((len(partners.row), len(features.SEVERAL)), LOW, dtype=np.float32)
            yield Scored(rows, line_logits(model.forest, batch, len(features.TYPES)), partners, pair)
            continue
        with LOCK, torch.inference_mode():
            scores = model.network(batch)
        yield Scored(rows, scores.line.numpy(), partners, scores.pair.numpy())


def strongest_rows(found: Scored, logit: np.ndarray) -> np.ndarray:
    """One row a line: the earliest whose logit is near the line's highest."""
    begin = np.flatnonzero(np.diff(found.rows.line, prepend=-1) != 0)
    if not len(begin):
        return begin
    number = np.cumsum(np.diff(found.rows.line, prepend=-1) != 0) - 1
    near = np.flatnonzero(logit >= np.maximum.reduceat(logit, begin)[number] - NEAR)
    return near[np.unique(number[near], return_index=True)[1]]


def highest(values: np.ndarray, line: np.ndarray, into: np.ndarray) -> None:
    np.maximum.at(into, line, values)


def score_lines(model: Model, seq: Sequences, order: np.ndarray | None = None) -> LineScores:
    """The strongest instant of every line."""
    n, t = len(seq.line_ids), len(features.TYPES)
    overall = {name: np.full(n, LOW) for name in ("any", "single", "several")}
    scopes = {"any": list(range(t)), "single": list(features.SINGLE), "several": list(features.SEVERAL)}
    instant, types, found_pairs = seq.line_start.copy(), np.full((n, t), LOW, dtype=np.float32), []
    for found in scored(model, seq, order):
        logits = {name: joined(found.line[:, columns].astype(float)) for name, columns in scopes.items()}
        for name, into in overall.items():
            highest(logits[name], found.rows.line, into)
        best = strongest_rows(found, logits["any"])
        line = found.rows.line[best]
        instant[line], types[line] = found.rows.instant[best], found.line[best]
        kept = np.isin(found.partners.row, best)
        found_pairs.append((found.rows.line[found.partners.row[kept]], found.partners.line[kept], found.pair[kept]))
    of, partner, pair = (np.concatenate(parts) for parts in zip(*found_pairs, strict=True))
    by = np.argsort(of, kind="stable")
    return LineScores(*overall.values(), instant, types, of[by], partner[by], pair[by])
