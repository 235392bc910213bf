"""A model at home in another hospital, without a label: what is usual there, and as many alerts as can be read there.

Where the networks knew the doses and routes of the hospital that they learned from alone, every usual line of another that
is unusual there raised an alert; a threshold that gave five alerts on 100 lines at one gave three times as many at another.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd

from core.data import store
from core.detection import habits
from core.detection.model import Model, threshold
from core.detection.predict import score_lines
from core.detection.scoring import STAYS_A_BATCH
from core.detection.sequences import prepare
from core.errors import Refusal
from core.settings import Workspace

AT_HOME = 60  # lines of a drug from which its habits are told: with 10, those of 300 stays were worse than the model's own
LEAST_LINES = 1000  # under which a share of the lines says little: 50 alerts at 5 %
MOST_LINES = 300_000  # more lines hardly move a quantile
USED = [*habits.DOSED, "dose", "times_per_day"]


def some(workspace: Workspace) -> Iterable[store.Tables]:
    """Batches of stays from the whole of a workspace, every n-th where there are more than MOST_LINES."""
    every = -(-store.counts(workspace)["lines"] // MOST_LINES)
    return islice(store.stream(workspace, STAYS_A_BATCH), 0, None, max(every, 1))


def adapted(model: Model, workspace: Workspace, alerts: float, tell: Callable[..., None] = lambda **_: None) -> Model:
    """The model with the habits of a workspace above its own, and the threshold that gives ``alerts`` on 100 of its lines.

    Weights and calibration stay: without labels nobody knows how probable an error is there. Raises Refusal when there
    are fewer than LEAST_LINES lines.
    """
    tell(stage="habits")
    read = [(tables.lines[USED], tables.stays["admitted_at"].agg(["min", "max", "size"])) for tables in some(workspace)]
    lines = pd.concat([lines for lines, _ in read], ignore_index=True) if read else pd.DataFrame()
    if len(lines) < LEAST_LINES:
        raise Refusal("adapt_few_lines", lines=len(lines), least=LEAST_LINES)
    own = habits.learn(lines, AT_HOME)
    here = replace(model, words=replace(model.words, habits=own.above(model.words.habits)))
    logits = scored(here, workspace, len(lines), tell)
    told = {
        "from": model.id, "stays": int(sum(stays["size"] for _, stays in read)), "lines": len(lines),
        "doses": len(own.doses), "drugs": len(own.routes), "begin": str(min(stays["min"] for _, stays in read))[:10],
        "end": str(max(stays["max"] for _, stays in read))[:10],
    }  # fmt: skip
    card = model.card | {"vocabulary": here.words.digest, "adapted": told, "metrics": []}
    return replace(here, card=card | {"threshold": threshold(here, logits, alerts)})


def scored(model: Model, workspace: Workspace, lines: int, tell: Callable[..., None]) -> np.ndarray:
    """Logits that anything is wrong, of the same lines."""
    found: list[np.ndarray] = []
    for tables in some(workspace):
        if len(tables.lines):
            found.append(score_lines(model, prepare(tables, model.words)).any)
        tell(stage="score", done=sum(map(len, found)), total=lines)
    return np.concatenate(found)
