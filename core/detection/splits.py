"""Training, validation and test, split by patient and by time at once."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

VALID_FROM, TEST_FROM = 0.70, 0.85  # share of admissions before which validation and test begin


@dataclass(frozen=True)
class Split:
    """Stay ids; a patient stands in one part only, and every test stay is later than every training stay."""

    train: frozenset
    valid: frozenset
    test: frozenset


def split(stays: pd.DataFrame) -> Split:
    """The latest 15 % of admissions test, the 15 % before them validate; patients seen later leave what is earlier."""
    admitted = stays["admitted_at"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    part = np.digitize(admitted, np.quantile(admitted, [VALID_FROM, TEST_FROM], method="higher"))
    last = pd.Series(part, index=stays.index).groupby(stays["patient_id"]).transform("max").to_numpy()
    ids = stays["stay_id"].to_numpy(dtype=object)
    return Split(*(frozenset(ids[(part == number) & (last == number)]) for number in (0, 1, 2)))


def taken(tables, stay_ids: frozenset):
    """The rows of some stays, in every table."""
    names = ("stays", "lines", "observations", "interventions")
    frames = {name: getattr(tables, name) for name in names}
    return replace(tables, **{name: frame[frame["stay_id"].isin(stay_ids)] for name, frame in frames.items()})
