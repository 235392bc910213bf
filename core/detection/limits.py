"""The daily dose of a line against the highest that the patient's age and biology allow at each instant."""

import numpy as np
import pandas as pd

from core.detection import features
from core.detection.doses import log_ratio
from core.knowledge.checks.patient import rules_table
from core.knowledge.conditions import COMPARE

SLOTS = 6  # rules of one line that are followed
FIELDS = ("age", *features.KINDS)
SIGNS = tuple(COMPARE)
RULED = ("field", "sign", "bound", "ratio")
NO_RULE, STOP = -1, -1.0
KNOWN = [features.STATE.index(f"{field}_known") for field in FIELDS]
VALUE = [features.STATE.index(name) for name in ("age", *(f"{kind}_value" for kind in features.KINDS))]
CENTRE, SCALE = np.array([(65, 20), *(features.SCALES[kind] for kind in features.KINDS)], dtype=np.float32).T


def limit_traits(lines: pd.DataFrame, doses: pd.DataFrame) -> dict[str, np.ndarray]:
    """Rules that speak of each line: field, sign, bound and dose over the maximum (STOP: none is allowed); (N, SLOTS)."""
    wanted = doses.merge(lines[["line_id", "route"]], on="line_id")
    wanted = wanted.assign(route=wanted["route"].replace({"enteral": "oral"}))
    rules = wanted.merge(rules_table(), on=["substance", "route"])
    rules = rules[rules["kind"].isin(FIELDS)]
    line = pd.Index(lines["line_id"].astype(object)).get_indexer(rules["line_id"].astype(object))
    slot = rules.groupby("line_id", sort=False).cumcount().to_numpy()
    kept = slot < SLOTS
    rules, place = rules[kept], (line[kept], slot[kept])
    shape = (len(lines), SLOTS)
    found = {"limit_field": np.full(shape, NO_RULE), "limit_sign": np.zeros(shape, dtype=np.int64),
             "limit_bound": np.zeros(shape), "limit_ratio": np.zeros(shape)}  # fmt: skip
    found["limit_field"][place] = [FIELDS.index(kind) for kind in rules["kind"]]
    found["limit_sign"][place] = [SIGNS.index(sign) for sign in rules["sign"]]
    found["limit_bound"][place] = rules["bound"]
    ratio = rules["mg_per_day_high"].to_numpy(dtype=float) / rules["maximum"].to_numpy(dtype=float)
    found["limit_ratio"][place] = np.where(rules["maximum"].isna(), STOP, np.nan_to_num(ratio))
    return found


def known_values(state: np.ndarray) -> np.ndarray:
    """(M, FIELDS) age in years and last values in their units, nan where not known; read back from the state."""
    return np.where(state[:, KNOWN] > 0, state[:, VALUE] * SCALE + CENTRE, np.nan).round(3)


def limits_now(trait: dict[str, np.ndarray], line: np.ndarray, values: np.ndarray, instant: np.ndarray) -> np.ndarray:
    """(R, half of LIMITS) by subject: whether a limit holds, log of the dose over the lowest that does, whether to stop the line.

    ``values`` (M, FIELDS) are those known at each instant, ``instant`` (R,) that of each row.
    """
    found = np.zeros((len(line), len(features.LIMITS) // 2))
    ruled = np.flatnonzero(trait["limit_field"][line, 0] != NO_RULE)  # no rule speaks of half of the lines
    line = line[ruled]
    field, sign, bound, ratio = (
        np.ascontiguousarray(trait[f"limit_{name}"][line].T) for name in RULED
    )  # (SLOTS, R) each
    value = values[instant[ruled], np.maximum(field, 0)]
    holds = np.zeros(field.shape, dtype=bool)
    for number, name in enumerate(SIGNS):
        holds |= (sign == number) & COMPARE[name](value, bound)
    holds &= field != NO_RULE
    some = np.flatnonzero(holds.any(0))  # few patients reach a limit
    field, holds, ratio = field[:, some], holds[:, some], ratio[:, some]
    subject = np.where(field == FIELDS.index("egfr"), 0, np.where(field == FIELDS.index("age"), 1, 2))
    found[ruled[some]] = np.concatenate(
        [told(holds & (subject == number), ratio) for number in range(len(features.SUBJECTS))], 1
    )
    return found


def told(holds: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """(R, 3) of the limits (SLOTS, R) that hold: any, log of the largest ratio, any that stops."""
    ratio = np.where(holds, ratio, 0.0)
    most = ratio.max(0, initial=0)
    return np.stack([holds.any(0), log_ratio(np.where(most > 0, most, np.nan)), (ratio == STOP).any(0)], 1)
