"""Daily dose of each line against the usual and the maximum dose of its substances."""

import numpy as np
import pandas as pd

from core.detection import features
from core.detection.vocabulary import components
from core.knowledge.doses import limits

FLOOR = 0.01  # ratio under which a dose is no smaller for the network
MG = {"mg": 1.0, "g": 1000.0, "µg": 0.001, "ug": 0.001, "mcg": 0.001}


def daily_doses(lines: pd.DataFrame) -> pd.DataFrame:
    """mg a day of each substance of each line, PRN taken as always; the dose is that of the first substance."""
    factor = lines["unit"].astype(object).map(MG).to_numpy(dtype=float)
    dose = lines["dose"].to_numpy(dtype=float, na_value=np.nan) * factor
    daily = dose * lines["times_per_day"].to_numpy(dtype=float, na_value=np.nan)
    parts = [components(each) for each in lines["substances"]]
    line = np.repeat(np.arange(len(lines)), [len(each) for each in parts])
    found = pd.DataFrame({"line_id": lines["line_id"].to_numpy(dtype=object)[line], "mg_per_day_high": daily[line]})
    found["substance"] = [key for each in parts for key in each]
    first = ~found["line_id"].duplicated()
    return found.assign(mg_per_day_high=found["mg_per_day_high"].where(first))


def limits_of(substances: np.ndarray, routes: np.ndarray) -> np.ndarray:
    """(n, 2) lowest usual and maximum dose, mg a day; nan where none is known. Each pair asked once."""
    joint = pd.MultiIndex.from_arrays([substances, routes])
    number, distinct = pd.factorize(joint)
    found = [limits(key, route) for key, route in distinct]
    table = [(np.nan, np.nan) if each is None else (each.usual_low, each.maximum or np.nan) for each in found]
    return np.array(table, dtype=float).reshape(-1, 2)[number]


def ledger(lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Substance ids (N, COMPONENTS; -1 none), and their daily dose over the lowest usual and over the maximum dose."""
    doses = daily_doses(lines)
    line = pd.Index(lines["line_id"].astype(object)).get_indexer(doses["line_id"].astype(object))
    slot = doses.groupby("line_id", sort=False).cumcount().to_numpy()
    kept = (slot < features.COMPONENTS) & (line >= 0)
    doses, line, slot = doses[kept], line[kept], slot[kept]
    ids = np.full((len(lines), features.COMPONENTS), -1)
    ratios = np.full((len(lines), features.COMPONENTS, 2), np.nan)
    if len(doses):
        substances = doses["substance"].to_numpy(dtype=object)
        known = limits_of(substances, lines["route"].to_numpy(dtype=object)[line])
        ids[line, slot] = pd.factorize(substances)[0]
        ratios[line, slot] = doses["mg_per_day_high"].to_numpy(dtype=float, na_value=np.nan)[:, None] / known
    return ids, ratios[..., 0], ratios[..., 1]


def strongest(ratio: np.ndarray) -> np.ndarray:
    """Largest ratio over the substances of a line, nan where none is known: (N,)."""
    return np.where(np.isnan(ratio).all(1), np.nan, np.nanmax(np.where(np.isnan(ratio), -1, ratio), 1))


def log_ratio(ratio: np.ndarray) -> np.ndarray:
    """Natural log of a ratio, 0 where it is unknown."""
    return np.nan_to_num(np.log(np.clip(ratio, FLOOR, 1 / FLOOR)))


def dose_numbers(lines: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Numbers of each line's dose, and the ids and ratios that pairs of lines add up."""
    ids, to_usual, to_maximum = ledger(lines)
    usual, maximum = strongest(to_usual), strongest(to_maximum)
    numbers = {
        "dose_known": ~np.isnan(lines["dose"].to_numpy(dtype=float, na_value=np.nan)),
        "dose_to_usual": log_ratio(usual), "dose_to_maximum": log_ratio(maximum),
        "dose_above_maximum": np.nan_to_num(maximum) > 1.001, "dose_below_usual": np.nan_to_num(usual, nan=1) < 0.999,
        "limits_known": ~np.isnan(maximum),
    }  # fmt: skip
    return numbers, {"components": ids, "dose_ratios": np.nan_to_num(to_maximum)}
