"""One value for all that an explanation is worked out from: where it stands, the explanation kept beside it still holds.

What is digested is what the network and the gate read of the stay up to the instant, never ids alone: a line written again
under its name, a result that came late or another dose make another value. Stays prepared together share numbers of
combinations and classes that hang on their company; what pairs read of them is digested instead.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version

import numpy as np
from torch import Tensor

from core.detection.batches import assemble
from core.detection.explain.moment import Moment
from core.detection.limits import RULED
from core.detection.model import Model
from core.settings import ROOT
from models.batch import Batch

CODE = ("models/*.py", "core/detection/**/*.py", "core/knowledge/conditions.py", "core/schema.py")
LIBRARIES = ("captum", "numpy", "torch")
DECIMALS = 6  # what stands beside a stay in a batch moves its highest values so far by some 1e-13


@cache
def code() -> str:
    """Digest of the sources that work an explanation out from its tensors, and of their libraries."""
    found = hashlib.sha256(" ".join(map(version, LIBRARIES)).encode())
    for path in sorted(path for pattern in CODE for path in ROOT.glob(pattern)):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def whole(now: Moment) -> Batch:
    """The stay with every line at its last instant as a row, so that all pairs that are ever asked about are there."""
    last = len(now.seq.times) - 1
    return assemble(now.seq, np.arange(1), lambda each: each.instant == last)[0]


def read(now: Moment) -> Iterator[np.ndarray]:
    """Arrays that an explanation reads: the batch, what removing lines asks of instants, and limits of every line."""
    yield from (part.numpy() for part in whole(now) if isinstance(part, Tensor))
    yield from (now.seq.hours, now.seq.observed, *(now.seq.line_traits[f"limit_{name}"] for name in RULED))
    yield now.seq.line_ids.astype(str)  # bars carry these names


def told(array: np.ndarray) -> bytes:
    """Type, shape and values; floats to DECIMALS, without a negative zero."""
    values = np.round(array, DECIMALS) + 0.0 if array.dtype.kind == "f" else array
    return f"{values.dtype.str}{values.shape}".encode() + np.ascontiguousarray(values).tobytes()


def digest(now: Moment, alert, model: Model) -> str:
    """Of an alert at its moment, with the model that is asked, its settings and the code that explains."""
    network = model.network
    asked = (code(), model.id, network.config, getattr(network, "reach", None), now.line_id, now.kind, alert.get("model_id"))
    found = hashlib.sha256(repr(asked).encode())
    for array in read(now):
        found.update(told(array))
    return found.hexdigest()[:32]
