"""How far what a network learned from reaches: beyond it, it would read on where nothing was ever said.

In a hospital where more lines run at once than in training (87 in the MIMIC-III demo, 24 in 3,000 invented stays), the sum
of the active lines leaves the range that the weights know. Held within it, the same networks raised half of the alerts there
(tests/benchmarks/README.md).
"""

import math

import numpy as np
import torch

from core.detection.batches import assemble, cost, groups
from core.detection.model import LOCK
from core.detection.predict import BUDGET
from core.detection.sequences import Sequences
from models.networks import Concomitance, changes, length


def reach(network: Concomitance, seq: Sequences) -> float:
    """The longest sum of active lines over every instant of these stays, with the network's present weights."""
    network.reach, highest = math.inf, 0.0
    for stays in groups(cost(seq), np.argsort(np.diff(seq.stay_instants), kind="stable"), BUDGET):
        batch, _, _ = assemble(seq, stays, lambda rows: rows.began)
        with LOCK, torch.inference_mode():
            lines, _ = network.embed(batch)
            lines = network.line(torch.cat([lines, batch.line_numbers], 1))
            started, ended = changes(batch, lines, len(batch.state))
            highest = max(highest, float(length(network.active(batch, started - ended)).max()))
    return highest
