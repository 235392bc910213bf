"""What copies of a stay that share its lines and pairs save an explanation, beside copies excerpted and assembled anew.

``python -m tests.benchmarks.copies --json``: the same alerts explained both ways by turns, in the processor's milliseconds
on one thread; ``long`` are alerts of the MIMIC-III demo (``../shared/data/mimic3-demo``) with many lines beside theirs,
``invented`` those of invented stays as they come, each of another stay, ``crowded`` the first of them with lines of other
stays until 95 are active, begun at 60 instants. ``ratio`` is the median of the alerts' own ratios,
``furthest`` the largest difference between two bars (they are told to five decimals), ``same_bars`` whether the same are shown.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from core.data.store import Tables, read_all
from core.detection import model as models
from core.detection import scoring
from core.detection.batches import assemble
from core.detection.excerpt import excerpt
from core.detection.explain import explained_at, known, pairs, removal
from core.detection.explain.copies import Stay
from core.detection.explain.moment import Moment, moment
from core.detection.model import LOCK, Model
from core.detection.sequences import Sequences, prepare
from core.detection.splits import taken
from core.settings import Workspace
from tests.benchmarks.explanations import crowded, hospital
from tests.benchmarks.real_lines import imported

BESIDE = 60  # lines: from here on a stay is long
CROWD = (95, 60)  # lines active at the alert's instant, and instants at which they began
THRESHOLD = 0.05  # of alerts of the demo, whose own chances are low


def excerpted(seq: Sequences, kept: np.ndarray, model: Model, line: str = "") -> tuple[np.ndarray, np.ndarray]:
    """(R, types) logits at the last instant, of one line or of all, and the copy of each row."""
    cut = excerpt(seq, 0, len(seq.times) - 1, kept)
    last = np.zeros(len(cut.times), dtype=bool)
    last[cut.stay_instants[1:] - 1] = True
    asked = cut.line_ids == line if line else np.ones(len(cut.line_ids), dtype=bool)
    batch, rows, _ = assemble(cut, np.arange(len(kept)), lambda each: last[each.instant] & asked[each.line])
    with LOCK, torch.inference_mode():
        return model.network(batch).line.numpy(), np.searchsorted(cut.stay_lines, rows.line, side="right") - 1


def row_logits(stay: Stay, kind: int, model: Model, kept: np.ndarray) -> np.ndarray:
    line = str(stay.seq.line_ids[int(stay.batch.row_line[0])])
    parts = np.split(kept, range(removal.COPIES, len(kept), removal.COPIES))
    return np.concatenate([excerpted(stay.seq, each, model, line)[0][:, kind] for each in parts]).astype(float)


def pooled(now: Sequences, kind: int, model: Model, removed: list[frozenset[str]]) -> np.ndarray:
    logits, copy = excerpted(now, np.array([[name not in gone for name in now.line_ids] for gone in removed]), model)
    total = np.full(len(removed), pairs.NOTHING)
    np.add.at(total, copy, np.exp(logits[:, kind]))
    return np.log(total)


@contextmanager
def anew() -> Iterator[None]:
    """Every copy excerpted, assembled and read anew, every case asked as often as it comes."""
    ways = [(removal, "logits_with", row_logits), (pairs, "logits_without", pooled),
            (removal, "stay_of", lambda now, model: Stay(now.seq, now.batch, *[None] * 3))]  # fmt: skip
    with ExitStack() as stack:
        for module, name, way in [*ways, *((room, "remembered", lambda logits: logits) for room in (removal, known))]:
            stack.enter_context(patch.object(module, name, way))
        yield


def timed(now: Moment, alert: dict, model: Model, way: Callable) -> tuple[dict, float]:
    with way():
        began = time.process_time()
        return explained_at(now, alert, model), 1000 * (time.process_time() - began)


def bars(why: dict) -> dict[str, float]:
    named = {bar.get("line_id") or bar["name"]: bar["attribution"] for bar in (*why["lines"], *why["features"])}
    return named | {f"{pair['a']}+{pair['b']}": pair["effect"] for pair in why["pairs"]}


def beside(cases: list[tuple[Moment, dict]], model: Model) -> dict:
    before, after, furthest, same = [], [], 0.0, True
    for turn, (now, alert) in enumerate(cases):
        ways = [(anew, before), (nullcontext, after)]
        told = []
        for way, into in ways if turn % 2 else ways[::-1]:
            why, milliseconds = timed(now, alert, model, way)
            told.append(bars(why))
            into.append(milliseconds)
        same &= told[0].keys() == told[1].keys()
        furthest = max([furthest, *(abs(told[0][name] - told[1][name]) for name in told[0].keys() & told[1].keys())])
    return {
        "alerts": len(cases), "lines_beside_p50": int(statistics.median(len(now.partners) for now, _ in cases)),
        "instants_p50": int(statistics.median(len(now.seq.times) for now, _ in cases)),
        "anew_p50_cpu_ms": round(statistics.median(before), 1), "shared_p50_cpu_ms": round(statistics.median(after), 1),
        "ratio": round(statistics.median(a / b for a, b in zip(before, after, strict=True)), 2),
        "furthest": round(furthest, 6), "same_bars": bool(same),
    }  # fmt: skip


def moments(tables: Tables, model: Model, least: int, most: int) -> list[tuple[Moment, dict]]:
    """One alert a stay, the riskiest with so many lines beside it; the first one is explained once before it counts."""
    alerts = scoring.score(tables, model, threshold=THRESHOLD if least else None, rules=False).alerts
    found = []
    for _, some in alerts.groupby("stay_id", sort=False):
        seq = prepare(taken(tables, frozenset([some["stay_id"].iloc[0]])), model.words)
        each = ((moment(seq, alert), alert) for alert in some.head(20).to_dict("records"))
        found += [case for case in each if len(case[0].partners) >= least][:1]
        if len(found) == most:
            break
    explained_at(*found[0], model)
    return found


def measure(kind: str, stays: int, most: int) -> dict:
    model = models.shipped(kind)
    with tempfile.TemporaryDirectory() as folder:
        real = read_all(imported(Workspace(Path(folder)).path))
    tables = hospital("main", stays, 880011)[0]
    invented = moments(tables, model, 0, most)
    full = [(moment(prepare(crowded(tables, alert, *CROWD), model.words), alert), alert) for _, alert in invented[: most // 2]]
    populations = {"long": moments(real, model, BESIDE, most), "crowded": full, "invented": invented}
    found = {name: beside(cases, model) for name, cases in populations.items()}
    return {"model": model.id, "threads": torch.get_num_threads()} | found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="lstm")
    parser.add_argument("--stays", type=int, default=300)
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print(json.dumps(measure(options.model, options.stays, options.most), indent=None if options.json else 1))
