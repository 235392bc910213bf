"""Ways to explain an alert, side by side: does the culprit come first, is it faithful, how long does it take.

``python -m tests.benchmarks.explanations --json``: alerts of several lines whose culprit the simulator knows, on
invented stays that no shipped network was trained on; ``known``: what is known of line and patient, by two methods judged
alike on alerts as they come. ``p50_ms`` is the wall clock, ``p50_cpu_ms`` that of the processor on one thread: their ratio
says how busy the machine was. ``explain`` is the whole explanation with its gate, on the alerts as they come (``alerts``)
and on stays of 40 lines all active at once (``forty_lines``).
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
from core.detection import features, scoring
from core.detection import model as models
from core.detection.explain import explained, gate, known, removal
from core.detection.explain.attribution import LIMIT, Attributions, attribute, by_feature, by_line, ordinary
from core.detection.explain.faithfulness import Faithfulness, measure
from core.detection.explain.methods import METHODS
from core.detection.explain.moment import Moment, moment
from core.detection.explain.sampling import STABLE, Shares
from core.detection.model import Model
from core.detection.remedies import Remedy
from core.detection.sequences import prepare
from core.detection.splits import taken
from core.detection.whatif import try_out
from core.schema import SEPARATOR
from core.simulator import HOSPITALS, simulate

FORTY = 40
SECOND = (20,)  # steps from the second baseline: enough for the shape of the bars


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


def passes(name: str, now: Moment, model: Model, values: dict[str, float]) -> tuple[Faithfulness, bool]:
    """How faithful shares of lines are, and whether they pass the checks of the gate that a method can fail."""
    faith, drawn = measure(values, removal.lines_there(now, model)), (values, values)
    if gate.order_gap(now, model, float(row_logit(now, model))) > gate.ORDER:
        return faith, False
    if name == "integrated_gradients":
        found = attribute(model.network, now)
        if found.relative_delta > LIMIT:
            return faith, False
        drawn = tuple(by_line(now, each) for each in (found, attribute(model.network, now, ordinary, SECOND)))
    if name == "shapley":
        drawn = removal.shapley(now, model).drawn
    return faith, judged(values, drawn, faith)


def judged(values: dict[str, float], drawn: tuple[dict[str, float], ...], faith: Faithfulness) -> bool:
    """Whether shares are faithful and drawn alike; that they add up is asked of Shapley values alone."""
    return Shares(values, drawn).likeness >= STABLE and gate.unfaithful(faith, "nothing") == ""


def by_thing(now: Moment, found: Attributions) -> dict[str, float]:
    """Integrated gradients summed by what is known: a limit that the age or the kidney sets is part of its cause."""
    of = {name: "egfr" if "_kidney" in name else "age" for name in features.LIMITS if "_other" not in name}
    for names, part in ((features.LINE_NUMBERS, "line_numbers"), (features.LIMITS, "row_limits")):
        of |= {names[i]: thing for thing, columns in known.THINGS.items() for i in getattr(columns, part)}
    of |= {"line_ward": "ward"} | ({"creatinine": "egfr"} if "egfr" in known.values(now) else {})
    shares = dict.fromkeys(known.THINGS, 0.0)
    for name, share in by_feature(now, found).items():
        if of.get(name, name) in shares:
            shares[of.get(name, name)] += share
    return shares


def of_things(name: str, now: Moment, model: Model) -> tuple[dict[str, float], tuple[dict[str, float], ...], bool]:
    """Shares of what is known at the moment, the sets whose likeness is asked, and whether they add up."""
    if name == "shapley":
        found = known.shapley(now, model)
        return found.values, found.drawn, True
    first, second = attribute(model.network, now), attribute(model.network, now, ordinary, SECOND)
    there = known.there(now, model)
    values, other = ({thing: by_thing(now, each)[thing] for thing in there} for each in (first, second))
    return values, (values, other), first.relative_delta <= LIMIT


def known_things(name: str, moments: list[Moment], model: Model) -> dict:
    """A method on what is known: how faithful it is, and in how many alerts it could be shown."""
    faiths, passed, wall = [], [], []
    for now in moments:
        (values, drawn, adds), milliseconds, _ = timed(lambda now=now: of_things(name, now, model))
        faith = measure(values, known.things_known(now, model, list(values)))
        faiths.append(faith)
        passed.append(adds and judged(values, drawn, faith))
        wall.append(milliseconds)
    moved = [each for each in faiths if each.comprehensiveness is not None]
    return {
        "method": name, "n": len(moments), "does_nothing": round(1 - len(moved) / len(faiths), 3),
        "comprehensiveness": round(statistics.median(each.comprehensiveness for each in moved), 3),
        "sufficiency": round(statistics.median(each.sufficiency for each in moved), 3),
        "passes_gate": round(float(np.mean(passed)), 3), "p50_ms": round(statistics.median(wall), 1),
    }  # fmt: skip


def row_logit(now: Moment, model: Model) -> float:
    with torch.inference_mode():
        return float(model.network(now.batch).line[0, now.kind])


def one_method(name: str, moments: list[tuple[Moment, set[str]]], model: Model) -> dict:
    first, faiths, passed, wall, cpu = [], [], [], [], []
    for now, names in moments:
        values, a, b = timed(lambda now=now: METHODS[name](now, model))
        first.append(max(values, key=values.get) in names)
        faith, shown = passes(name, now, model, values)
        faiths.append(faith)
        passed.append(shown)
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


def crowded(tables: Tables, alert: dict, many: int = FORTY, instants: int = 12) -> Tables:
    """The stay of an alert with lines of other stays, begun at so many ``instants``, until ``many`` are active at its own."""
    stay, at = taken(tables, frozenset([alert["stay_id"]])), pd.Timestamp(alert["at"])
    mine = stay.lines[(stay.lines["started_at"] <= at) & ~(stay.lines["ended_at"] <= at)]
    others = tables.lines[tables.lines["stay_id"] != alert["stay_id"]].head(many - len(mine))
    hours = pd.to_timedelta(np.arange(len(others)) % instants + 1, "h")
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
        stay = crowded(tables, alert)
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
    whole_seq = prepare(tables, model.words)
    moments = [(moment(whole_seq, row), names) for row, names in cases]
    moments = [(now, names) for now, names in moments if len(now.partners) > 1 and names & set(now.partners)]
    apart = {
        scope: [moment(whole_seq, row) for row in some.to_dict("records")]
        for scope, some in alerts.sample(min(2 * most, len(alerts)), random_state=1).groupby(
            alerts["error_type"].map(lambda kind: "several" if gate.carried_by_lines(kind) else "one"))
    }  # fmt: skip
    every = alerts.sample(min(most, len(alerts)), random_state=0).to_dict("records")
    return {
        "model": model.id, "hospital": name, "threads": torch.get_num_threads(), "stays": stays,
        "methods": [one_method(each, moments, model) for each in METHODS],
        "known": {scope: [known_things(each, some, model) for each in ("shapley", "integrated_gradients")]
                  for scope, some in apart.items()},
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
