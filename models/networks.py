"""The recurrent network that looks at the concomitant lines: one class, two cells.

A line is the sum of its code embeddings (five levels of ATC, route, unit, classes) beside its
numbers. A recurrence over the instants of the stay reads what starts, what ends, what is active
and the patient's state. At each instant every active line attends over the lines active with it,
through the relations of each pair. The odds of a several-line error are the odds of the line by
itself plus the odds of each of its pairs, so that a pair score is a log odds of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.batch import Batch
from models.sums import Narrow, Runs, bags, bounded, summed, taken

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}


@dataclass(frozen=True)
class Config:
    """Sizes of the network; ``several`` are the positions of the several-line error types."""

    cell: str
    codes: int
    stay_codes: int
    line_numbers: int
    state_numbers: int
    relations: int
    exposure: int
    limits: int
    types: int
    several: tuple[int, ...]
    width: int = 48
    heads: int = 4
    dropout: float = 0.05


class Scores(NamedTuple):
    """Logits: ``line`` (R, types); ``pair`` (Q, several), the share of each partner."""

    line: Tensor
    pair: Tensor


class Dropout(nn.Module):
    """Values left out by chance in training and the others raised, as torch's own in half of its time on a processor.

    One random number says of eight values whether they stay; the share left out is a whole number of 256ths.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.left_out = round(256 * share)

    def forward(self, values: Tensor) -> Tensor:
        if not self.training or not self.left_out:
            return values
        drawn = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device).random_(-(2**63), None)
        kept = drawn.view(torch.uint8)[: values.numel()].view(values.shape) >= self.left_out
        return values * kept.to(values.dtype).mul_(256 / (256 - self.left_out))


def relu() -> nn.ReLU:
    return nn.ReLU(inplace=True)  # nobody reads what enters it


def onto(values: Tensor, weight: Tensor, entering: Tensor) -> Tensor:
    """``values``, to which the product itself adds what a layer of that weight makes of ``entering`` but for its bias.

    In their place, but where a GPU chooses the precision of each product.
    """
    add = torch.addmm if torch.is_autocast_enabled(values.device.type) else Tensor.addmm_
    return add(values, entering, weight.t())


def parted(layer: nn.Linear, size: int) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """A layer over two things side by side, apart: what it makes of the first ``size`` numbers, bias and all, and the
    weight of the others, so that what many share is worked out once and nothing is laid side by side."""
    first, other = layer.weight[:, :size], layer.weight[:, size:]
    return lambda values: nn.functional.linear(values, first, layer.bias), other


def changes(batch: Batch, lines: Tensor, instants: int) -> tuple[Tensor, Tensor]:
    """Sums of the lines that start and of those that end at each instant; (M, d) each."""
    ends = batch.line_end >= 0
    return summed(lines, batch.line_start, instants), summed(lines[ends], batch.line_end[ends], instants)


def on_grid(batch: Batch, values: Tensor) -> Tensor:
    """Values of the instants (M, d) by stay and place, right-padded; (stays, longest, d)."""
    grid = values.new_zeros(batch.stays * batch.longest, values.shape[1])
    return grid.index_add_(0, batch.place, values).view(batch.stays, batch.longest, -1)


def length(rows: Tensor) -> Tensor:
    """Euclidean, above zero; (M, 1)."""
    return rows.norm(dim=1, keepdim=True).clamp(min=1e-9)


