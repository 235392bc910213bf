"""Patients and their stays: age, sex, courses of disease, dates, ward; arrays over one block of stays."""

from dataclasses import dataclass

import numpy as np

from core.simulator.catalogue import HERE, rows_of, weighted
from core.simulator.hospital import WARDS, Hospital

DAY = 1440  # minutes
AGES = (50, 65, 80)  # bounds of the age bands of courses.csv
# Age by ward: mean and spread in years; length of stay: median in days and spread of its logarithm.
AGE = {"cardiology": (71, 13), "internal_medicine": (67, 17), "geriatrics": (85, 6), "orthopaedic_surgery": (68, 16),
       "intensive_care": (64, 15), "psychiatry": (46, 16), "nephrology": (64, 15), "pneumology": (66, 14)}  # fmt: skip
LENGTH = {"cardiology": (4.0, 0.6), "internal_medicine": (5.5, 0.7), "geriatrics": (8.0, 0.6),
          "orthopaedic_surgery": (3.6, 0.6), "intensive_care": (5.0, 0.8), "psychiatry": (9.0, 0.8),
          "nephrology": (5.0, 0.7), "pneumology": (5.0, 0.7)}  # fmt: skip
LONGEST_DAYS = 60.0
ILLNESS = 1.25  # hospital patients have more chronic illness than their age group
COURSES = rows_of(HERE / "courses.csv")
COURSE_INDEX = {course["course"]: i for i, course in enumerate(COURSES)}
CREATININE = np.array([float(dict(e.split(":") for e in c["effects"].split()).get("creatinine", 1)) for c in COURSES])
ACUTE = np.array([course["kind"] == "acute" for course in COURSES])


def shares_by_age() -> np.ndarray:
    """(age bands, courses) share of patients who have a chronic course."""
    bands = ("young", "middle", "old", "oldest")
    return np.array([[float(course[band] or 0) for course in COURSES] for band in bands])


def reasons_by_ward() -> list[tuple[list, np.ndarray]]:
    """For each ward its acute courses and their cumulated shares."""
    words = [{} if not c["wards"] else dict(w.split(":") for w in c["wards"].split()) for c in COURSES]
    return [weighted(" ".join(f"{i}:{w[ward]}" for i, w in enumerate(words) if ward in w), int) for ward in WARDS]


@dataclass
class Stays:
    """One row a stay, in the order of stay; ``courses`` (s, c) bool, ``minutes`` long, times from admission."""

    patient: np.ndarray
    ward: np.ndarray
    admitted: np.ndarray  # datetime64[m]
    minutes: np.ndarray
    age: np.ndarray
    female: np.ndarray
    courses: np.ndarray
    egfr: np.ndarray  # usual of the patient
    weight: np.ndarray


def make_stays(hospital: Hospital, rng: np.random.Generator, size: int) -> Stays:
    """``size`` stays of patients who come back now and then, each with one reason and now and then two."""
    new = rng.random(size) < 1 / hospital.stays_a_patient
    new[0] = True
    patient = np.cumsum(new) - 1
    ward_of_patient = rng.choice(len(WARDS), patient[-1] + 1, p=hospital.ward_shares)
    moved = rng.random(size) < 0.35
    ward = np.where(moved & ~new, rng.choice(len(WARDS), size, p=hospital.ward_shares), ward_of_patient[patient])
    age = ages(hospital, rng, ward_of_patient)[patient]
    female = (rng.random(patient[-1] + 1) < 0.52)[patient]
    courses = chronic(rng, age, female, patient) | acute(rng, ward)
    admitted = dates(hospital, rng, new)
    return Stays(
        patient, ward, admitted, lengths(rng, ward), age, female, courses, kidneys(rng, age, patient),
        np.clip(rng.normal(np.where(female, 66, 79), 14.0), 38, 150).round(1),
    )  # fmt: skip


def ages(hospital: Hospital, rng: np.random.Generator, ward: np.ndarray) -> np.ndarray:
    mean, spread = np.array([AGE[name] for name in WARDS]).T
    return np.clip(rng.normal(mean[ward] + hospital.age_shift_years, spread[ward]), 18, 103).astype(int)


def chronic(rng: np.random.Generator, age: np.ndarray, female: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Courses a patient keeps over his stays; men only have a prostate."""
    share = shares_by_age()[np.searchsorted(AGES, age, "right")] * ILLNESS
    share[female, COURSE_INDEX["prostate"]] = 0
    return (rng.random((patient[-1] + 1, len(COURSES)))[patient] < share) & ~ACUTE


def acute(rng: np.random.Generator, ward: np.ndarray) -> np.ndarray:
    """The reason of the stay, and a second one in a stay out of six."""
    table, has = reasons_by_ward(), np.zeros((len(ward), len(COURSES)), bool)
    first, second, also = rng.random(len(ward)), rng.random(len(ward)), rng.random(len(ward)) < 0.16
    for code, (values, shares) in enumerate(table):
        here = np.flatnonzero(ward == code)
        has[here, np.array(values)[np.searchsorted(shares, first[here], "right")]] = True
        here = here[also[here]]
        has[here, np.array(values)[np.searchsorted(shares, second[here], "right")]] = True
    return has


def lengths(rng: np.random.Generator, ward: np.ndarray) -> np.ndarray:
    median, spread = np.array([LENGTH[name] for name in WARDS]).T
    days = np.clip(median[ward] * np.exp(rng.normal(0, spread[ward])), 0.7, LONGEST_DAYS)
    return (days * DAY).astype(np.int64) // 30 * 30


def dates(hospital: Hospital, rng: np.random.Generator, new: np.ndarray) -> np.ndarray:
    """First admissions over the whole period; a patient comes back weeks to months later, never while he is in."""
    first = np.datetime64(hospital.first_day, "m")
    days = int((np.datetime64(hospital.last_day) - np.datetime64(hospital.first_day)) / np.timedelta64(1, "D"))
    start = rng.random(len(new)) * days * DAY
    later = rng.exponential(80 * DAY, len(new)) + (LONGEST_DAYS + 2) * DAY
    person = np.cumsum(new) - 1
    walk = np.cumsum(np.where(new, 0, later))
    minutes = start[new][person] + walk - walk[new][person]
    day = (minutes // DAY) * DAY
    hour = rng.choice(
        [9, 10, 11, 14, 15, 16, 17, 19, 22, 2], len(new), p=[0.1, 0.13, 0.13, 0.14, 0.13, 0.12, 0.09, 0.08, 0.05, 0.03]
    )
    return first + (day + hour * 60).astype("timedelta64[m]")


def expected_egfr(stays: Stays) -> np.ndarray:
    """What a prescriber expects of the kidneys at admission: usual eGFR worsened by the courses of the stay."""
    return stays.egfr / np.where(stays.courses, CREATININE, 1.0).max(1) ** 1.2


def kidneys(rng: np.random.Generator, age: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Usual eGFR: about 100 at 40 years and 1 less a year after (decline in the CKD-EPI cohorts)."""
    usual = rng.normal(104, 14, patient[-1] + 1)[patient] - np.maximum(age - 40, 0) * 0.85
    return np.clip(usual, 18, 125)
