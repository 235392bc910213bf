"""What a remedy would change: risks, pairs and mg a day at one instant, today beside tomorrow."""

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
import torch

from core.data.store import Tables
from core.detection import features
from core.detection.batches import assemble
from core.detection.model import LOCK, Model, calibrated
from core.detection.predict import Scored, anything, nothing, of_named
from core.detection.remedies import ADDED, INTERVENTION, UNSEEN, Remedy, applied, joined, known_at
from core.detection.sequences import Sequences, prepare
from core.detection.standing import below_usual, listed_pairs, situation_at, standing, sure_levels
from core.errors import Refusal
from core.knowledge.checks.amounts import ledger_of
from core.knowledge.checks.patient import holding, holding_at
from core.knowledge.checks.situation import Situation, situation_of
from core.knowledge.names import own_key
from core.knowledge.state import Limit, limit_of
from core.schema import ERROR_TYPES, LOCAL_ROUTES, SEPARATOR

TYPES_SHOWN = 4
PAIRS_SHOWN = 5
TODAY, TOMORROW = "0", "1"  # names of the two days as stays, and the first letter of their lines
RISES = 0.05  # a risk that rises by less on another line is not told: under the width of most steps of calibration


@dataclass(frozen=True)
class Look:
    """A stay from one instant on: the highest calibrated ``risk`` (lines,), ``types`` (lines, types) and ``pairs`` as
    probabilities, each pair by the sorted ids of its lines."""

    lines: list[str]
    risk: np.ndarray
    types: np.ndarray
    pairs: dict[tuple[str, str], float]


def sigmoid(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit.astype(float)))


def day(tables: Tables, at: pd.Timestamp, name: str) -> Tables:
    """The stay under another name, its lines too, with a moment at ``at``: asked about whatever was taken away."""
    tick = {"observation_id": "tick", "stay_id": tables.stays["stay_id"].iloc[0], "kind": "", "observed_at": at}
    lines, seen = tables.lines, joined(tables.observations, tick)
    return Tables(tables.stays.assign(stay_id=name), lines.assign(stay_id=name, line_id=name + lines["line_id"]),
                  seen.assign(stay_id=name), tables.interventions)  # fmt: skip


def side_by_side(now: Tables, after: Tables, at: pd.Timestamp) -> Tables:
    """Both days as two stays, TODAY first, so that they are prepared and scored at once."""
    one, other = (day(tables, at, name) for tables, name in ((now, TODAY), (after, TOMORROW)))
    names = ("stays", "lines", "observations", "interventions")
    return Tables(**{name: pd.concat([getattr(one, name), getattr(other, name)], ignore_index=True) for name in names})


def looks(both: Tables, at: pd.Timestamp, kind: int, model: Model) -> tuple[Look, Look]:
    """Every line active at ``at`` or after, with its pairs, on each day.

    After ``at`` there is only the start of a line put off. A line raises most of its problems where it begins, so
    that it is read there too: at ``at`` alone its problem would seem gone for having been put off.
    """
    if model.network is None:
        raise Refusal("model_not_explained", model=model.id)
    seq = prepare(both, model.words)
    asked = seq.times >= np.datetime64(at, "us").astype(np.int64)
    days = np.arange(len(seq.stay_ids))  # no TOMORROW where nothing is left
    batch, rows, partners = assemble(seq, days, lambda each: asked[each.instant])
    with LOCK, torch.inference_mode():
        scores = model.network(batch)
    found = of_named(seq, Scored(rows, scores.line.numpy(), partners, scores.pair.numpy()))
    line, pair = found.line, found.pair.astype(float)
    column = features.SEVERAL.index(kind) if kind in features.SEVERAL else None
    strength = sigmoid(pair[:, column] if column is not None else pair.max(1, initial=-20))
    of, later = rows.line[partners.row], seq.stay_lines[1]

    def one(mine: np.ndarray, beside_mine: np.ndarray) -> Look:
        begin = np.flatnonzero(np.diff(rows.line[mine], prepend=-1))  # rows of a line follow one another
        names = [str(name)[1:] for name in seq.line_ids[rows.line[mine][begin]]]
        risk = calibrated(model, "any", anything(nothing(line[mine])))
        risk, types = (np.maximum.reduceat(each, begin) for each in (risk, sigmoid(line[mine])))
        found = of[beside_mine], partners.line[beside_mine], strength[beside_mine]
        return Look(names, risk, types, pairs_of(seq, *found))

    return one(rows.line < later, of < later), one(rows.line >= later, of >= later)


