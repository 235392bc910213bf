"""Daily dose of each line against the usual and the maximum dose of its substances."""

import numpy as np
import pandas as pd

from core.detection import features
from core.knowledge.doses import limits

FLOOR = 0.01  # ratio under which a dose is no smaller for the network


def limits_of(substances: np.ndarray, routes: np.ndarray) -> np.ndarray:
    """(n, 3) lowest and highest usual and maximum dose, mg a day; nan where none is known. Each pair asked once."""
    joint = pd.MultiIndex.from_arrays([substances, routes])
    number, distinct = pd.factorize(joint)
    found = [limits(key, route) for key, route in distinct]
    table = [
        (np.nan,) * 3 if each is None else (each.usual_low, each.usual_high, each.maximum or np.nan) for each in found
    ]
    return np.array(table, dtype=float).reshape(-1, 3)[number]


def ledger(lines: pd.DataFrame, doses: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Substance ids (N, COMPONENTS; -1 none), and their daily dose over each of the three limits (N, COMPONENTS, 3)."""
    line = pd.Index(lines["line_id"].astype(object)).get_indexer(doses["line_id"].astype(object))
    slot = doses.groupby("line_id", sort=False).cumcount().to_numpy()
    kept = (slot < features.COMPONENTS) & (line >= 0)
    doses, line, slot = doses[kept], line[kept], slot[kept]
    ids = np.full((len(lines), features.COMPONENTS), -1)
    ratios = np.full((len(lines), features.COMPONENTS, 3), np.nan)
    if len(doses):
        substances = doses["substance"].to_numpy(dtype=object)
        known = limits_of(substances, lines["route"].to_numpy(dtype=object)[line])
        ids[line, slot] = pd.factorize(substances)[0]
        ratios[line, slot] = doses["mg_per_day_high"].to_numpy(dtype=float, na_value=np.nan)[:, None] / known
    return ids, ratios


def strongest(ratio: np.ndarray) -> np.ndarray:
    """Largest ratio over the substances of a line, nan where none is known: (N,)."""
    return np.where(np.isnan(ratio).all(1), np.nan, np.nanmax(np.where(np.isnan(ratio), -1, ratio), 1))


def log_ratio(ratio: np.ndarray) -> np.ndarray:
    """Natural log of a ratio, 0 where it is unknown."""
    found, known = np.zeros_like(ratio), ~np.isnan(ratio)
    found[known] = np.log(np.clip(ratio[known], FLOOR, 1 / FLOOR))
    return found


def summable(ratios: np.ndarray) -> np.ndarray:
    """(N, COMPONENTS) daily dose over the maximum, else over the highest usual dose, 0 where neither is known."""
    return np.nan_to_num(np.where(np.isnan(ratios[..., 2]), ratios[..., 1], ratios[..., 2]))


def dose_numbers(lines: pd.DataFrame, doses: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Numbers of each line's dose, and the ids and ratios that pairs of lines add up."""
    ids, ratios = ledger(lines, doses)
    usual, high, maximum = (strongest(ratios[..., limit]) for limit in range(3))
    numbers = {
        "dose_known": ~np.isnan(lines["dose"].to_numpy(dtype=float, na_value=np.nan)),
        "dose_to_usual": log_ratio(usual), "dose_to_usual_high": log_ratio(high), "dose_to_maximum": log_ratio(maximum),
        "dose_above_maximum": np.nan_to_num(maximum) > 1.001, "dose_below_usual": np.nan_to_num(usual, nan=1) < 0.999,
        "limits_known": ~np.isnan(maximum),
    }  # fmt: skip
    return numbers, {"components": ids, "dose_ratios": summable(ratios)}
