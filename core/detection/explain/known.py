"""What each thing that is known of the index line and of the patient adds to the logit: against the same moment, had nobody
said or measured it.

Training hides such things now and then (core.detection.hiding) and many a stay lacks some, so that every moment asked about is
one that could be. What a line is (its substance and classes) and when it runs are always known.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.detection import features
from core.detection.batches import Rows, limits_there, real
from core.detection.explain.moment import Moment
from core.detection.explain.sampling import Logits, Shares, remembered, shared
from core.detection.hiding import DOSED_LIMITS, DOSES, SUMS
from core.detection.limits import FIELDS, known_values
from core.detection.model import LOCK, Model
from models.batch import Batch, repeat

NUMBER = {name: i for i, name in enumerate(features.LINE_NUMBERS)}
CODE = {name: i for i, name in enumerate(features.CODES)}
# a route that nobody knows is none to wonder at
NEUTRAL = [float(name == "usual_route") for name in features.LINE_NUMBERS]


class Thing(NamedTuple):
    """Columns, by tensor of the batch, of which nothing is known where the thing is not."""

    state: list[int] = []
    stay_codes: list[int] = []
    line_codes: list[int] = []  # of the index line, which carries the codes of the unknown then
    line_numbers: list[int] = []  # of the index line
    relations: list[int] = []  # of the index line with the others
    row_limits: list[int] = []


def measured(kind: str) -> list[int]:
    return [i for i, name in enumerate(features.STATE) if name.startswith(f"{kind}_")]


THINGS = {
    "dose": Thing(line_numbers=DOSES, relations=SUMS, row_limits=DOSED_LIMITS),
    "route": Thing(line_codes=[CODE["route"]], line_numbers=[NUMBER["usual_route"]]),
    "prn": Thing(line_numbers=[NUMBER["prn"]]),
    "ward": Thing(stay_codes=[0], line_codes=[CODE["ward"]]),
    "sex": Thing(stay_codes=[1]),
    "diagnoses": Thing(stay_codes=list(range(2, 2 + features.DIAGNOSES))),
    "age": Thing(state=[features.STATE.index("age"), *measured("age")]),
} | {kind: Thing(state=measured(kind)) for kind in features.KINDS}  # fmt: skip
THINGS["egfr"] = Thing(state=measured("egfr") + measured("creatinine"))  # one is worked out from the other: one bar


@lru_cache(maxsize=64)
def columns_of(names: tuple[str, ...], part: str, width: int) -> Tensor:
    """(things, width) 1 at the columns of a tensor that each thing is said by."""
    columns = np.zeros((len(names), width), dtype=np.float32)
    for i, name in enumerate(names):
        columns[i, getattr(THINGS[name], part)] = 1
    return torch.from_numpy(columns)


def gone(names: list[str], part: str, present: np.ndarray, width: int) -> Tensor:
    """(cases, width) bool, the columns of a tensor of which nothing is known in each case."""
    columns = columns_of(tuple(names), part, width)
    return torch.from_numpy(~present).float() @ columns > 0


def moments(now: Moment, model: Model, names: list[str], present: np.ndarray) -> Batch:
    """The moment once a case (cases, things): without what is not ``present``."""
    one, cases = now.batch, len(present)
    many, line, instant = repeat(one, cases), int(one.row_line[0]), int(one.row_instant[0])
    n, m, p = len(one.line_codes), len(one.state), len(one.relations)

    def hidden(part: str) -> Tensor:
        return gone(names, part, present, getattr(one, part).shape[1])

    state = many.state.masked_fill(hidden("state").repeat_interleave(m, 0), 0)
    index = line + n * torch.arange(cases)
    codes, numbers = many.line_codes.clone(), many.line_numbers.clone()
    unknown = torch.tensor([model.words.unknown.get(i, 0) for i in range(codes.shape[1])])
    of_stay = torch.tensor([model.words.stay["ward:?"], *[0] * (many.stay_codes.shape[1] - 1)])
    codes[index] = torch.where(hidden("line_codes"), unknown, codes[index])
    numbers[index] = torch.where(hidden("line_numbers"), torch.tensor(NEUTRAL), numbers[index])
    began = int(one.line_start[line]) == instant
    rows = Rows(np.full(cases, line), None, np.full(cases, began))
    limits = limits_there(now.seq.line_traits, rows, state.numpy(), instant + m * np.arange(cases))
    return many._replace(
        state=state, line_codes=codes, line_numbers=numbers,
        stay_codes=torch.where(hidden("stay_codes"), of_stay, many.stay_codes),
        relations=many.relations.masked_fill(hidden("relations").repeat_interleave(p, 0), 0),
        row_limits=real(limits).masked_fill(hidden("row_limits"), 0),
    )  # fmt: skip


def values(now: Moment) -> dict[str, float]:
    """Last result of each kind, in its unit, and the age in years, where known at the moment."""
    last = known_values(now.seq.state[-1:])[0]
    return {name: round(float(value), 2) for name, value in zip(FIELDS, last, strict=True) if not np.isnan(value)}


def there(now: Moment, model: Model) -> list[str]:
    """Things of which something is known at the moment; the renal function is the eGFR where it is known, else the creatinine."""
    names = list(THINGS)
    cases = moments(now, model, names, np.vstack([np.ones(len(names), bool), ~np.eye(len(names), dtype=bool)]))
    size = len(names) + 1
    differs = torch.zeros(size, dtype=torch.bool)
    for part in Thing._fields:
        each = getattr(cases, part).reshape(size, -1)
        differs |= (each != each[0]).any(1)
    said_twice = "creatinine" if "egfr" in values(now) else "egfr"
    return [name for name, moved in zip(names, differs[1:].tolist(), strict=True) if moved and name != said_twice]


def things_known(now: Moment, model: Model, names: list[str]) -> Logits:
    """Logits of the alert where only some of the things are known."""

    def logits(present: np.ndarray) -> np.ndarray:
        with LOCK, torch.inference_mode():
            return model.network(moments(now, model, names, present)).line[:, now.kind].numpy().astype(float)

    return remembered(logits)


def shapley(now: Moment, model: Model) -> Shares:
    """Shares of what is known: they add up to the logit less that of the line of whose patient and dose nothing is."""
    names = there(now, model)
    return shared(names, things_known(now, model, names))
