"""The rivals of the network that looks at concomitant lines: same batch, same scores, about as many weights.

``PlainRecurrence`` is the usual way: a GRU or LSTM over the lines in the order in which they begin.
``LineTransformer`` gives every line to self-attention, the past alone in sight, then lets a row read
the lines active beside it with their relations in keys and values (Shaw et al. 2018, Self-attention
with relative position representations). ``KINDS`` names every network that can be trained.
"""

import torch
from torch import Tensor, nn

from models.batch import Batch
from models.networks import CELLS, Concomitance, Config, Scores
from models.sums import bounded, summed, taken

SILENT = -15.0  # pair logit of a network that does not look at pairs
LAYERS = {"gru": 4, "lstm": 3}  # brings the weights near those of Concomitance at the same width
ENCODERS = 2  # so do these


class Peer(nn.Module):
    """What every rival shares with ``Concomitance``: the lines as they enter, and the head."""

    embed, forward = Concomitance.embed, Concomitance.forward

    def __init__(self, config: Config) -> None:
        super().__init__()
        d, self.config = config.width, config
        self.code = nn.Embedding(config.codes, d, padding_idx=0)
        self.stay_code = nn.Embedding(config.stay_codes, d, padding_idx=0)
        self.line = nn.Sequential(nn.Linear(d + config.line_numbers, 2 * d), nn.ReLU(), nn.Linear(2 * d, d))
        self.state = nn.Sequential(
            nn.Linear(d + config.state_numbers, 2 * d), nn.ReLU(), nn.Linear(2 * d, d), nn.ReLU()
        )
        self.step = nn.Linear(2 * d, d)
        told = 3 * d + config.exposure + config.limits
        self.row = nn.Sequential(nn.Linear(told, 2 * d), nn.ReLU(), nn.Linear(2 * d, d))
        self.head = nn.Sequential(nn.Linear(2 * d, 2 * d), nn.ReLU(), nn.Linear(2 * d, config.types))
        self.drop = nn.Dropout(config.dropout)
        nn.init.normal_(self.code.weight, std=0.1)
        nn.init.normal_(self.stay_code.weight, std=0.1)
        nn.init.constant_(self.head[-1].bias, -5.0)  # most lines are no error

    def steps(self, batch: Batch, lines: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A line and the state when it began as one step (N, d); its stay (N,); its place in its stay (N,)."""
        stay = batch.instant_stay[batch.line_start]
        first = torch.searchsorted(stay, torch.arange(batch.stays, device=stay.device))
        place = torch.arange(len(stay), device=stay.device) - first[stay]
        return torch.relu(self.step(torch.cat([lines, state[batch.line_start]], 1))), stay, place

    def score(
        self, batch: Batch, lines: Tensor, stays: Tensor, line_numbers: Tensor, state: Tensor, relations: Tensor
    ) -> Scores:
        """Logits from embedded inputs, with the arguments of ``Concomitance.score``."""
        lines = self.each_line(lines, line_numbers)
        return self.together(batch, lines, self.each_pair(batch, lines, relations), stays, state)

    def each_line(self, lines: Tensor, line_numbers: Tensor) -> Tensor:
        """(N, d)"""
        return self.drop(self.line(torch.cat([lines, line_numbers], 1)))

    def each_pair(self, batch: Batch, lines: Tensor, relations: Tensor) -> tuple[Tensor, ...]:
        """Relations as they are."""
        return (relations,)

    def together(self, batch: Batch, lines: Tensor, pairs: tuple[Tensor, ...], stays: Tensor, state: Tensor) -> Scores:
        """Logits of the rows, with the arguments of ``Concomitance.together``."""
        state = self.state(torch.cat([taken(stays, batch.instant_stay), state], 1))  # (M, d)
        read = self.read(batch, *self.steps(batch, lines, state))  # (N, d)
        parts = [taken(lines, batch.row_line), taken(state, batch.row_instant), taken(read, self.seen(batch)),
                 batch.row_age, batch.row_limits]  # fmt: skip
        row = self.row(torch.cat(parts, 1))  # (R, d)
        context, pair = self.beside(batch, read, row, *pairs)
        line = bounded(self.head(self.drop(torch.relu(torch.cat([row, context], 1)))))  # (R, types)
        return Scores(line, pair)


def gridded(steps: Tensor, stay: Tensor, place: Tensor, stays: int) -> tuple[Tensor, Tensor]:
    """Ragged (N, d) as padded (stays, longest, d), and the cell of each."""
    longest = int(place.max()) + 1 if len(place) else 1
    cell = stay * longest + place
    return steps.new_zeros(stays * longest, steps.shape[1]).index_add(0, cell, steps).view(stays, longest, -1), cell


class PlainRecurrence(Peer):
    """GRU or LSTM over lines in order; it is never told which lines are active together."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        cell = config.cell.removeprefix("plain_")
        self.recur = CELLS[cell](config.width, config.width, num_layers=LAYERS[cell], batch_first=True)

    def read(self, batch: Batch, steps: Tensor, stay: Tensor, place: Tensor) -> Tensor:
        """(N, d) hidden state after each line; padding stands on the right of a causal recurrence."""
        grid, cell = gridded(steps, stay, place, batch.stays)
        return self.recur(grid)[0].reshape(-1, steps.shape[1])[cell]

    def seen(self, batch: Batch) -> Tensor:
        """(R,) the last line begun at the instant of a row: stays, lines and instants stand in one order."""
        return torch.searchsorted(batch.line_start, batch.row_instant, right=True) - 1

    def beside(self, batch: Batch, read: Tensor, row: Tensor, relations: Tensor) -> tuple[Tensor, Tensor]:
        """The row itself in place of a context, and no pair above another."""
        return row, row.new_full((len(batch.partner_row), len(self.config.several)), SILENT)


NEVER = torch.iinfo(torch.int64).max  # whole numbers: in half precision instants beyond 256 run into one another


class LineTransformer(Peer):
    """Causal self-attention over the lines of a stay, then a row over the lines active beside it."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        d = config.width
        layer = nn.TransformerEncoderLayer(d, config.heads, 2 * d, config.dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, ENCODERS, enable_nested_tensor=False)
        self.query, self.key, self.value = (nn.Linear(d, d) for _ in range(3))
        self.relation = nn.Sequential(nn.Linear(config.relations + config.exposure, d), nn.ReLU(), nn.Linear(d, 2 * d))
        self.context = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, d))
        self.pair = nn.Linear(d, len(config.several))

    def read(self, batch: Batch, steps: Tensor, stay: Tensor, place: Tensor) -> Tensor:
        """(N, d) each line having looked at those that began no later than itself."""
        grid, cell = gridded(steps, stay, place, batch.stays)
        begun = batch.line_start.new_full((grid.shape[0] * grid.shape[1],), NEVER).index_copy(0, cell, batch.line_start)
        begun = begun.view(grid.shape[:2])  # (B, L); padding begins after everything
        hidden = begun.unsqueeze(1) > begun.unsqueeze(2)  # (B, L, L); padding sees all, and nobody reads it
        mask = hidden.repeat_interleave(self.config.heads, 0)
        return self.encoder(grid, mask=mask).reshape(-1, steps.shape[1])[cell]

    def seen(self, batch: Batch) -> Tensor:
        return batch.row_line

    def beside(self, batch: Batch, read: Tensor, row: Tensor, relations: Tensor) -> tuple[Tensor, Tensor]:
        """Attention of each row over its partners and an empty slot (R, d), and pair logits (Q, several)."""
        of, other, heads = batch.partner_row, batch.pair_other[batch.partner_pair], self.config.heads
        relation = self.relation(torch.cat([taken(relations, batch.partner_pair), batch.partner_overlap], 1))  # (Q, 2d)
        to_key, to_value = relation.chunk(2, 1)
        value = taken(self.value(read), other) + to_value  # (Q, d)
        match = taken(self.query(row), of) * (taken(self.key(read), other) + to_key)  # (Q, d)
        d = row.shape[1]
        weight = bounded(match.view(-1, heads, d // heads).sum(2) / (d // heads) ** 0.5).exp()  # (Q, heads)
        share = weight / taken(1 + summed(weight, of, len(row)), of)
        told = summed((value.view(-1, heads, d // heads) * share.unsqueeze(2)).reshape(-1, d), of, len(row))
        return self.context(told), bounded(self.pair(torch.relu(match + value)))


KINDS = {
    "gru": Concomitance, "lstm": Concomitance, "plain_gru": PlainRecurrence, "plain_lstm": PlainRecurrence,
    "transformer": LineTransformer,
}  # fmt: skip
POINTING = ("gru", "lstm", "transformer")  # networks whose pair scores say which line is the culprit


def build(config: Config) -> nn.Module:
    """The network that ``config.cell`` names, with fresh weights."""
    return KINDS[config.cell](config)
