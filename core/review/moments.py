"""The risk of every line up to every instant of a stay, as the network of an alert sees it: what a moved cursor shows."""

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pandas as pd

from core.data.store import read_stay
from core.knowledge.checks.amounts import ledger_of
from core.knowledge.checks.patient import holding, holding_at
from core.knowledge.checks.situation import situation_of
from core.knowledge.names import own_key
from core.knowledge.state import limit_of
from core.review.trial import network_for
from core.schema import LOCAL_ROUTES, SEPARATOR
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
        read = seq.named[found.rows.line]  # of the others nothing can be said, not that the risk is small
        of = found.rows.instant[read].tolist(), seq.line_ids[found.rows.line[read]]
        risks += zip(*of, risk[read].tolist(), strict=True)
        strength = 1 / (1 + np.exp(-found.pair.max(1, initial=-20.0).astype(float)))
        for i in np.flatnonzero(strength >= PAIR_SHOWN):
            row = int(found.partners.row[i])
            ids = seq.line_ids[found.rows.line[row]], seq.line_ids[found.partners.line[i]]
            pairs.append((int(found.rows.instant[row]), *ids, round(float(strength[i]), DIGITS)))
    return {"model_id": model.id, "times": (seq.times // 1000).tolist(), "risk": risks, "pairs": pairs}


def ledgers(workspace: Workspace, stay_id: str) -> list[dict]:
    """mg a day of every substance of a stay over time, each span beside the maximum that holds for the patient then."""
    tables = read_stay(workspace, stay_id)
    situation = situation_of(tables)
    drugs = situation.drugs[~situation.drugs["route"].isin(LOCAL_ROUTES)]
    rules, spans = holding(situation), ledger_of(situation)
    written = tables.lines["substances"].fillna("").str.split(SEPARATOR).explode()
    found = {key: bounded(mine, drugs[drugs["substance"] == key], rules[rules["substance"] == key])
             for key, mine in spans.groupby("substance")}  # fmt: skip
    return [{"substance": key, "spans": found[own_key(key)]} for key in sorted(set(written)) if own_key(key) in found]


def bounded(spans: pd.DataFrame, lines: pd.DataFrame, rules: pd.DataFrame) -> list[dict]:
    """Spans of one substance, parted where the rules that hold change."""
    turns, found = sorted({*rules["at"], *rules["till"]}), []
    for row in spans.itertuples():
        cuts = [row.since, *(turn for turn in turns if row.since < turn < row.until), row.until]
        for since, until in pairwise(cuts):
            here = lines[(lines["since"] <= since) & (lines["until"] > since)]
            limit = limit_of(row.substance, here["route"].tolist(), holding_at(rules, since))
            found.append(span_of(row, since, until) | asdict(limit))
    return found


def span_of(row, since: pd.Timestamp, until: pd.Timestamp) -> dict:  # noqa: ANN001
    """One span of constant dose; ``known`` False when a line's dose cannot be said, then both are the least."""
    begins, ends = (round(when.timestamp() * 1000) for when in (since, until))
    return {"since": begins, "until": ends, "low": float(row.mg_low), "high": float(row.mg_high),
            "known": not row.unknown_lines}  # fmt: skip