def pairs_of(seq: Sequences, of: np.ndarray, other: np.ndarray, strength: np.ndarray) -> dict[tuple[str, str], float]:
    """Score of each pair of line ids, the stronger of its two directions."""
    scores: dict[tuple[str, str], float] = {}
    for i, j, value in zip(of, other, strength, strict=True):
        pair = tuple(sorted((str(seq.line_ids[i])[1:], str(seq.line_ids[j])[1:])))
        scores[pair] = max(scores.get(pair, 0.0), float(value))
    return scores


def culprits_of(alert) -> list[str]:
    partners = alert["partner_line_ids"]
    return [alert["line_id"], *(partners.split(SEPARATOR) if isinstance(partners, str) and partners else ())]


def try_out(tables: Tables, alert, remedy: Remedy | None, model: Model) -> dict:
    """Today and tomorrow of one alert of a stay, ready for JSON; without a remedy tomorrow is today.

    ``risk`` is the highest calibrated risk among the lines of the problem that are still active (and what the
    remedy adds), ``types`` the probabilities of the problem's types, ``pairs`` of two lines, ``rises`` other
    lines whose risk goes up, ``ledger`` mg a day, ``stands`` and ``below`` what the rules hold against the remedy
    (core.detection.standing). Nothing after the alert's instant is read.
    """
    at, kind = pd.Timestamp(alert["at"]), ERROR_TYPES.index(alert["error_type"])
    now = known_at(tables, at)
    after = applied(tables, remedy, at) if remedy else now
    both = side_by_side(now, after, at)
    today, tomorrow = looks(both, at, kind, model)
    concerned = [*culprits_of(alert), ADDED]
    amounts = ledger_beside(both, at, concerned, remedy)
    checked = situation_at(both, at)
    listed = listed_pairs(checked, [which + name for which in (TODAY, TOMORROW) for name in concerned])
    return {
        "model_id": model.id, "at": at.isoformat(), "remedy": remedy.kind if remedy else "",
        "intervention_type": INTERVENTION[remedy.kind] if remedy else "", "line_id": remedy.line_id if remedy else "",
        "seen_by_model": not remedy or remedy.kind not in UNSEEN,
        "risk": beside(*(highest(each, concerned) for each in (today, tomorrow))),
        "types": types_beside(today, tomorrow, concerned, kind), "pairs": pairs_beside(today, tomorrow, concerned, sure_levels(listed)),
        "rises": rises(today, tomorrow, concerned), "ledger": amounts,
        "stands": standing(checked, at, [TOMORROW + name for name in concerned], listed), "below": below_usual(amounts, after, at),
    }  # fmt: skip


def beside(today: float, tomorrow: float) -> dict:
    return {"today": round(float(today), 4), "tomorrow": round(float(tomorrow), 4)}


def rows_of(seen: Look, names: list[str]) -> list[int]:
    return [i for i, name in enumerate(seen.lines) if name in names]


def highest(seen: Look, names: list[str]) -> float:
    """0 when none of the lines is active any more."""
    return float(seen.risk[rows_of(seen, names)].max(initial=0.0))


def types_beside(today: Look, tomorrow: Look, names: list[str], kind: int) -> list[dict]:
    """The alert's type first, then the strongest of today or tomorrow."""
    each = [seen.types[rows_of(seen, names)].max(0, initial=0.0) for seen in (today, tomorrow)]
    order = [kind, *(int(i) for i in np.argsort(-np.maximum(*each)) if i != kind)][:TYPES_SHOWN]
    return [{"error_type": ERROR_TYPES[i], **beside(each[0][i], each[1][i])} for i in order]


