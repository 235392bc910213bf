"""What is withheld from a model, to learn what carries its result: inputs, labels, interventions."""

from dataclasses import replace

import numpy as np

from core.detection import features
from models.batch import Batch

IDEAS = (
    "relations", "atc", "properties", "pairs", "biology", "habits", "time",
)  # fmt: skip  # 'pairs' leaves every line alone with the history
TIMELY = {
    "line_numbers": ("hours_after_admission",),
    "state": (
        "hours_in_stay",
        "hour_sin",
        "hour_cos",
        "weekend",
        "night",
        *(f"{kind}_{part}" for kind in features.KINDS for part in ("age", "new", "recent")),
    ),
    "relations": ("began_before", "began_together", "later_in_order", "gap_hours"),
}
OF_HABITS = {"line_numbers": (*features.HABIT, "usual_route"), "relations": ("summed_dose_to_habit",)}
NAMES = {"line_numbers": features.LINE_NUMBERS, "state": features.STATE, "relations": features.RELATIONS}


def columns(part: str, names) -> list[int]:
    return [NAMES[part].index(name) for name in names]


def blank(batch: Batch, without: tuple[str, ...]) -> Batch:
    """The batch with the inputs of each idea at zero; partners are taken away where the batch is built."""
    if not without:
        return batch
    parts = {name: getattr(batch, name).clone() for name in ("line_codes", "row_limits", *NAMES)}
    if "relations" in without:
        parts["relations"].zero_()
    if "atc" in without:
        parts["line_codes"][:, :4] = 0  # the substance itself stays
        parts["line_codes"][:, len(features.CODES) :] = 0  # its classes go
    if "biology" in without:
        parts["state"][:, [i for i, name in enumerate(features.STATE) if name.startswith(features.KINDS)]] = 0
        parts["row_limits"][:, [i for i, name in enumerate(features.LIMITS) if "_age" not in name]] = 0
    if "properties" in without:
        parts["line_numbers"][:, columns("line_numbers", features.PROPERTIES)] = 0
    for idea, named in (("time", TIMELY), ("habits", OF_HABITS)):
        for part, names in named.items() if idea in without else ():
            parts[part][:, columns(part, names)] = 0
    if "time" in without:
        parts |= {name: getattr(batch, name) * 0 for name in ("row_age", "partner_overlap")}
    return batch._replace(**parts)


def thinned(tables, label_share: float, missing: float, seed: int):
    """Training tables with a share of their patients, and without a share of their interventions."""
    rng = np.random.default_rng([seed, 11])
    patients = np.sort(tables.stays["patient_id"].unique().astype(object))
    kept = rng.permutation(patients)[: max(1, round(len(patients) * label_share))]
    stays = tables.stays[tables.stays["patient_id"].isin(kept)]
    frames = {name: getattr(tables, name) for name in ("lines", "observations", "interventions")}
    frames = {name: frame[frame["stay_id"].isin(stays["stay_id"])] for name, frame in frames.items()}
    frames["interventions"] = frames["interventions"][rng.random(len(frames["interventions"])) >= missing]
    return replace(tables, stays=stays, **frames)
