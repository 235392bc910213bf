"""Ways to explain an alert, side by side: does the culprit come first, is it faithful, how long does it take.

``python -m tests.benchmarks.explanations --json``: alerts of several lines whose culprit the simulator knows, on
invented stays that no shipped network was trained on. ``p50_ms`` is the wall clock, ``p50_cpu_ms`` that of the
processor on one thread: their ratio says how busy the machine was. ``explain`` is the whole explanation with its
gate, on the alerts as they come (``alerts``) and on stays of 40 lines all active at once (``forty_lines``).
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from core.data.store import Tables
from core.detection import model as models
from core.detection import scoring
from core.detection.explain import explained, gate, removal
from core.detection.explain.attribution import LIMIT, attribute, by_line, ordinary
from core.detection.explain.faithfulness import measure
from core.detection.explain.methods import METHODS
from core.detection.explain.moment import Moment, moment
from core.detection.model import Model
from core.detection.remedies import Remedy
from core.detection.sequences import prepare
from core.detection.splits import taken
from core.detection.whatif import try_out
from core.schema import SEPARATOR
from core.simulator import HOSPITALS, simulate

FORTY = 40


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """What the work answers, its milliseconds by the wall clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def hospital(name: str, stays: int, seed: int) -> tuple[Tables, pd.DataFrame]:
    chunks = list(simulate(HOSPITALS[name], stays, seed))
    frames = {table: pd.concat([getattr(chunk.tables, table) for chunk in chunks], ignore_index=True)
              for table in ("stays", "lines", "observations", "interventions")}  # fmt: skip
    return Tables(**frames), pd.concat([chunk.truth for chunk in chunks], ignore_index=True)


def guilty(alerts: pd.DataFrame, truth: pd.DataFrame, most: int) -> list[tuple[dict, set[str]]]:
    """Alerts of several lines that are real, with the partners that the simulator holds responsible."""
    real = truth[truth["partner_line_ids"].fillna("") != ""]
    known = {(row.line_id, row.error_type): set(row.partner_line_ids.split(SEPARATOR)) for row in real.itertuples()}
    pairs = ((row, known.get((row["line_id"], row["error_type"]))) for row in alerts.to_dict("records"))
    return [(row, names) for row, names in pairs if names and gate.carried_by_lines(row["error_type"])][:most]


def passes(name: str, now: Moment, model: Model, values: dict[str, float], faith) -> bool:
    """The checks of the gate that a method can fail."""
    if gate.order_gap(now, model, float(row_logit(now, model))) > gate.ORDER:
        return False
    stability = 1.0
    if name == "integrated_gradients":
        found = attribute(model.network, now)
        if found.relative_delta > LIMIT:
            return False
        second = attribute(model.network, now, ordinary, gate.SECOND_STEPS)
        stability = removal.cosine(by_line(now, found), by_line(now, second))
    if name == "shapley":
        stability = removal.cosine(*removal.shapley(now, model).drawn)
    return not gate.lines_reason(faith, stability)


def row_logit(now: Moment, model: Model) -> float:
    with torch.inference_mode():
        return float(model.network(now.batch).line[0, now.kind])


def one_method(name: str, moments: list[tuple[Moment, set[str]]], model: Model) -> dict:
    first, faiths, passed, wall, cpu = [], [], [], [], []
    for now, names in moments:
        values, a, b = timed(lambda now=now: METHODS[name](now, model))
        faith = measure(now, model, values)
        first.append(max(values, key=values.get) in names)
        faiths.append(faith)
        passed.append(passes(name, now, model, values, faith))
        wall.append(a)
        cpu.append(b)
    judged = [each for each in faiths if each.comprehensiveness is not None]
    return {
        "method": name, "n": len(first), "culprit_first": round(float(np.mean(first)), 3),
        "culprit_first_95": interval(np.array(first)),
        "comprehensiveness": round(statistics.median(each.comprehensiveness for each in judged), 3),
        "sufficiency": round(statistics.median(each.sufficiency for each in judged), 3),
        "p50_ms": round(statistics.median(wall), 1), "p50_cpu_ms": round(statistics.median(cpu), 1),
        "passes_gate": round(float(np.mean(passed)), 3),
    }  # fmt: skip