class Concomitance(nn.Module):
    """Multi-label scores of each row of a batch and of each of its partners."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        d, self.config = config.width, config
        self.code = nn.Embedding(config.codes, d, padding_idx=0)
        self.stay_code = nn.Embedding(config.stay_codes, d, padding_idx=0)
        self.line = nn.Sequential(nn.Linear(d + config.line_numbers, 2 * d), relu(), nn.Linear(2 * d, d))
        self.state = nn.Sequential(
            nn.Linear(d + config.state_numbers, 2 * d), relu(), nn.Linear(2 * d, d), relu()
        )
        self.event = nn.Linear(4 * d, d)
        self.recur = CELLS[config.cell](d, d, batch_first=True)
        self.of_line, self.of_instant = nn.Linear(d, 2 * d, bias=False), nn.Linear(3 * d, 2 * d, bias=False)
        self.of_row, self.row = nn.Linear(config.exposure + config.limits, 2 * d), nn.Linear(2 * d, d)
        self.index, self.other = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)
        self.relation = nn.Sequential(nn.Linear(config.relations, d), relu(), nn.Linear(d, d))
        self.pairing = nn.Linear(d, 2 * d)
        self.overlap = nn.Linear(config.exposure, d)
        self.attention = Narrow(d, config.heads)
        self.context = nn.Linear(d, d)
        self.deeper, self.pair = nn.Linear(d, d), Narrow(d, len(config.several))
        self.head = nn.Sequential(nn.Linear(2 * d, 2 * d), relu(), nn.Linear(2 * d, config.types))
        self.drop = Dropout(config.dropout)
        self.reach = math.inf  # the longest sum of active lines that it learned from (core.detection.reach)
        nn.init.normal_(self.code.weight, std=0.1)
        nn.init.normal_(self.stay_code.weight, std=0.1)
        nn.init.constant_(self.pair.bias, -8.0)  # most pairs are no error
        nn.init.constant_(self.head[-1].bias, -8.0)  # so are most lines

    def embed(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Lines (N, width) and stays (B, width): sums of their codes; code 0 adds nothing."""
        return bags(self.code.weight, batch.line_codes), bags(self.stay_code.weight, batch.stay_codes)

    def forward(self, batch: Batch) -> Scores:
        lines, stays = self.embed(batch)
        return self.score(batch, lines, stays, batch.line_numbers, batch.state, batch.relations)

    def score(
        self, batch: Batch, lines: Tensor, stays: Tensor, line_numbers: Tensor, state: Tensor, relations: Tensor
    ) -> Scores:
        """Logits from embedded inputs, so that attributions can integrate over all of them at once."""
        lines = self.each_line(lines, line_numbers)
        return self.together(batch, lines, self.each_pair(batch, lines, relations), stays, state)

    def each_line(self, lines: Tensor, line_numbers: Tensor) -> Tensor:
        """What each line is by itself, whatever stands beside it; (N, d)."""
        of_code, of_number = parted(self.line[0], lines.shape[1])
        return self.drop(self.line[1:](onto(of_code(lines), of_number, line_numbers)))

    def each_pair(self, batch: Batch, lines: Tensor, relations: Tensor) -> tuple[Tensor, ...]:
        """What each pair is by itself, for all the instants that it lasts: what it adds to what the patient and the line are
        there, and how much each of these counts for it; (P, d) both. Biases are added where rows are few."""
        enter, bend, last = self.relation
        pair = taken(self.index(lines) + last.bias, batch.pair_index).add_(taken(self.other(lines), batch.pair_other))
        pair = onto(pair, last.weight, bend(enter(relations))).relu_()  # (P, d)
        (of_sum, of_gate), biases = self.pairing.weight.chunk(2), self.pairing.bias.chunk(2)
        return nn.functional.linear(pair, of_sum, biases[0]), nn.functional.linear(pair, of_gate, 1 + biases[1])

    def together(self, batch: Batch, lines: Tensor, pairs: tuple[Tensor, ...], stays: Tensor, state: Tensor) -> Scores:
        """Logits of the rows from what lines and pairs are by themselves."""
        of_stay, of_now = parted(self.state[0], stays.shape[1])
        state = self.state[1:](onto(taken(of_stay(stays), batch.instant_stay), of_now, state))  # (M, d)
        history = self.history(batch, lines, state)  # (M, 2d)
        row = self.now(batch, lines, torch.cat([state, history], 1))
        return self.partners(batch, row, pairs)

    def now(self, batch: Batch, lines: Tensor, instants: Tensor) -> Tensor:
        """What each line is at an instant (R, d): one layer over all that is known, whose parts that rows share are
        worked out once, then a second."""
        instant = batch.row_instant
        if len(instant) < len(instants):  # rows were sampled: some instants have none
            asked = torch.zeros(len(instants), dtype=torch.bool, device=instant.device).index_fill(0, instant, True)
            instants, instant = instants[asked], taken(asked.cumsum(0) - 1, instant)
        if len(batch.row_line) < len(lines):  # so few rows that most lines have none
            first = self.of_line(taken(lines, batch.row_line)) + self.of_row.bias
        else:
            first = taken(self.of_line(lines) + self.of_row.bias, batch.row_line)
        first = first.add_(taken(self.of_instant(instants), instant))
        first = onto(first, self.of_row.weight, torch.cat([batch.row_age, batch.row_limits], 1))  # (R, 2d)
        return self.row(first.relu_())

    def history(self, batch: Batch, lines: Tensor, state: Tensor) -> Tensor:
        """What was known at each instant (M, 2d): the recurrence and the sum of active lines.

        Everything that happens at one instant enters as a sum in one step, so the order of
        simultaneous lines cannot matter; right padding under a causal recurrence needs no packing.
        """
        started, ended = changes(batch, lines, len(state))
        active = self.active(batch, started - ended)
        event = self.event(torch.cat([started, ended, active, state], 1)).relu_()  # (M, d)
        steps = on_grid(batch, event)
        return torch.cat([taken(self.recur(steps)[0].flatten(0, 1), batch.place), active], 1)

    def active(self, batch: Batch, change: Tensor) -> Tensor:
        """The sum of the lines active at each instant (M, d), no longer than ``reach``.

        Where more lines run at once than ever in training, their direction still says what they are; their length
        would say what no weight has learned to read.
        """
        whole = taken(on_grid(batch, change).cumsum(1).flatten(0, 1), batch.place) / 4  # some lines, brought near 1
        return whole if math.isinf(self.reach) else whole * (self.reach / length(whole)).clamp(max=1)

    def partners(self, batch: Batch, row: Tensor, pairs: tuple[Tensor, ...]) -> Scores:
        """Attention of each row over its partners, pair scores, and the line's odds.

        Biases are added where rows are few: there are far more partners than anything else.
        """
        (added, factor), several, beside = pairs, list(self.config.several), Runs(batch.partner_row, len(row))
        hidden = beside.taken(row + self.overlap.bias).add_(taken(added, batch.partner_pair))  # (Q, d)
        hidden = onto(hidden, self.overlap.weight, batch.partner_overlap).relu_()
        context = self.context(self.attended(hidden, beside))  # (R, d)
        deeper = onto(beside.taken(row + context + self.deeper.bias), self.deeper.weight, hidden).relu_()  # (Q, d)
        deeper = taken(factor, batch.partner_pair).mul_(deeper)
        score = bounded(self.pair(deeper))  # (Q, several)
        line = bounded(self.head(self.drop(torch.cat([row, context], 1).relu_())))  # (R, types)
        odds = line[:, several].exp() + beside.sums(score.exp())
        return Scores(line.index_copy(1, torch.tensor(several, device=line.device), odds.log()), score)

    def attended(self, hidden: Tensor, beside: Runs) -> Tensor:
        """Softmax over the partners of a row and an empty slot, per head over its part of the width; (R, d)."""
        weight, heads = bounded(self.attention(hidden)).exp(), (self.config.heads, -1)  # (Q, heads)
        parts = hidden.unflatten(1, heads) * weight.unsqueeze(-1)  # (Q, heads, d / heads)
        whole = 1 + beside.sums(weight)  # shared out where rows are few
        return beside.sums(parts.flatten(1)).unflatten(1, heads).div(whole.unsqueeze(-1)).flatten(1)


def loss(scores: Scores, labels: Tensor, weights: Tensor) -> Tensor:
    """Mean cross-entropy of the line logits; ``weights`` (R, types), 0 where nobody knows."""
    each = nn.functional.binary_cross_entropy_with_logits(scores.line, labels, weights, reduction="sum")
    return each / weights.shape[0]


def culprit_loss(scores: Scores, batch: Batch, near: Tensor, named: Tensor) -> Tensor:
    """How badly the pair scores point at the lines that a pharmacist named: minus the log of the share of the odds that
    the named partners of a row hold.

    ``near`` (K,) positions of the partners of rows that have a named one, ``named`` (K, several) of 0 and 1.
    """
    rows = len(batch.row_line)
    of, odds = taken(batch.partner_row, near), taken(scores.pair, near).exp()
    pointed = summed(odds * named, of, rows)
    known = summed(named, of, rows) > 0
    share = pointed[known] / summed(odds, of, rows)[known]
    return -share.log().sum() / max(int(known.sum()), 1)
