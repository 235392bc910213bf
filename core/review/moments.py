"""The risk of every line up to every instant of a stay, as the network of an alert sees it: what a moved cursor shows."""

import numpy as np

from core.data.store import read_stay
from core.knowledge.doses import limits
from core.knowledge.ledger import ledger
from core.review.trial import network_for
from core.settings import Workspace

PAIR_SHOWN = 0.2  # a pair under this is not tied by an arc when the cursor moves
DIGITS = 4


def moments(workspace: Workspace, alert: dict) -> dict:
    """``times`` (ms) of the stay's instants; ``risk`` rows (instant, line_id, probability); ``pairs`` rows
    (instant, line_id, partner, probability). At each instant nothing later is read.

    The network says at each instant what is new; the risk of a line is of all that has come up since it began, as in the queue,
    which counts the instants to come too.
    """
    from core.detection.model import calibrated
    from core.detection.predict import anything, nothing, scored, so_far
    from core.detection.sequences import prepare

    model = network_for(workspace, alert)
    seq = prepare(read_stay(workspace, alert["stay_id"]), model.words)
    risks, pairs = [], []
    for found in scored(model, seq):
        risk = calibrated(model, "any", anything(so_far(found.rows.line, nothing(found.line)))).round(DIGITS)
        risks += zip(found.rows.instant.tolist(), seq.line_ids[found.rows.line], risk.tolist(), strict=True)
        strength = 1 / (1 + np.exp(-found.pair.max(1, initial=-20.0).astype(float)))
        for i in np.flatnonzero(strength >= PAIR_SHOWN):
            row = int(found.partners.row[i])
            ids = seq.line_ids[found.rows.line[row]], seq.line_ids[found.partners.line[i]]
            pairs.append((int(found.rows.instant[row]), *ids, round(float(strength[i]), DIGITS)))
    return {"model_id": model.id, "times": (seq.times // 1000).tolist(), "risk": risks, "pairs": pairs}


def ledgers(workspace: Workspace, stay_id: str) -> list[dict]:
    """mg a day of every substance of a stay over time, beside its maximum (None where no source fixes one)."""
    lines = read_stay(workspace, stay_id).lines
    found = ledger(lines)
    routes = {key: set(lines["route"][lines["substances"].fillna("").str.split("+").map(lambda keys, key=key: key in keys)])
              for key in found["substance"].unique()}  # fmt: skip
    return [
        {"substance": key, "spans": [span_of(row) for row in spans.itertuples()], **bound(key, routes[key])}
        for key, spans in found.groupby("substance", sort=True)
    ]


def span_of(row) -> dict:  # noqa: ANN001
    """One span of constant dose; ``known`` False when a line's dose cannot be said, then both are the least."""
    since, until = (round(when.timestamp() * 1000) for when in (row.since, row.until))
    return {"since": since, "until": until, "low": float(row.mg_low), "high": float(row.mg_high),
            "known": not row.unknown_lines}  # fmt: skip


def bound(key: str, routes: set[str]) -> dict:
    """The least of the maxima of the routes at which a substance is written, with its source."""
    found = [each for route in sorted(routes) if (each := limits(key, route)) and each.maximum]
    least = min(found, key=lambda each: each.maximum, default=None)
    return {"maximum": least and least.maximum, "source": least.source if least else ""}