def pairs_beside(today: Look, tomorrow: Look, names: list[str], levels: dict) -> list[dict]:
    """The strongest pairs with a line of the problem; 0 where a pair is no more or was not yet, its level empty."""
    both = {pair: (today.pairs.get(pair, 0.0), tomorrow.pairs.get(pair, 0.0))
            for pair in (*today.pairs, *tomorrow.pairs) if pair[0] in names or pair[1] in names}  # fmt: skip
    order = sorted(both, key=lambda pair: -max(both[pair]))[:PAIRS_SHOWN]
    return [{"a": a, "b": b, **beside(*both[a, b]), "level_today": levels.get((TODAY + a, TODAY + b), ""),
             "level_tomorrow": levels.get((TOMORROW + a, TOMORROW + b), "")} for a, b in order]  # fmt: skip


def rises(today: Look, tomorrow: Look, names: list[str]) -> list[dict]:
    """Lines that are no part of the problem and whose risk goes up: what a remedy may cost."""
    before = dict(zip(today.lines, today.risk, strict=True))
    found = [{"line_id": name, **beside(before.get(name, 0.0), risk)}
             for name, risk in zip(tomorrow.lines, tomorrow.risk, strict=True)
             if name not in names and risk - before.get(name, 0.0) > RISES]  # fmt: skip
    return sorted(found, key=lambda row: row["today"] - row["tomorrow"])


# mg a day


def parts(lines: pd.DataFrame) -> pd.Series:
    return lines["substances"].astype(object).fillna("").str.split(SEPARATOR)


def ledger_beside(both: Tables, at: pd.Timestamp, names: list[str], remedy: Remedy | None) -> list[dict]:
    """Substances of the problem and of the remedy: mg a day beside the maximum of this patient (state.Limit; None where
    none is fixed), at ``at`` or where a line put off begins."""
    written = both.lines
    touched = [day + name for name in [*names, remedy.line_id if remedy else ""] for day in (TODAY, TOMORROW)]
    keys = parts(written)
    wanted = list(dict.fromkeys(key for each in keys[written["line_id"].isin(touched)] for key in each if key))
    mine = written[[not set(wanted).isdisjoint(each) for each in keys]]
    at = max(at, written["started_at"].max())
    situation = situation_of(replace(both, lines=mine))
    found, rules = daily_at(situation, at), holding_at(holding(situation), at)
    named = {key: own_key(key) for key in wanted}
    return [{"substance": key, "today": found.get((TODAY, named[key])), "tomorrow": found.get((TOMORROW, named[key])),
             **asdict(maximum_of(named[key], situation.drugs, rules, at))} for key in wanted]  # fmt: skip


def daily_at(situation: Situation, at: pd.Timestamp) -> dict[tuple[str, str], dict]:
    """Lowest and highest mg a day by day and substance at ``at``; ``known`` False when a line's dose cannot be said."""
    open_end = situation.drugs["ended_at"].fillna(at + pd.Timedelta(days=1))
    spans = ledger_of(replace(situation, drugs=situation.drugs.assign(ended_at=open_end)))
    here = spans[(spans["since"] <= at) & (spans["until"] > at)]
    return {(row.stay_id, row.substance): {"low": float(row.mg_low), "high": float(row.mg_high),
                                           "known": not row.unknown_lines} for row in here.itertuples()}  # fmt: skip


def maximum_of(key: str, drugs: pd.DataFrame, rules: pd.DataFrame, at: pd.Timestamp) -> Limit:
    """What the patient may have by the routes of tomorrow, or by those of today where nothing is left of them."""
    here = drugs[(drugs["substance"] == key) & (drugs["since"] <= at) & (drugs["until"] > at)]
    here = here[~here["route"].isin(LOCAL_ROUTES)]
    days = [here["route"][here["stay_id"] == day].tolist() for day in (TOMORROW, TODAY)]
    routes = next(filter(None, days), None)
    return limit_of(key, routes, rules) if routes else Limit(None, "")
