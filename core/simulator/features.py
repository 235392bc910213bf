"""Features of a problem at an instant: what rules.csv weighs, each read from the scene alone."""

import numpy as np

from core.simulator.context import Scene
from core.simulator.hospital import WARDS
from core.simulator.patients import DAY

ROUTE_WARDS = {"icu": "intensive_care", "psychiatry": "psychiatry", "surgery": "orthopaedic_surgery"}
COURSES = {"stent": ("stent", "coronary_syndrome"), "lung": ("copd", "copd_exacerbation", "respiratory_failure"),
           "palliative": ("cancer_pain",), "dementia": ("dementia",), "epilepsy": ("epilepsy", "seizure"),
           "heart_failure": ("heart_failure", "heart_decompensation"), "alcohol": ("alcohol", "withdrawal"),
           "diarrhoea": ("digestive_infection",),
           "ulcer": ("reflux", "gi_bleed", "septic_shock", "respiratory_failure")}  # fmt: skip


class Moment:
    """Problems (index line i, partner j or -1, property strength) at instants t; every feature is (rows,)."""

    def __init__(self, scene: Scene, i: np.ndarray, j: np.ndarray, t: np.ndarray, strength: np.ndarray) -> None:
        self.scene, self.i, self.j, self.t, self.strength = scene, i, j, t, strength
        self.stay = scene.lines.stay[i]

    def take(self, rows: np.ndarray) -> "Moment":
        return Moment(self.scene, self.i[rows], self.j[rows], self.t[rows], self.strength[rows])

    def __getitem__(self, name: str) -> np.ndarray:
        """The feature of that name as float; an unknown name raises KeyError."""
        if name in self.scene.by_instant:
            return self.scene.by_instant[name][self.t]
        if name in COURSES:
            return np.any([self.scene.has_course(c, self.stay) for c in COURSES[name]], axis=0).astype(float)
        if name in ROUTE_WARDS:
            return (self.scene.lines.ward[self.i] == WARDS.index(ROUTE_WARDS[name])).astype(float)
        return np.asarray(FEATURES[name](self), float)

    def of_item(self, values: np.ndarray, line: np.ndarray) -> np.ndarray:
        return values[self.scene.lines.item[line]]

    def route(self, line: np.ndarray) -> np.ndarray:
        return self.scene.routes[line]

    def since(self, line: np.ndarray) -> np.ndarray:
        """Minutes for which a line has been active."""
        return self.scene.minute[self.t] - self.scene.lines.start[line]

    def dose(self, line: np.ndarray) -> np.ndarray:
        """Doublings of the daily dose above the usual highest, from -2 to 2."""
        return np.log2(self.scene.daily[line] / self.of_item(self.scene.catalogue.high, line)).clip(-2, 2)


