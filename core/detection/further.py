"""Stays to learn from beside those in memory: made in passing, other ones each pass, two shards held at most."""

from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context

import pandas as pd

from core.detection import vocabulary
from core.detection.sequences import Sequences, prepare
from core.detection.sources import joined
from core.detection.splits import taken
from core.detection.targets import Targets, targets
from core.detection.vocabulary import Vocabulary
from core.simulator import HOSPITALS
from core.simulator.simulate import BLOCK, make_block
from core.turns import in_turn, pool_of

BLOCKS_A_SHARD = 12  # 6,000 stays: about 300 MiB while they are prepared


@dataclass(frozen=True)
class Invented:
    """``stays`` further stays a pass (in whole blocks) of an invented hospital, from its block ``first`` on.

    Those admitted once validation has begun are made and left out: about three in ten.
    """

    hospital: str
    seed: int
    first: int
    stays: int

    def reading(self, words: Vocabulary, stays: pd.DataFrame, later: frozenset, processes: int = 0) -> "Reading":
        """Those that come before the first of ``later``, of which about as many do as of ``stays``."""
        before = stays.loc[stays["stay_id"].isin(later), "admitted_at"].min()
        return Reading(self, words, before, float((stays["admitted_at"] < before).mean()), processes)


@dataclass(frozen=True)
class Reading:
    """Those of them that may be learned from: admitted before validation begins, of known substances alone."""

    made: Invented
    words: Vocabulary
    before: pd.Timestamp
    share: float  # of all stays, about, that come before
    processes: int = 0  # make shards ahead; 0 makes each when it is asked for

    @property
    def stays(self) -> int:
        """About how many a pass holds."""
        return round(self.made.stays * self.share)

    def shards(self, epoch: int) -> Iterator[tuple[Sequences, Targets]]:
        """The stays of a pass, shard by shard; the same whatever the number of processes."""
        blocks = -(-self.made.stays // BLOCK)
        begin = self.made.first + epoch * blocks
        parts = [
            (range(first, min(first + BLOCKS_A_SHARD, begin + blocks)),)
            for first in range(begin, begin + blocks, BLOCKS_A_SHARD)
        ]
        if not self.processes:
            yield from (self.shard(*part) for part in parts)
            return
        spawned = get_context("spawn")  # a process with torch's threads does not fork safely
        with pool_of(self.processes, spawned) as pool:
            yield from in_turn(pool, self.shard, parts, 2 * self.processes)

    def shard(self, blocks: range) -> tuple[Sequences, Targets]:
        """Some blocks prepared, and what their pharmacists said."""
        hospital = HOSPITALS[self.made.hospital]
        tables = joined([make_block(hospital, self.made.seed, block, BLOCK).tables for block in blocks])
        stays = tables.stays[["stay_id", "admitted_at"]]
        late = stays.loc[stays["admitted_at"] >= self.before, "stay_id"]
        kept = taken(tables, frozenset(stays["stay_id"]) - frozenset(late) - strange(tables.lines, self.words))
        seq = prepare(kept, self.words)
        return seq, targets(seq, kept.interventions)


def strange(lines: pd.DataFrame, words: Vocabulary) -> frozenset:
    """Stays with a substance that the vocabulary lacks: what a model never saw, it must truly never have seen."""
    return frozenset(lines["stay_id"][vocabulary.substance_ids(lines, words) == words.line[vocabulary.UNKNOWN]])
