"""Labels: what pharmacists said of lines, brought to the instants of the sequences.

A row (line, instant) is positive for a type when a pharmacist intervened on the line then, or before
anything else happened, or within ``horizon_hours`` after it, once every line of the problem was
there. What comes after the intervention is unknown, not negative: it weighs nothing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core.detection import features
from core.detection.batches import Partners, Rows
from core.detection.ragged import ranges
from core.detection.sequences import HOUR, Sequences, microseconds
from core.detection.vocabulary import components
from core.errors import Refusal
from core.schema import ERROR_TYPES

ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"  # ends an instant of ISO 8601 that has one
LABEL_COLUMNS = ("stay_id", "line_id", "at", "error_type", "partner_line_ids", "label", "weight", "source")


@dataclass(frozen=True)
class Targets:
    """One item a label: line, type (-1 every type), instants first to last, value 0 or 1, weight, partners."""

    line: np.ndarray  # (L,) sorted
    type: np.ndarray
    first: np.ndarray
    last: np.ndarray
    value: np.ndarray
    weight: np.ndarray
    partners: tuple[tuple[int, ...], ...]


def instant_at(seq: Sequences, stay: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Position of the last instant of ``stay`` at or before ``time``; its first instant when none is."""
    m = len(seq.times)
    of = np.repeat(np.arange(len(seq.stay_ids)), np.diff(seq.stay_instants))
    late = np.concatenate([np.zeros(m), np.ones(len(stay))])
    order = np.lexsort((late, np.concatenate([seq.times, time]), np.concatenate([of, stay])))
    reached = np.maximum.accumulate(np.where(order < m, order, -1))
    found = np.empty(len(order), dtype=np.int64)
    found[order] = reached
    return np.maximum(found[m:], seq.stay_instants[stay])


def targets(seq: Sequences, said: pd.DataFrame, horizon_hours: float = 0.0) -> Targets:
    """Labels of the lines that stand in the sequences; ``said`` may carry ``label`` and ``weight``."""
    position = {name: i for i, name in enumerate(seq.line_ids)}
    nameless = said["error_type"].isna() & (said["label"] > 0) if "label" in said else said["error_type"].isna()
    said = said[said["line_id"].astype(object).isin(position) & ~nameless]
    line = np.array([position[name] for name in said["line_id"]], dtype=np.int64)
    stay = np.searchsorted(seq.stay_lines, line, side="right") - 1
    partners = [
        tuple(position[each] for each in components(ids) if each in position) for ids in said["partner_line_ids"]
    ]
    last_active = np.where(seq.line_end[line] >= 0, seq.line_end[line], seq.stay_instants[stay + 1]) - 1
    at = microseconds(said["at"])
    last = np.clip(instant_at(seq, stay, at), seq.line_start[line], np.maximum(last_active, seq.line_start[line]))
    ready = [max(seq.line_start[[i, *others]]) for i, others in zip(line, partners, strict=True)]
    window = instant_at(seq, stay, at - int(horizon_hours * HOUR) - 1) + 1
    first = np.minimum(np.maximum(window, np.array(ready, dtype=np.int64)), last)
    value = said["label"].to_numpy(dtype=float) if "label" in said else np.ones(len(said))
    weight = said["weight"].to_numpy(dtype=float) if "weight" in said else np.ones(len(said))
    kind = (
        said["error_type"].map({code: i for i, code in enumerate(features.TYPES)}).fillna(-1).to_numpy(dtype=np.int64)
    )
    order = np.argsort(line, kind="stable")
    parts = (part[order] for part in (line, kind, np.where(value > 0, first, last), last, value, weight))
    return Targets(*parts, tuple(partners[i] for i in order))