def ratio(value: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Doublings of value above limit, 0 below it, at most 3; a limit of 0 counts as 3."""
    return np.log2(np.maximum(value / np.maximum(limit, 1e-9), 1.0)).clip(max=3)


def renal_limit(m: Moment) -> np.ndarray:
    """Highest daily dose at the last eGFR; infinity when none applies."""
    steps, rate = m.scene.catalogue.renal[m.scene.lines.item[m.i]], m["egfr"]
    below = rate[:, None] < steps[:, :, 0]
    return np.where(below, steps[:, :, 1], np.inf).min(1)


def aged_limit(m: Moment) -> np.ndarray:
    """Highest daily dose at the age of the patient; infinity when none applies."""
    steps, age = m.scene.catalogue.aged[m.scene.lines.item[m.i]], m.scene.stays.age[m.stay]
    return np.where(age[:, None] >= steps[:, :, 0], steps[:, :, 1], np.inf).min(1)


def same_substance_sum(m: Moment) -> np.ndarray:
    """Daily doses of both lines against the maximum of the index; a combination counts through its ratio to its own."""
    share = [np.minimum(m.scene.daily[x] / np.minimum(m.of_item(m.scene.catalogue.maximum, x),
             m.of_item(m.scene.catalogue.high, x) * 1.34), 4) for x in (m.i, m.j)]  # fmt: skip
    return np.log2(np.maximum(share[0] + share[1], 1e-9)).clip(0, 2)


def started_at_admission(m: Moment) -> np.ndarray:
    """Both lines (or the one) were there from the first hours: an old treatment."""
    start = m.scene.lines.start
    return (start[m.i] <= 480) & ((m.j < 0) | (start[m.j] <= 480))


FEATURES = {
    "age75": lambda m: m.scene.stays.age[m.stay] >= 75,
    "female": lambda m: m.scene.stays.female[m.stay],
    "strength": lambda m: m.strength - 1.0,
    "prn_i": lambda m: m.scene.lines.prn[m.i],
    "prn_j": lambda m: m.scene.lines.prn[m.j],
    "iv_i": lambda m: m.route(m.i) == "iv",
    "both_iv": lambda m: (m.route(m.i) == "iv") & (m.route(m.j) == "iv"),
    "same_route": lambda m: m.route(m.i) == m.route(m.j),
    "same_substance": lambda m: np.ones(len(m.i)),
    "local_i": lambda m: m.of_item(m.scene.catalogue.local, m.i),
    "home": started_at_admission,
    "overlap48": lambda m: np.minimum(m.since(m.i), m.since(m.j)) >= 2 * DAY,
    "long_treatment": lambda m: m.since(m.i) >= 2 * DAY,
    "dose_i": lambda m: m.dose(m.i),
    "dose_j": lambda m: m.dose(m.j),
    "times_j": lambda m: m.scene.lines.times[m.j] - 1,
    "preventive_i": lambda m: m.scene.preventive[m.i],
    "preventive_j": lambda m: m.scene.preventive[m.j],
    "preventive_ij": lambda m: m.scene.preventive[m.i] | m.scene.preventive[m.j],
    "vka_bridge": lambda m: (m.scene.strength("vka")[m.i] + m.scene.strength("vka")[m.j] > 0) * (1 - m["inr_on"]),
    "k_added": lambda m: m.scene.strength("k_supply")[m.i] + m.scene.strength("k_supply")[m.j] > 0,
    "long_pair": lambda m: (m.scene.lines.times[m.i] <= 2) & (m.scene.lines.times[m.j] <= 2),
    "sum_over": same_substance_sum,
    "over_max": lambda m: ratio(m.scene.daily[m.i], m.of_item(m.scene.catalogue.maximum, m.i) * 1.01),
    "under_usual": lambda m: ratio(m.of_item(m.scene.catalogue.low, m.i) * 0.99, m.scene.daily[m.i]),
    "renal_over": lambda m: ratio(m.scene.daily[m.i], renal_limit(m) * 1.01) * (renal_limit(m) > 0),
    "age_over": lambda m: ratio(m.scene.daily[m.i], aged_limit(m) * 1.01),
    "renal_stop": lambda m: renal_limit(m) == 0,
    "iv_long": lambda m: (m.route(m.i) == "iv") & (m.since(m.i) >= 2.5 * DAY) & (m["n_oral"] >= 4),
    "antibiotic_long": lambda m: m.since(m.i) >= 9 * DAY,
    "ppi_no_reason": lambda m: (m["ppi_reason"] == 0) & (m["ulcer"] == 0),
    "no_inr": lambda m: (m.since(m.i) >= 4 * DAY) & (m["inr_minutes"] >= 4 * DAY),
    "no_creatinine": lambda m: (m.since(m.i) >= 3 * DAY) & (m["creatinine_minutes"] >= 3 * DAY),
    "n_lines_many": lambda m: ((m["n_lines"] - 12) / 6).clip(0, 2),
    "times_many": lambda m: m.scene.lines.times[m.i] >= 3,
    "times_twice": lambda m: m.scene.lines.times[m.i] >= 2,
    "top_dose": lambda m: m.scene.daily[m.i] >= m.of_item(m.scene.catalogue.high, m.i),
    "wrong_route": lambda m: m.scene.lines.wrong_route[m.i],
}  # fmt: skip
