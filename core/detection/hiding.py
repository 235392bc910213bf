"""What training hides from a network now and then, so that what it will not be told one day is nothing new.

A drug it never saw: the deepest codes of some lines, and with them what is usual for the drug. A ward it never saw. A
stay whose lines say no frequency, or of whose patient nothing is measured, as many hospitals' files have it.
"""

import torch

from core.detection import features
from models.batch import Batch

ATC4, ATC5, WARD = (features.CODES.index(name) for name in ("atc4", "atc5", "ward"))
LINE, RELATION, LIMIT = (
    {name: i for i, name in enumerate(names)} for names in (features.LINE_NUMBERS, features.RELATIONS, features.LIMITS)
)
HABITS = [LINE[name] for name in features.HABIT]
DOSES = [LINE[name] for name in (
    "dose_to_usual", "dose_to_usual_high", "dose_to_maximum", "dose_above_maximum", "dose_below_usual", "limits_known",
    "times_per_day", *features.HABIT,
)]  # fmt: skip
SUMS = [i for name, i in RELATION.items() if name.startswith("summed_dose")]
DOSED_LIMITS = [i for name, i in LIMIT.items() if name.startswith("dose_to_limit")]
MEASURED_LIMITS = [i for name, i in LIMIT.items() if "_age" not in name]
MEASURED = [i for i, name in enumerate(features.STATE) if name.startswith(features.KINDS)]


def hide(
    batch: Batch,
    unknown: dict[int, int],
    hidden: tuple[float, float],
    unsaid: float,
    generator: torch.Generator | None = None,
) -> Batch:
    """The batch with drugs and wards hidden in ``hidden`` shares of its lines (ATC level 5, levels 4 and 5), and the
    frequencies of a share ``unsaid`` of its stays and the measurements of another; drawn by ``generator``, torch's own if none."""
    stay = batch.instant_stay[batch.line_start]
    strange = torch.rand(len(batch.line_codes), generator=generator)
    codes = batch.line_codes.clone()
    codes[strange < sum(hidden), ATC5] = unknown[ATC5]
    codes[strange < hidden[1], ATC4] = unknown[ATC4]
    codes[torch.rand(len(codes), generator=generator) < hidden[1], WARD] = unknown[WARD]
    drug = strange < sum(hidden)
    uncounted, unmeasured = torch.rand(2, batch.stays, generator=generator) < unsaid
    uncounted = uncounted[stay]  # (N,)
    numbers, relations, limits, state = (part.clone() for part in (
        batch.line_numbers, batch.relations, batch.row_limits, batch.state))  # fmt: skip
    clear(numbers, drug, HABITS)
    numbers[drug, LINE["usual_route"]] = 1
    clear(numbers, uncounted, DOSES)
    strange_pair = drug[batch.pair_index] | drug[batch.pair_other]
    clear(relations, strange_pair, [RELATION["summed_dose_to_habit"]])
    clear(relations, uncounted[batch.pair_index] | uncounted[batch.pair_other], SUMS)
    clear(limits, uncounted[batch.row_line], DOSED_LIMITS)
    clear(limits, unmeasured[batch.instant_stay[batch.row_instant]], MEASURED_LIMITS)
    clear(state, unmeasured[batch.instant_stay], MEASURED)
    return batch._replace(line_codes=codes, line_numbers=numbers, relations=relations, row_limits=limits, state=state)


def clear(values: torch.Tensor, rows: torch.Tensor, columns: list[int]) -> None:
    """Zeros in these columns of these rows."""
    values[rows.nonzero(), torch.tensor(columns)] = 0
