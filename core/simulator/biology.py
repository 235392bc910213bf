"""Biology that answers to illness and drugs; eGFR by CKD-EPI 2021 (without race)."""

from dataclasses import dataclass

import numpy as np

from core.simulator.blocks import expand, total
from core.simulator.catalogue import Catalogue
from core.simulator.hospital import WARDS, Hospital
from core.simulator.lines import Lines, spans
from core.simulator.patients import COURSE_INDEX, CREATININE, DAY, Stays

UMOL_PER_MG = 88.4  # creatinine, umol/L in 1 mg/dL
# How often blood is taken on a day, by ward (invented; a day in intensive care, seldom in psychiatry).
DAILY = dict(zip(WARDS, (0.55, 0.45, 0.35, 0.35, 1.0, 0.06, 0.8, 0.4), strict=True))
KINDS = ("creatinine", "egfr", "potassium", "inr", "weight", "qtc", "temperature", "glucose", "sodium")
TIMES_DAYS = 2.0  # days in which a drug reaches its effect on biology


def egfr(creatinine_umol_l: np.ndarray, age_years: np.ndarray, female: np.ndarray) -> np.ndarray:
    """mL/min/1.73 m2. Inker et al., N Engl J Med 2021;385:1737-49: the creatinine equation without race."""
    k, a = np.where(female, 0.7, 0.9), np.where(female, -0.241, -0.302)
    ratio = np.asarray(creatinine_umol_l) / UMOL_PER_MG / k
    value = 142 * np.minimum(ratio, 1) ** a * np.maximum(ratio, 1) ** -1.2 * 0.9938 ** np.asarray(age_years)
    return value * np.where(female, 1.012, 1.0)


def creatinine_of(egfr_value: np.ndarray, age_years: np.ndarray, female: np.ndarray) -> np.ndarray:
    """The creatinine in umol/L that gives this eGFR (the equation turned round)."""
    k, a = np.where(female, 0.7, 0.9), np.where(female, -0.241, -0.302)
    g = egfr_value / (142 * 0.9938**age_years * np.where(female, 1.012, 1.0))
    return UMOL_PER_MG * k * np.where(g < 1, g ** (-1 / 1.2), g ** (1 / a))


@dataclass
class Observations:
    """One row a measurement, sorted by stay, time, kind; kind indexes KINDS."""

    stay: np.ndarray
    time: np.ndarray
    kind: np.ndarray
    value: np.ndarray


def make_observations(hospital: Hospital, catalogue: Catalogue, stays: Stays, lines: Lines, rng) -> Observations:
    stay, time = panels(hospital, stays, rng)
    load = exposure(catalogue, lines, stay, time, len(stays.ward))
    values = measured(stays, stay, time, load, rng)
    taken = asked(stays, stay, time, load, rng)
    rows, kind = np.nonzero(taken)
    return Observations(stay[rows], time[rows], kind, values[rows, kind])


def panels(hospital, stays, rng) -> tuple[np.ndarray, np.ndarray]:
    """Stay and minute of each blood sample: at admission, then in the morning of some days."""
    days = stays.minutes // DAY + 1
    stay, day = expand(np.zeros(len(days), np.int64), days)
    clock = (stays.admitted - stays.admitted.astype("datetime64[D]")).astype(int)[stay]
    time = np.where(day == 0, 60, day * DAY - clock + 9 * 60 + rng.integers(0, 4, len(day)) * 15)
    often = np.array([DAILY[name] for name in WARDS])[stays.ward[stay]]
    often = np.where(day == 0, 0.75 + 0.23 * (often > 0.2), np.minimum(often * hospital.laboratory, 1))
    kept = (rng.random(len(day)) < often) & (time < stays.minutes[stay]) & (time > 0)
    return stay[kept], time[kept]


def exposure(catalogue, lines, stay, time, size) -> dict[str, np.ndarray]:
    """Summed strength of each property at each sample, weighed by how long the drug has been there."""
    low, high = spans(lines, size)
    sample, row = expand(low[stay], high[stay])
    active = (lines.start[row] < time[sample]) & (time[sample] < lines.end[row] + DAY)
    sample, row = sample[active], row[active]
    home = lines.start[row] <= 240
    grown = np.where(home, 1.0, 1 - np.exp(-(time[sample] - lines.start[row]) / (TIMES_DAYS * DAY)))
    grown *= np.where(lines.prn[row], 0.4, 1.0)
    names = (
        "nephrotoxic",
        "hyperk",
        "k_depleting",
        "vka",
        "vka_potentiator",
        "qt",
        "hyponatraemic",
        "hypoglycaemic",
        "raas",
    )
    return {
        n: total(sample, grown * catalogue.strength[lines.item[row], catalogue.properties[n]], len(stay)) for n in names
    }


