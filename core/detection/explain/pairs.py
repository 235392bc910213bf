"""What two lines do together that neither does alone, by taking lines away and asking again."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from core.detection.batches import assemble
from core.detection.explain.moment import until
from core.detection.model import LOCK, Model
from core.detection.sequences import prepare
from core.schema import ERROR_TYPES

NOTHING = float(np.exp(-7.0))  # odds of an instant where no line can be an error: under one in a thousand


def renamed(frame: pd.DataFrame, stay: str, gone: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Rows of one stay under another id, some lines taken away."""
    if gone:
        frame = frame[~frame["line_id"].isin(gone)]
    return frame.assign(stay_id=stay)


def variants(past, removed: Sequence[frozenset[str]]):
    """One stay many times, each time without the lines of one set: lines removed, not zeroed."""
    names = [f"{number:04d}" for number in range(len(removed))]
    lines = [renamed(past.lines, name, gone) for name, gone in zip(names, removed, strict=True)]
    lines = [frame.assign(line_id=name + "/" + frame["line_id"]) for name, frame in zip(names, lines, strict=True)]
    copies = {
        table: pd.concat([renamed(getattr(past, table), name) for name in names], ignore_index=True)
        for table in ("stays", "observations")
    }
    return replace(past, lines=pd.concat(lines, ignore_index=True), **copies)


def logits_without(past, error_type: str, model: Model, removed: Sequence[frozenset[str]]) -> np.ndarray:
    """(sets,) logit that some line active at the last instant is an error of the type, without each set of lines."""
    seq = prepare(variants(past, removed), model.words)
    ends = seq.stay_instants[1:] - 1
    at_end = np.zeros(len(seq.times), dtype=bool)
    at_end[ends] = True
    batch, rows, _ = assemble(seq, np.arange(len(seq.stay_ids)), lambda each: at_end[each.instant])
    with LOCK, torch.inference_mode():
        odds = model.network(batch).line[:, ERROR_TYPES.index(error_type)].exp().numpy()
    total = np.full(len(removed), NOTHING)
    stay = np.searchsorted(seq.stay_lines, rows.line, side="right") - 1
    np.add.at(total, seq.stay_ids.astype(int)[stay], odds)
    return np.log(total)


def pair_effects(tables, alert, model: Model, pairs: Sequence[tuple[str, str]]) -> list[dict]:
    """How much two lines raise the logit together beyond what each does alone; 0 is no interaction.

    f(all) - f(-a) - f(-b) + f(-ab) on the pooled logit of the alert's error type at its instant.
    """
    past = until(tables, alert["stay_id"], pd.Timestamp(alert["at"]))
    sets = [frozenset()]
    for a, b in pairs:
        sets += [frozenset({a}), frozenset({b}), frozenset({a, b})]
    distinct = list(dict.fromkeys(sets))
    found = dict(zip(distinct, logits_without(past, alert["error_type"], model, distinct), strict=True))
    whole = found[frozenset()]
    return [
        {"a": a, "b": b,
         "effect": round(float(whole - found[frozenset({a})] - found[frozenset({b})] + found[frozenset({a, b})]), 5)}
        for a, b in pairs
    ]  # fmt: skip
