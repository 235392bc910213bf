"""Tables of stays as flat arrays of lines and instants, built without a Python loop over rows.

An instant is the start of a line, the arrival of an observation or the end of a line; what
happens at the same time is one instant. What stands at an instant uses nothing later: the end of
a line is seen only once it has come, an observation only once it is known.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.detection import features, habits, relations, vocabulary
from core.detection.doses import dose_numbers
from core.detection.limits import limit_traits
from core.detection.ragged import offsets
from core.detection.vocabulary import Vocabulary
from core.knowledge.daily import daily_doses
from core.knowledge.properties import strengths
from core.schema import ATC_GROUP, LOCAL_ROUTES

HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True)
class Sequences:
    """Stays (B), lines (N) and instants (M) end to end, sorted by stay then time.

    ``line_start`` and ``line_end`` are instants (line_end -1 while open); ``stay_lines`` and
    ``stay_instants`` are offsets (B + 1). Hours count from the admission.
    """

    stay_ids: np.ndarray  # (B,) str
    stay_codes: np.ndarray  # (B, codes)
    stay_lines: np.ndarray  # (B + 1,)
    stay_instants: np.ndarray  # (B + 1,)
    line_ids: np.ndarray  # (N,) str
    line_codes: np.ndarray  # (N, codes)
    line_numbers: np.ndarray  # (N, numbers) float32
    line_start: np.ndarray  # (N,)
    line_end: np.ndarray  # (N,)
    line_traits: dict[str, np.ndarray]  # what relations of pairs read, each (N, …)
    pair_tables: dict[str, np.ndarray]  # between the distinct combinations of substances, each (U, U)
    times: np.ndarray  # (M,) int64 microseconds
    hours: np.ndarray  # (M,) float64
    state: np.ndarray  # (M, numbers) float32
    observed: np.ndarray  # (M,) bool, an observation arrives
    substance: np.ndarray  # (N,) its code, that of an unknown one where training never saw it (core.detection.vocabulary)
    named: np.ndarray  # (N,) bool, a substance or the ATC code of a group (three levels or more) is known
    without: tuple[str, ...] = ()  # ideas that batches leave out


def spoken_of(named: np.ndarray) -> np.ndarray:
    """(N,) bool, the lines that a model speaks of; every line where there is none, so that something is left to measure by."""
    return named if named.any() else ~named


def microseconds(times: pd.Series) -> np.ndarray:
    """int64 microseconds, -1 where empty."""
    values = times.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return np.where(times.isna().to_numpy(), -1, values)


def logged(hours: np.ndarray) -> np.ndarray:
    return np.log1p(np.clip(hours, 0, None)).astype(np.float32)


def exposure(hours: np.ndarray, since: np.ndarray) -> np.ndarray:
    """(n, EXPOSURE) hours on a log scale, whether it begins now, whether each bound of HOURS is reached, and whether it
    was reached in the hours ``since`` the instant before."""
    bounds, before = np.array(features.HOURS) - 1e-6, hours - since
    reached = [hours >= bound for bound in bounds]
    just = [there & (before < bound) for there, bound in zip(reached, bounds, strict=True)]
    return relations.stacked([logged(hours), hours <= 0, *reached, *just])


def ordered(tables) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Stays that have lines, their lines and observations, each with the stay's position."""
    with_lines = pd.Index(tables.lines["stay_id"].astype(object).unique())
    stays = tables.stays[with_lines.get_indexer(tables.stays["stay_id"].astype(object)) >= 0].sort_values("stay_id")
    position = pd.Index(stays["stay_id"].astype(object))

    def placed(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
        at = position.get_indexer(frame["stay_id"].astype(object))
        frame = frame[at >= 0].assign(stay=at[at >= 0])
        return frame.sort_values(["stay", *by], kind="stable").reset_index(drop=True)

    return stays, placed(tables.lines, ["started_at", "line_id"]), placed(tables.observations, ["observed_at", "kind"])


def instants(stay: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct (stay, time) in order, and the position of each event among them."""
    order = np.lexsort((time, stay))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(stay[order]) != 0) | (np.diff(time[order]) != 0)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.cumsum(new) - 1
    return stay[order][new], time[order][new], position


def patient_state(
    stays: pd.DataFrame, seen: pd.DataFrame, seen_at: np.ndarray, stay: np.ndarray, time: np.ndarray, hours: np.ndarray
) -> np.ndarray:
    """(M, STATE) what is known of the patient at each instant."""
    age = stays["age_years"].to_numpy(dtype=float, na_value=np.nan)[stay]
    weekend = ((time // (24 * HOUR)) + 3) % 7 >= 5  # 1 January 1970 was a Thursday
    clock = (time / HOUR) % 24
    old = [age >= years for years in features.AGES]
    day, night = clock * (2 * np.pi / 24), (clock < 8) | (clock >= 20)
    counted_later = np.zeros(len(time))  # lines active: batches count them, since some may have been taken away
    columns = [np.nan_to_num((age - 65) / 20), ~np.isnan(age), *old, logged(hours), np.sin(day), np.cos(day), night, weekend,
               counted_later]  # fmt: skip
    observed = microseconds(seen["observed_at"])
    for kind in features.KINDS:
        columns += last_known(kind, seen, observed, seen_at, stay, time)
    return np.stack(columns, 1).astype(np.float32)


def last_known(
    kind: str, seen: pd.DataFrame, observed: np.ndarray, seen_at: np.ndarray, stay: np.ndarray, time: np.ndarray
) -> list[np.ndarray]:
    """Known or not, value, age, just come or not, recent or not, change since the previous one, doublings above the
    lowest and under the highest of the stay so far; each (M,)."""
    mine = np.flatnonzero((seen["kind"] == kind).to_numpy())
    if not len(mine):
        return [np.zeros(len(stay))] * 8
    centre, scale = features.SCALES[kind]
    measured = seen["value"].to_numpy(dtype=float)[mine]
    value, doublings = ((measured - centre) / scale).clip(-5, 8), np.log2(measured.clip(1e-3))
    of = seen["stay"].to_numpy()[mine]
    trend = np.where(np.diff(of, prepend=-1) != 0, 0, value - np.roll(value, 1))
    rise, fall = (np.abs(doublings - best_so_far(doublings, of, sign)).clip(0, 4) for sign in (-1, 1))
    last = np.full(len(stay), -1)
    np.maximum.at(last, seen_at[mine], np.arange(len(mine)))
    last = np.maximum.accumulate(last)
    known = (last >= 0) & (of[last] == stay)
    age = logged((time - observed[mine][last]) / HOUR)
    return [
        known,
        *(np.where(known, column, 0) for column in
          (value[last], age, age == 0, age <= logged(np.array(features.RECENT_HOURS)), trend[last], rise[last], fall[last])),
    ]  # fmt: skip


def best_so_far(value: np.ndarray, group: np.ndarray, sign: int) -> np.ndarray:
    """Highest (sign 1) or lowest (sign -1) value of the group up to each place; groups are contiguous and grow."""
    step = float(np.ptp(value)) + 1
    return sign * (np.maximum.accumulate(sign * value + group * step) - group * step)


def once_there(line_end: np.ndarray, line_start: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """(N,) ends of lines, where one that ends as it begins, as a single dose may be written, is there at that instant:
    until the next of its stay, or to the end."""
    after = line_start + 1
    last = (after == len(stay)) | (stay[np.minimum(after, len(stay) - 1)] != stay[line_start])
    return np.where(line_end == line_start, np.where(last, -1, after), line_end)


def prepare(tables, words: Vocabulary) -> Sequences:
    """Arrays of every stay that has lines."""
    stays, lines, seen = ordered(tables)
    line_stay, n = lines["stay"].to_numpy(), len(lines)
    start, end = microseconds(lines["started_at"]), microseconds(lines["ended_at"])
    closed = lines["ended_at"].notna().to_numpy()
    end = np.where(closed, np.maximum(start, end), end)
    events = np.concatenate([line_stay, line_stay[closed], seen["stay"].to_numpy()])
    stay, time, position = instants(events, np.concatenate([start, end[closed], microseconds(seen["observed_at"])]))
    line_end = np.full(n, -1)
    line_end[closed] = position[n : n + closed.sum()]
    line_end = once_there(line_end, position[:n], stay)
    seen_at, observed = position[n + closed.sum() :], np.zeros(len(time), dtype=bool)
    observed[seen_at] = True
    hours = (time - microseconds(stays["admitted_at"])[stay]) / HOUR
    daily = daily_doses(lines)
    doses, summable = dose_numbers(lines, daily)
    summable |= limit_traits(lines, daily)
    ratios = habits.dose_ratios(lines, words.habits)
    doses |= habits.told(ratios) | {"usual_route": habits.usual_route(lines, words.habits)}
    summable["habit_ratio"] = np.nan_to_num(ratios[:, -1])
    local = lines["route"].isin(LOCAL_ROUTES).to_numpy()
    substances, atc = (lines[name].astype(object).fillna("") for name in ("substances", "atc"))
    combinations = tuple(substances.unique())
    return Sequences(
        stays["stay_id"].to_numpy(dtype=object), vocabulary.stay_ids(stays, words),
        offsets(np.bincount(line_stay, minlength=len(stays))), offsets(np.bincount(stay, minlength=len(stays))),
        lines["line_id"].to_numpy(dtype=object), vocabulary.line_ids(lines, words),
        line_numbers(lines, doses, local, hours[position[:n]]), position[:n], line_end,
        summable | relations.traits(lines, start, local), relations.combination_tables(combinations), time, hours,
        patient_state(stays, seen, seen_at, stay, time, hours), observed,
        vocabulary.substance_ids(lines, words), ((substances != "") | atc.str.match(ATC_GROUP)).to_numpy(bool), words.without,
    )  # fmt: skip


def properties_of(lines: pd.DataFrame, local: np.ndarray) -> np.ndarray:
    """(N, PROPERTIES) pharmacological strengths; each distinct drug is looked up once."""
    named = lines[["atc", "substances"]].astype(object).fillna("").assign(local=local)
    number, distinct = pd.factorize(pd.MultiIndex.from_frame(named))
    table = [
        strengths(tuple(vocabulary.components(substances)), vocabulary.atc_of(atc, substances), bool(near))
        for atc, substances, near in distinct
    ]
    return np.array(table, dtype=np.float32).reshape(-1, len(features.PROPERTIES))[number]


def line_numbers(lines: pd.DataFrame, doses: dict[str, np.ndarray], local: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """(N, LINE_NUMBERS) what stands on the line itself."""
    times = lines["times_per_day"].to_numpy(dtype=float, na_value=np.nan)
    columns = doses | {
        "prn": lines["prn"].to_numpy(dtype=bool),
        "times_per_day": np.log1p(np.nan_to_num(times)),
        "local_route": local,
        "combination": lines["substances"].astype(object).fillna("").str.contains("+", regex=False).to_numpy(),
        "hours_after_admission": logged(hours),
    }
    columns |= dict(zip(features.PROPERTIES, properties_of(lines, local).T, strict=True))
    return np.stack([columns[name] for name in features.LINE_NUMBERS], 1).astype(np.float32)
