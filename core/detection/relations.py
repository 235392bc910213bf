"""What stands between two lines: the thesaurus, the same substance or class, doses, overlap."""

from functools import cache

import numpy as np
import pandas as pd

from core.detection import features
from core.detection.doses import log_ratio
from core.detection.vocabulary import atc_of, components
from core.knowledge.interactions import between, level_matrix
from core.knowledge.matrix import substance_index
from core.knowledge.redundancy import dense_same_class
from core.knowledge.substances import substance
from core.schema import SEPARATOR

HOUR = 3_600_000_000


def combination_tables(combinations: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Tables (U, U) between the distinct combinations of substances.

    ``level`` is the strongest of any two components (-1 not checked), ``depends`` says that the level of one of
    the pairs depends on circumstances, ``classes`` counts the classes that both share, ``redundant`` says that both have one effect.
    """
    parts = [components(each) for each in combinations]
    keys = sorted({key for each in parts for key in each})
    where = {key: i for i, key in enumerate(keys)}
    member = np.zeros((len(parts), len(keys)), dtype=bool)
    for i, each in enumerate(parts):
        member[i, [where[key] for key in each]] = True
    places = substance_index(keys)
    levels = np.asarray(level_matrix(keys), dtype=np.int8).reshape(len(keys), len(keys))
    level = np.zeros((len(parts), len(parts)), dtype=np.int8)
    for rank in (1, 2, 3, 4):
        level[joined(member, levels == rank)] = rank
    unknown = joined(member, levels < 0) | ~member.any(1)[:, None] | ~member.any(1)[None, :]
    level[unknown & (level == 0)] = -1
    return {"level": level, "depends": joined(member, dependent(keys, levels)), "classes": shared(parts),
            "redundant": joined(member, dense_same_class()[np.ix_(places, places)])}  # fmt: skip


def joined(member: np.ndarray, table: np.ndarray) -> np.ndarray:
    """(U, U) whether any component of one and any of the other stand in ``table``."""
    return (member.astype(np.float32) @ table.astype(np.float32) @ member.T.astype(np.float32)) > 0


@cache
def depends(a: str, b: str) -> bool:
    """Whether the level of a listed pair depends on circumstances."""
    return any(entry.depends for entry in between(a, b))


def dependent(keys: list[str], levels: np.ndarray) -> np.ndarray:
    """Listed pairs whose level depends on dose, route or named drugs."""
    table = np.zeros_like(levels, dtype=bool)
    for i, j in zip(*np.nonzero(np.triu(levels > 0)), strict=True):
        table[i, j] = table[j, i] = depends(keys[i], keys[j])
    return table


def shared(parts: list[list[str]]) -> np.ndarray:
    """(U, U) how many classes both combinations share."""
    sets = [{name for key in each if (found := substance(key)) for name in found.classes} for each in parts]
    names = {name: i for i, name in enumerate(sorted(set().union(*sets)))}
    member = np.zeros((len(parts), len(names)), dtype=np.float32)
    for i, each in enumerate(sets):
        member[i, [names[name] for name in each]] = 1
    return member @ member.T


def atc_levels(lines: pd.DataFrame) -> np.ndarray:
    """(N, 5) number of the class at each level of the ATC, -1 where it is not known."""
    pair, distinct = pd.factorize(pd.MultiIndex.from_frame(lines[["atc", "substances"]].astype(object).fillna("")))
    codes = [atc_of(atc, substances) for atc, substances in distinct]
    names: dict[str, int] = {}
    table = [
        [names.setdefault(code[:length], len(names)) if len(code) >= length else -1 for length in features.ATC_LENGTHS]
        for code in codes
    ]
    return np.array(table, dtype=np.int32).reshape(-1, 5)[pair]


def traits(lines: pd.DataFrame, start: np.ndarray, local: np.ndarray) -> dict[str, np.ndarray]:
    """What the relations of a pair read of each of its lines."""
    return {
        "atc": atc_levels(lines), "start": start, "local": local, "prn": lines["prn"].to_numpy(dtype=bool),
        "route": pd.factorize(lines["route"].astype(object))[0], "place": order_of(lines),
        "combination": pd.factorize(lines["substances"].astype(object).fillna(""))[0],
    }  # fmt: skip


def order_of(lines: pd.DataFrame) -> np.ndarray:
    """(N,) place in the order in which lines that begin together are written: by ATC code, then route."""
    atc = lines["atc"].astype(object).fillna("").str.split(SEPARATOR).str[0]
    return pd.factorize(atc.str.ljust(8) + lines["route"].astype(object), sort=True)[0]


def relations(trait: dict[str, np.ndarray], tables: dict[str, np.ndarray], i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(P, RELATIONS) numbers of each ordered pair: line i asked about, line j beside it."""
    pair = trait["combination"][i] * len(tables["level"]) + trait["combination"][j]
    level, depends, classes, redundant = (
        tables[name].ravel()[pair] for name in ("level", "depends", "classes", "redundant")
    )
    of_i, of_j = trait["atc"].take(i, 0), trait["atc"].take(j, 0)
    atc = (of_i == of_j) & (of_i >= 0)  # (P, 5)
    same, dose, habit = summed(trait, i, j)
    gap = (trait["start"][i] - trait["start"][j]) / HOUR
    local, together = trait["local"][j], gap == 0
    columns = [
        level == 4, level == 3, level == 2, level == 1, level == -1, depends, same, *atc.T, np.log1p(classes), redundant,
        dose, dose > np.log(1.001), habit, trait["route"][i] == trait["route"][j], ~(trait["local"][i] | local), local,
        trait["prn"][j], gap > 0, together, together & (trait["place"][i] > trait["place"][j]),
        np.sign(gap) * np.log1p(np.abs(gap)),
    ]  # fmt: skip
    return stacked(columns)


def stacked(columns: list[np.ndarray]) -> np.ndarray:
    """Columns (P,) of any kind of number side by side; (P, columns) float32, each column whole in memory."""
    rows = np.empty((len(columns), len(columns[0])), dtype=np.float32)
    for number, column in enumerate(columns):
        rows[number] = column
    return rows.T


def summed(trait: dict[str, np.ndarray], i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(P,) each: whether both lines carry a same substance, and if so the logs of their summed daily doses, 0 where unknown:
    over the maximum of that substance, and over the high habits of their own drugs."""
    ids, ratio, habit = trait["components"], trait["dose_ratios"], trait["habit_ratio"]
    near = np.flatnonzero((ids[i, 0] == ids[j, 0]) | (ids[i, 1] >= 0) | (ids[j, 1] >= 0))  # no other pair can share one
    a, b = i[near], j[near]
    shared, doses, habits = np.zeros(len(i), dtype=bool), np.zeros(len(i)), np.zeros(len(i))
    for x in range(ids.shape[1]):
        for y in range(ids.shape[1]):
            match = np.flatnonzero((ids[a, x] == ids[b, y]) & (ids[a, x] >= 0))
            pair = near[match]
            shared[pair] = True
            doses[pair] = np.maximum(doses[pair], ratio[a[match], x] + ratio[b[match], y])
    both = np.flatnonzero(shared)  # few
    dose, of_i, of_j = doses[both], habit[i[both]], habit[j[both]]
    doses[both] = log_ratio(np.where(dose > 0, dose, np.nan))
    habits[both] = log_ratio(np.where((of_i > 0) & (of_j > 0), of_i + of_j, np.nan))
    return shared, doses, habits