def read_labels(path) -> pd.DataFrame:
    """Labels exported from the register, Parquet or CSV; refused when a column is missing, when a cell says nothing, when there
    is none, and when one contradicts another."""
    try:
        frame = pd.read_csv(path, dtype=str) if str(path).endswith(".csv") else pd.read_parquet(path)
    except (OSError, ValueError) as damage:
        raise Refusal("labels_unreadable", path=path) from damage
    missing = sorted(set(LABEL_COLUMNS) - set(frame.columns))
    if missing:
        raise Refusal("labels_columns", path=path, columns=", ".join(missing))
    if frame.empty:
        raise Refusal("labels_none", path=path)
    numbers = {name: pd.to_numeric(frame[name], errors="coerce").astype(float) for name in ("label", "weight")}
    kind, found = frame["error_type"].astype(object), frame.assign(at=local_times(frame["at"]), **numbers)
    readable = {
        "at": found["at"].notna(), "label": found["label"].isin((0, 1)),
        "weight": found["weight"].between(0, 1, inclusive="right"),
        "error_type": kind.isin(ERROR_TYPES) | kind.isna() & (found["label"] == 0),
    }  # fmt: skip
    for column, good in readable.items():
        if not good.all():
            first = int(np.flatnonzero(~good)[0])
            raise Refusal("labels_values", path=path, column=column, rows=int((~good).sum()), row=first + 1)
    said = found.groupby(["line_id", "at", "error_type"], dropna=False, sort=False)["label"].nunique()
    if (both := said[said > 1]).size:
        raise Refusal("labels_contradict", path=path, count=both.size, line=both.index[0][0])
    return found


def local_times(at: pd.Series) -> pd.Series:
    """Instants as the hospital's clock writes them, ISO 8601 without a zone; NaT for any other."""
    zoned = at.astype(str).str.contains(ZONE)
    return pd.to_datetime(at.astype(str).mask(zoned), format="ISO8601", errors="coerce")


def meetings(wanted: Targets, rows: Rows, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """Every (label, row) of the same line."""
    here = np.zeros(lines, dtype=bool)
    here[rows.line] = True
    label = np.flatnonzero(here[wanted.line])
    order = np.argsort(rows.line, kind="stable")
    low, high = (np.searchsorted(rows.line[order], wanted.line[label], side=side) for side in ("left", "right"))
    return np.repeat(label, high - low), order[ranges(low, high - low)]


def row_labels(wanted: Targets, rows: Rows, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and weights (R, types) of the rows: 0 with weight 1 where nobody said anything."""
    shape = (len(rows.line), len(features.TYPES))
    values, weights = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32)
    label, row = meetings(wanted, rows, lines)
    instant, said = rows.instant[row], wanted.value[label] > 0
    after = said & (instant > wanted.last[label])
    weights[row[after], wanted.type[label[after]]] = 0
    for positive in (False, True):  # a positive is written last, so that it stands
        now = (said == positive) & (instant >= wanted.first[label]) & (instant <= wanted.last[label])
        for i, r in zip(label[now], row[now], strict=True):
            types = slice(None) if wanted.type[i] < 0 else wanted.type[i]
            # a line that nobody speaks of weighs 1 already: a pharmacist who looked and saw nothing adds to it
            values[r, types], weights[r, types] = float(positive), wanted.weight[i] + (not positive)
    return values, weights


def culprits(wanted: Targets, rows: Rows, partners: Partners, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """Partners (K,) of the few rows of which a pharmacist named one, as positions; (K, several) 1 where that one, for that type."""
    label, row = meetings(wanted, rows, lines)
    inside = (rows.instant[row] >= wanted.first[label]) & (rows.instant[row] <= wanted.last[label])
    column = {kind: i for i, kind in enumerate(features.SEVERAL)}
    named = {
        int(r) * lines + line: column[int(wanted.type[i])]
        for i, r in zip(label[inside], row[inside], strict=True)
        if wanted.value[i] > 0 and int(wanted.type[i]) in column
        for line in wanted.partners[i]
    }
    cells = np.fromiter(named, dtype=np.int64, count=len(named))
    here = np.zeros(len(rows.line), dtype=bool)
    here[cells // lines] = True
    near = np.flatnonzero(here[partners.row])
    found = np.zeros((len(near), len(features.SEVERAL)), dtype=np.float32)
    for q, cell in enumerate((partners.row[near] * lines + partners.line[near]).tolist()):
        if cell in named:
            found[q, named[cell]] = 1
    return near, found


def tensors(wanted: Targets, rows: Rows, partners: Partners, lines: int) -> tuple[torch.Tensor, ...]:
    """Values and weights (R, types) of a batch, partners that stand beside a culprit (K,), and which ones are (K, several)."""
    return tuple(
        torch.from_numpy(part)
        for part in (*row_labels(wanted, rows, lines), *culprits(wanted, rows, partners, lines))
    )  # fmt: skip
