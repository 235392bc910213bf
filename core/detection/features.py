"""Names of everything a model reads, in the order in which it reads them.

The names are part of a checkpoint's vocabulary: change one and older checkpoints are refused.
"""

from core.knowledge.properties import property_names
from core.schema import ERROR_TYPES, OBSERVATIONS, SEVERAL_LINE_TYPES

TYPES = ERROR_TYPES
SEVERAL = tuple(TYPES.index(code) for code in SEVERAL_LINE_TYPES)
SINGLE = tuple(i for i in range(len(TYPES)) if i not in SEVERAL)
KINDS = tuple(OBSERVATIONS)

ATC_LENGTHS = (1, 3, 4, 5, 7)
CODES = tuple(f"atc{level}" for level in range(1, 6)) + ("route", "unit", "ward")
CLASSES = 12  # slots for the classes of a line's substances
COMPONENTS = 3  # substances of a line whose doses are followed
DIAGNOSES = 18  # slots for the diagnoses of a stay
AGES = (65, 75, 85)  # years from which a patient is called old in most references
HOURS = (12, 24, 36, 48, 60, 72, 96, 120, 168, 216)  # hours of exposure that pharmacists count in: half days, then days
RECENT_HOURS = 72  # a result older than three days says little of today

LINE_NUMBERS = (
    "dose_known", "dose_to_usual", "dose_to_usual_high", "dose_to_maximum", "dose_above_maximum", "dose_below_usual", "limits_known", "prn",
    "times_per_day", "local_route", "combination", "hours_after_admission", "usual_route",
)  # fmt: skip
HABIT = ("dose_to_habit", "dose_above_habit", "dose_below_habit")  # beside what the hospital usually gives a day
LINE_NUMBERS += HABIT
PROPERTIES = tuple(f"property_{name}" for name in property_names())
LINE_NUMBERS += PROPERTIES
STATE = (
    ("age", "age_known", *(f"age_{years}" for years in AGES), "hours_in_stay", "hour_sin", "hour_cos", "night", "weekend",
     "lines_active")
    + tuple(f"{kind}_{part}" for kind in KINDS for part in ("known", "value", "age", "new", "recent", "trend", "rise", "fall"))
)  # fmt: skip
SUBJECTS = ("kidney", "age", "other")  # what a limit of the patient hangs on
LIMITS = tuple(
    f"{name}_{subject}" for subject in SUBJECTS for name in ("limit_holds", "dose_to_limit", "to_be_stopped")
)
LIMITS += tuple(f"{name}_before" for name in LIMITS)  # the same at the instant before, if the line was there
EXPOSURE = (  # of a line, or of two lines together; just: reached since the instant before
    "hours", "new", *(f"hours_{hours}" for hours in HOURS), *(f"just_{hours}" for hours in HOURS),
)  # fmt: skip
RELATIONS = (
    "level_ci", "level_ad", "level_pe", "level_apec", "not_checked", "level_depends", "same_substance",
    "same_atc1", "same_atc2", "same_atc3", "same_atc4", "same_atc5", "shared_classes", "redundant", "summed_dose_to_maximum",
    "summed_dose_above_maximum", "summed_dose_to_habit", "same_route", "both_systemic", "other_local", "other_prn", "began_before",
    "began_together", "later_in_order", "gap_hours",
)  # fmt: skip

# Centre and scale that bring a value near 1 for the network; arithmetic only, no clinical limit.
SCALES = {
    "creatinine": (90.0, 50.0), "egfr": (80.0, 30.0), "potassium": (4.2, 0.7), "inr": (1.5, 1.0), "weight": (70.0, 18.0),
    "qtc": (425.0, 35.0), "temperature": (37.2, 0.9), "glucose": (7.0, 3.5), "sodium": (139.0, 5.0),
}  # fmt: skip
