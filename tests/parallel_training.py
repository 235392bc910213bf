"""One small training, alone or under torchrun; the first process writes its loss: ``… FOLDER OUT``."""

import json
import sys
from pathlib import Path

import numpy as np
import torch

from core.detection import features, fitting, parallel, training, vocabulary
from core.detection.drawing import Shares
from core.detection.recipe import Recipe
from tests.hand_made import some_stays


def main(folder: str, out: str) -> None:
    stays = some_stays(120, seed=8)
    words = vocabulary.learn(stays.lines, stays.stays)
    part = training.prepared(stays, words)
    recipe = Recipe(epochs=2, threads=1, shares=Shares(1.0, 1.0, 1.0), hidden=(0.0, 0.0), partners_a_batch=1500.0)
    order = training.Order("gru", recipe, width=16, dropout=0.0)
    unknown = {i: words.line[f"{kind}:?"] for i, kind in enumerate(features.CODES)}
    with parallel.together():
        network, state = fitting.fit(
            training.config(order, words), recipe, part.seq, part.wanted, unknown, lambda net: 0.5, Path(folder), {},
            lambda **_: None,
        )  # fmt: skip
        if parallel.first():
            weights = float(np.sum([float(each.detach().abs().sum()) for each in network.parameters()]))
            Path(out).write_text(json.dumps({"loss": [e["loss"] for e in state.curve], "weights": weights}))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*sys.argv[1:])
