"""From stays to alerts: one an alerted line, at the instant where its problem arises, with its partners."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data import store
from core.data.check import conform
from core.detection import features
from core.detection.model import Model, calibrated
from core.detection.origins import with_rules
from core.detection.predict import LOW, LineScores, score_lines
from core.detection.sequences import Sequences, prepare
from core.schema import ALERTS, SEPARATOR, kind_of
from core.settings import Workspace

PARTNERS = 4  # lines named beside the index line, at most
SHARE = 0.15  # of the odds of the strongest pair, under which a partner is not named
ALONE = ("2.4",)  # a corrector that is missing: the problem is what is not beside the line
TYPES_SHOWN = 4
STAYS_A_BATCH = 512


@dataclass(frozen=True)
class Outcome:
    """The alerts, and how many lines were scored in how many seconds."""

    alerts: pd.DataFrame
    lines: int
    seconds: float


def sigmoid(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def alert_id(model_id: str, line_id: str, at: object, error_type: str) -> str:
    return hashlib.sha256(f"{model_id}|{line_id}|{at}|{error_type}".encode()).hexdigest()[:16]


def named(order: np.ndarray, odds: np.ndarray, error_type: str) -> np.ndarray:
    """Partners to name, strongest first; none where nobody knows what any of them is."""
    if not len(order) or odds[order[0]] <= np.exp(LOW):
        return order[:0]
    kept = order[odds[order] >= SHARE * odds[order[0]]][:PARTNERS]
    return kept if error_type not in ALONE or odds[order[0]] > 1 else kept[:0]


def one_alert(model: Model, seq: Sequences, found: LineScores, line: int, score: float) -> dict:
    """The alert of one line, codes only; its level is for the rules to say (core.detection.origins)."""
    kind = int(found.types[line].argmax())
    error_type, stay = features.TYPES[kind], int(np.searchsorted(seq.stay_lines, line, side="right") - 1)
    low, high = np.searchsorted(found.partner_of, [line, line + 1])
    partner, pair = found.partner[low:high], found.pair[low:high].astype(float)
    column = features.SEVERAL.index(kind) if kind in features.SEVERAL else None
    strength = pair[:, column] if column is not None else pair.max(1, initial=-20)
    order = np.argsort(-strength, kind="stable")
    culprits = partner[named(order, np.exp(strength), error_type)] if column is not None else partner[:0]
    at = pd.Timestamp(int(seq.times[found.instant[line]]), unit="us")
    pairs = [{"line_id": seq.line_ids[partner[i]], "score": round(float(sigmoid(strength[i])), 4),
              "error_type": features.TYPES[features.SEVERAL[int(pair[i].argmax())]]} for i in order]  # fmt: skip
    types = [{"error_type": features.TYPES[i], "score": round(float(sigmoid(found.types[line, i])), 4)}
             for i in np.argsort(-found.types[line])[:TYPES_SHOWN]]  # fmt: skip
    name = seq.line_ids[line]
    return {
        "alert_id": alert_id(model.id, name, at, error_type), "stay_id": seq.stay_ids[stay], "line_id": name,
        "partner_line_ids": SEPARATOR.join(seq.line_ids[culprits]), "at": at, "error_type": error_type, "score": score,
        "origin": "model", "model_id": model.id, "level": None,
        "detail": json.dumps({"pairs": pairs, "types": types, "logit": round(float(found.any[line]), 4)}),
    }  # fmt: skip


def alerts_of(model: Model, tables, threshold: float | None = None) -> tuple[pd.DataFrame, int]:
    """Alerts of some stays, and how many lines were scored."""
    if not len(tables.lines):
        return conform(ALERTS, pd.DataFrame(columns=ALERTS.names)), 0
    seq = prepare(tables, model.words)
    found = score_lines(model, seq)
    score = calibrated(model, "any", found.any)
    flagged = seq.named & (score >= (model.card["threshold"]["score"] if threshold is None else threshold))
    rows = [one_alert(model, seq, found, int(line), float(score[line])) for line in np.flatnonzero(flagged)]
    return conform(ALERTS, pd.DataFrame(once(rows), columns=ALERTS.names)), len(seq.line_ids)


def once(rows: list[dict]) -> list[dict]:
    """One alert for one kind of problem of the same lines at the same instant, in the order of the lines: the riskiest of those
    that name each other, the first by its line's name among equals."""
    found: dict[tuple, dict] = {}
    for row in sorted(rows, key=lambda row: (-row["score"], row["line_id"])):
        lines = frozenset((row["line_id"], *row["partner_line_ids"].split(SEPARATOR))) - {""}
        found.setdefault((row["stay_id"], row["at"], kind_of(row["error_type"]), lines), row)
    chosen = {row["line_id"] for row in found.values()}
    return [row for row in rows if row["line_id"] in chosen]


def streamed(source: Workspace | store.Tables | Iterable) -> tuple[Iterator, int]:
    """Batches of stays, and how many lines are to come (0 where nobody knows)."""
    if isinstance(source, Workspace):
        return store.stream(source, STAYS_A_BATCH), store.counts(source)["lines"]
    if isinstance(source, store.Tables):
        return iter((source,)), len(source.lines)
    return iter(source), 0


def score(  # noqa: PLR0913
    source: Workspace | store.Tables | Iterable,
    model: Model,
    tell: Callable[..., None] = lambda **_: None,
    threshold: float | None = None,
    rules: bool = True,
) -> Outcome:
    """Every alert of a workspace or of a stream of tables, at constant memory but for the alerts.

    ``rules`` marks the alerts that a rule gives too and adds the strong ones that only a rule gives; its time
    is not counted in ``seconds``.
    """
    batches, total = streamed(source)
    seconds, done, found = 0.0, 0, []
    for tables in batches:
        began = time.perf_counter()
        alerts, lines = alerts_of(model, tables, threshold)
        seconds += time.perf_counter() - began
        found.append(with_rules(tables, alerts) if rules else alerts)
        done += lines
        tell(stage="score", done=done, total=max(total, done))
    alerts = pd.concat(found, ignore_index=True) if found else conform(ALERTS, pd.DataFrame(columns=ALERTS.names))
    return Outcome(alerts.sort_values("score", ascending=False, ignore_index=True), done, seconds)
