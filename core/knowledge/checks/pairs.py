"""Checks of two concomitant lines: listed interactions, and two drugs of one effect."""

import numpy as np
import pandas as pd

from core.knowledge.checks.situation import Situation, last_known
from core.knowledge.conditions import BITS, Facts
from core.knowledge.firing import Judged, entries, judge, slots
from core.knowledge.interactions import listed
from core.knowledge.redundancy import dense_never, facts_of_group, group_matrix, groups, too_many
from core.schema import LEVELS, LOCAL_ROUTES

ERROR_OF_LEVEL = {"ci": "6.4", "ad": "6.3", "pe": "6.2", "apec": "6.1"}
RANK = {"ci": 0.50, "ad": 0.30, "pe": 0.12, "apec": 0.04}  # an order, no probability: rules are not calibrated
REDUNDANT, REDUNDANT_PRN, NEVER = 0.25, 0.08, 0.45
SWITCH = pd.Timedelta(minutes=30)  # one line may take over from the other: what has not lasted is not said yet


def concomitant(drugs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of rows of different lines of one stay that are active together; ``b`` starts last, ``at`` its start."""
    plain = drugs[drugs["place"] >= 0][["stay_id", "since", "until", "line_id"]].reset_index(names="row")
    pairs = plain.merge(plain, on="stay_id", suffixes=("_a", "_b"))
    first = (pairs["since_a"] < pairs["since_b"]) | (
        (pairs["since_a"] == pairs["since_b"]) & (pairs["row_a"] < pairs["row_b"])
    )
    together = pairs["until_a"] > pairs["since_b"]
    kept = pairs[first & together & (pairs["line_id_a"] != pairs["line_id_b"])]
    overlap = kept[["until_a", "until_b"]].min(axis=1) - kept["since_b"]
    return kept.assign(at=kept["since_b"], overlap=overlap)[["stay_id", "row_a", "row_b", "at", "overlap"]].reset_index(
        drop=True
    )


def facts_of(situation: Situation, pairs: pd.DataFrame) -> Facts:
    """What the conditions of the thesaurus may ask, for each pair."""
    drugs, stays = situation.drugs, situation.stays.set_index("stay_id")
    side = {name: drugs.loc[pairs[f"row_{name}"]] for name in ("a", "b")}
    take = lambda column, kind: {name: rows[column].to_numpy(kind) for name, rows in side.items()}  # noqa: E731
    patient = stays.reindex(pairs["stay_id"])
    return Facts(
        take("place", np.int64), take("route", object), take("dose_mg", float), take("high", float),
        patient["age_years"].to_numpy(float), last_known(situation.measures, "egfr", pairs),
        last_known(situation.measures, "potassium", pairs), patient["diagnoses"].fillna("").to_numpy(object),
    )  # fmt: skip


def may_fire(drugs: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """(n,) bool: the names alone are in some entry."""
    a, b = (drugs["place"].to_numpy()[pairs[f"row_{name}"]] for name in ("a", "b"))
    return slots()[1][a, b] > 0


def sure_bits(bits: np.ndarray) -> np.ndarray:
    """The weakest level that may apply: what is sure at least; none when the entry may not apply."""
    sure = np.zeros(len(bits), np.int8)
    for level in LEVELS:
        sure = np.where(bits & BITS[level] > 0, BITS[level], sure)
    return np.where(bits & BITS["none"] > 0, 0, sure).astype(np.int8)


def strongest_sure(judged: Judged, size: int) -> np.ndarray:
    """(n,) bit of the strongest level that is sure of each pair; 0 when none is."""
    found = np.zeros(size, np.int8)
    np.maximum.at(found, judged.pair, sure_bits(judged.bits))
    return found


def interactions(situation: Situation, pairs: pd.DataFrame, levels: tuple[str, ...]) -> list[dict]:
    """One finding a listed pair of concomitant lines whose sure level is asked for."""
    pairs = pairs[may_fire(situation.drugs, pairs)].reset_index(drop=True)
    judged = judge(facts_of(situation, pairs))
    sure = strongest_sure(judged, len(pairs))
    wanted = np.isin(sure, [BITS[level] for level in levels])
    found: dict[int, list] = {}
    columns = (judged.pair, judged.entry, judged.bits, judged.row, judged.left)
    for pair, *entry in zip(*(values.tolist() for values in columns), strict=True):
        if wanted[pair]:
            found.setdefault(pair, []).append(entry_detail(*entry))
    level_of = {BITS[level]: level for level in LEVELS}
    named = names_of(situation.drugs, pairs)
    return [interaction(named[pair], level_of[int(sure[pair])], entries_found) for pair, entries_found in found.items()]


def names_of(drugs: pd.DataFrame, pairs: pd.DataFrame) -> list[tuple]:
    """(stay, at, line a, line b, substance a, substance b) of each pair."""
    lines, keys = drugs["line_id"].to_numpy(object), drugs["substance"].to_numpy(object)
    a, b = pairs["row_a"].to_numpy(), pairs["row_b"].to_numpy()
    columns = (pairs["stay_id"].to_numpy(object), pairs["at"], lines[a], lines[b], keys[a], keys[b])
    return list(zip(*columns, strict=True))


_DETAILS: dict[tuple[int, int, int, int], dict] = {}


def entry_detail(number: int, bits: int, row: int, left: int) -> dict:
    """JSON-ready answer of one entry; the few distinct ones are made once."""
    key = (number, bits, row, left)
    if key not in _DETAILS:
        _DETAILS[key] = listed(entries()[number], bits, row, left).as_row()
    return _DETAILS[key]


def interaction(named: tuple, level: str, found: list[dict]) -> dict:
    stay, at, line_a, line_b, key_a, key_b = named
    return {
        "stay_id": stay, "line_id": line_b, "partners": [line_a], "at": at,
        "error_type": ERROR_OF_LEVEL[level], "level": level, "score": RANK[level],
        "detail": {"rule": "interaction", "substances": [key_b, key_a], "entries": found},
    }  # fmt: skip


def redundancies(situation: Situation, pairs: pd.DataFrame) -> list[dict]:
    """Two different substances of one curated group at once, by a route of its kind, or that must never be together, said once
    it has lasted."""
    drugs, pairs = situation.drugs, pairs[pairs["overlap"] > SWITCH]
    pairs = pairs.assign(at=pairs["at"] + SWITCH)
    place = drugs["place"].to_numpy()
    inhaled = (drugs["route"] == "inhaled").to_numpy()
    systemic = ~np.isin(drugs["route"].to_numpy(object), LOCAL_ROUTES)
    for_inhaled = np.array([facts_of_group()[group][0] == "inhaled" for group in groups()])
    member = group_matrix()[place] & np.where(for_inhaled, inhaled[:, None], systemic[:, None])
    a, b = pairs["row_a"].to_numpy(), pairs["row_b"].to_numpy()
    never = dense_never()[place[a], place[b]] & systemic[a] & systemic[b]
    shared = (member[a] & member[b]).any(1) & (place[a] != place[b]) | never
    prn = (drugs["prn"].to_numpy(bool)[a] | drugs["prn"].to_numpy(bool)[b])[shared]
    return [redundancy(named, bool(one)) for named, one in zip(names_of(drugs, pairs[shared]), prn, strict=True)]


def redundancy(named: tuple, prn: bool) -> dict:
    stay, at, line_a, line_b, key_a, key_b = named
    found = too_many(key_b, key_a)[0]
    return {
        "stay_id": stay, "line_id": line_b, "partners": [line_a], "at": at,
        "error_type": "5.3", "level": None, "score": NEVER if found.never else REDUNDANT_PRN if prn else REDUNDANT,
        "detail": {
            "rule": "redundancy", "substances": [key_b, key_a], "group": found.group, "prn": prn,
            "source": found.source, "never": found.never,
        },
    }  # fmt: skip