def interval(values: np.ndarray, draws: int = 1000) -> list[float]:
    """95 % of bootstrap means."""
    picked = np.random.default_rng(0).integers(0, len(values), (draws, len(values)))
    return [round(float(each), 3) for each in np.quantile(values[picked].mean(1), [0.025, 0.975])]


def crowded(tables: Tables, alert: dict, model: Model) -> Tables:
    """The stay of an alert with lines of other stays, until forty are active at its instant."""
    stay, at = taken(tables, frozenset([alert["stay_id"]])), pd.Timestamp(alert["at"])
    mine = stay.lines[(stay.lines["started_at"] <= at) & ~(stay.lines["ended_at"] <= at)]
    others = tables.lines[tables.lines["stay_id"] != alert["stay_id"]].head(FORTY - len(mine))
    hours = pd.to_timedelta(np.arange(len(others)) % 12 + 1, "h")
    more = others.assign(stay_id=alert["stay_id"], started_at=at - hours, ended_at=pd.NaT)
    return replace(stay, lines=pd.concat([mine, more.astype(mine.dtypes)], ignore_index=True))


def whole(tables: Tables, alerts: list[dict], model: Model) -> dict:
    """The explanation as the product makes it: time, and why some have no bars."""
    reasons, wall, cpu = [], [], []
    for alert in alerts:
        seq = prepare(taken(tables, frozenset([alert["stay_id"]])), model.words)
        why, a, b = timed(lambda seq=seq, alert=alert: explained(seq, alert, model))
        reasons.append(why["reason"] or "trusted")
        wall.append(a)
        cpu.append(b)
    shares = {name: round(reasons.count(name) / len(reasons), 3) for name in sorted(set(reasons))}
    return {"n": len(alerts), **told(wall, cpu), "reasons": shares}


def forty(tables: Tables, alerts: list[dict], model: Model) -> dict:
    """Explanation and what-if where forty lines are active."""
    found: dict[str, list] = {"explain": [], "what_if": []}
    for alert in alerts:
        stay = crowded(tables, alert, model)
        seq = prepare(stay, model.words)
        found["explain"].append(timed(lambda seq=seq, alert=alert: explained(seq, alert, model))[1:])
        remedy = Remedy("stop", alert["line_id"])
        found["what_if"].append(timed(lambda stay=stay, alert=alert, r=remedy: try_out(stay, alert, r, model))[1:])
    return {name: told(*zip(*times, strict=True)) for name, times in found.items()}


def told(wall, cpu) -> dict:
    return {"p50_ms": round(statistics.median(wall), 1), "p95_ms": round(float(np.quantile(wall, 0.95)), 1),
            "p50_cpu_ms": round(statistics.median(cpu), 1)}  # fmt: skip


def measured(kind: str, name: str, stays: int, most: int) -> dict:
    model = models.shipped(kind)
    tables, truth = hospital(name, stays, 880011)
    alerts = scoring.score(tables, model, rules=False).alerts
    cases = guilty(alerts, truth, most)
    seq = prepare(taken(tables, frozenset(row["stay_id"] for row, _ in cases)), model.words)
    moments = [(moment(seq, row), names) for row, names in cases]
    moments = [(now, names) for now, names in moments if len(now.partners) > 1 and names & set(now.partners)]
    every = alerts.sample(min(most, len(alerts)), random_state=0).to_dict("records")
    return {
        "model": model.id, "hospital": name, "threads": torch.get_num_threads(), "stays": stays,
        "methods": [one_method(each, moments, model) for each in METHODS],
        "explain": {"alerts": whole(tables, every, model)},
        "forty_lines": forty(tables, [row for row, _ in cases[:15]], model),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--model", default="lstm")
    parser.add_argument("--hospital", default="main", choices=sorted(HOSPITALS))
    parser.add_argument("--stays", type=int, default=1500)
    parser.add_argument("--most", type=int, default=150)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    answer = measured(options.model, options.hospital, options.stays, options.most)
    print(json.dumps(answer, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