def measured(stays, stay, time, load, rng) -> np.ndarray:
    """(samples, kinds) what each kind would show."""
    noise = rng.normal(size=(len(stay), len(KINDS)))
    person_potassium = 0.3 * rng.standard_t(5, len(stays.ward)).clip(-4, 4)[stay]
    age, female, has = stays.age[stay], stays.female[stay], stays.courses[stay]
    chronic = (has[:, :] * (CREATININE > 1)) * np.where(
        np.arange(len(CREATININE)) < COURSE_INDEX["any_stay"], CREATININE, 0
    )
    acute = np.where(has, np.where(np.arange(len(CREATININE)) > COURSE_INDEX["any_stay"], CREATININE, 1), 1).max(1)
    person = 1 + 0.35 * rng.normal(size=len(stays.ward))[stay].clip(-2, 2)
    away = 1 + (acute - 1) * np.exp(-time / (4 * DAY)) * np.maximum(person, 0.2)
    base = creatinine_of(stays.egfr[stay], age, female) * np.maximum(chronic.max(1), 1)
    creatinine = base * away * (1 + 0.13 * load["nephrotoxic"] + 0.04 * load["raas"]) * np.exp(0.07 * noise[:, 0])
    rate = egfr(creatinine, age, female)
    potassium = (4.05 + 0.25 * load["hyperk"] * np.where(rate < 45, 1.7, 1.0) - 0.28 * load["k_depleting"]
                 + np.clip((50 - rate) / 60, 0, 0.7) + person_potassium + 0.36 * noise[:, 2])  # fmt: skip
    sensitive = np.exp(0.4 * rng.normal(size=len(stays.ward)))[stay]
    inr = 1.05 + load["vka"] * (1.3 * sensitive + 0.75 * load["vka_potentiator"] * sensitive) + 0.12 * noise[:, 3]
    qtc = 412 + 10 * female + 13 * load["qt"] + 14 * (potassium < 3.4) + 22 * noise[:, 5]
    diabetes = has[:, COURSE_INDEX["diabetes"]] | has[:, COURSE_INDEX["glucose_disorder"]]
    glucose = np.where(diabetes, 9.8 - 1.5 * load["hypoglycaemic"], 6.1) * np.exp(0.22 * noise[:, 7])
    sodium = 139.5 - 2.3 * load["hyponatraemic"] + 3.6 * noise[:, 8]
    fever = has[:, [COURSE_INDEX[c] for c in ("pneumonia", "septic_shock", "urinary_infection")]].any(1)
    temperature = 36.9 + fever * 1.6 * np.exp(-time / (2 * DAY)) + 0.4 * noise[:, 6]
    weight = stays.weight[stay] - time / DAY * 0.15 + 0.4 * noise[:, 4]
    return np.stack([
        creatinine.round(), rate.round(), potassium.clip(1.8, 8.5).round(1), inr.clip(0.9, 12).round(1),
        weight.clip(30).round(1), qtc.clip(330, 650).round(), temperature.clip(34, 41.5).round(1),
        glucose.clip(1.2, 35).round(1), sodium.clip(108, 165).round(),
    ], axis=1)  # fmt: skip


def asked(stays, stay, time, load, rng) -> np.ndarray:
    """(samples, kinds) which kinds the prescriber asked for."""
    draw = rng.random((len(stay), len(KINDS)))
    first = time <= 60
    cardiology = stays.ward[stay] == WARDS.index("cardiology")
    diabetes = stays.courses[stay, COURSE_INDEX["diabetes"]]
    share = np.stack([
        np.full(len(stay), 0.97), np.full(len(stay), 0.97), np.full(len(stay), 0.96),
        np.where(load["vka"] > 0, 0.65, np.where(first, 0.35, 0.04)), np.where(first, 0.8, 0.06),
        np.where(first, 0.35 + 0.5 * cardiology, 0.05 + 0.12 * (load["qt"] > 0.8)), np.where(first, 0.7, 0.15),
        np.where(diabetes, 0.8, np.where(first, 0.45, 0.15)), np.full(len(stay), 0.9),
    ], axis=1)  # fmt: skip
    draw[:, 1] = draw[:, 0]  # the laboratory sends eGFR with creatinine
    return draw < share
