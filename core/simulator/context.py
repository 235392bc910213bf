"""What can be seen at an instant of a stay: active lines and the last biology, never what comes after."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.simulator.biology import KINDS, Observations
from core.simulator.blocks import expand, total
from core.simulator.catalogue import Catalogue
from core.simulator.lines import Lines, spans
from core.simulator.patients import COURSE_INDEX, DAY, Stays

SPAN = 1 << 20  # minutes; longer than any stay, so that stay * SPAN + minute orders instants
COUNTED = ("ppi", "laxative", "folate", "pyridoxine", "k_supply", "raas", "diuretic", "sedative", "qt",
           "antiplatelet", "bradycardic", "nsaid", "antithrombotic", "corticosteroid")  # fmt: skip
RECENT_DAYS = 3  # a monitoring older than this is none


@dataclass
class Scene:
    """One block of stays as a pharmacist can see it, with its instants in order."""

    catalogue: Catalogue
    stays: Stays
    lines: Lines
    observations: Observations

    @cached_property
    def instants(self) -> np.ndarray:
        """Sorted keys stay * SPAN + minute of every line start, line end and observation."""
        lines, seen = self.lines, self.observations
        ends = lines.end < self.stays.minutes[lines.stay]
        return np.unique(np.concatenate([
            lines.stay * SPAN + lines.start, (lines.stay * SPAN + lines.end)[ends], seen.stay * SPAN + seen.time,
        ]))  # fmt: skip

    @cached_property
    def stay(self) -> np.ndarray:
        return self.instants // SPAN

    @cached_property
    def minute(self) -> np.ndarray:
        return self.instants % SPAN

    @cached_property
    def activity(self) -> tuple[np.ndarray, np.ndarray]:
        """(instant, line) for every line active at an instant."""
        low, high = spans(self.lines, len(self.stays.ward))
        instant, line = expand(low[self.stay], high[self.stay])
        minute = self.minute[instant]
        active = (self.lines.start[line] <= minute) & (minute < self.lines.end[line])
        return instant[active], line[active]

    def count(self, on_line: np.ndarray) -> np.ndarray:
        """At each instant the sum of a value over the active lines."""
        instant, line = self.activity
        return total(instant, on_line[line].astype(float), len(self.instants))

    def strength(self, name: str) -> np.ndarray:
        """(lines,) strength of a property in each line."""
        return self.catalogue.strength[self.lines.item, self.catalogue.properties[name]]

    @cached_property
    def biology(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """For each kind the last value at each instant and its age in minutes; NaN and infinity when never seen."""
        return {name: self._last(code) for code, name in enumerate(KINDS)}

    def _last(self, code: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.flatnonzero(self.observations.kind == code)
        stay, time = self.observations.stay[rows], self.observations.time[rows]
        at = np.searchsorted(stay * SPAN + time, self.instants, "right") - 1
        found = (at >= 0) & (stay[at.clip(0)] == self.stay) if len(rows) else np.zeros(len(self.instants), bool)
        if not len(rows):
            return np.full(len(found), np.nan), np.full(len(found), np.inf)
        value = np.where(found, self.observations.value[rows[at.clip(0)]], np.nan)
        return value, np.where(found, self.minute - time[at.clip(0)], np.inf)

    @cached_property
    def lowest_creatinine(self) -> np.ndarray:
        """Lowest creatinine of the stay so far, at each instant."""
        value = np.nan_to_num(self.biology["creatinine"][0], nan=9000.0)
        shift = (self.stay[-1] - self.stay) * 1e5
        return np.minimum.accumulate(value + shift) - shift

    @cached_property
    def routes(self) -> np.ndarray:
        """(lines,) route as it was written."""
        known, item = self.catalogue, self.lines.item
        usual = np.array([entry["route"] for entry in known.items])[item]
        return np.where(self.lines.wrong_route, known.mistaken[item], usual)

    @cached_property
    def daily(self) -> np.ndarray:
        """(lines,) dose a day in the unit of the item, as if a PRN line were always taken."""
        return self.lines.dose * self.lines.times

    @cached_property
    def preventive(self) -> np.ndarray:
        """(lines,) heparin at a preventive dose."""
        return self.daily <= self.catalogue.preventive[self.lines.item]

    @cached_property
    def by_instant(self) -> dict[str, np.ndarray]:
        """Features of an instant alone."""
        return instant_features(self)

    def has_course(self, name: str, stay: np.ndarray) -> np.ndarray:
        return self.stays.courses[stay, COURSE_INDEX[name]]


def instant_features(scene: Scene) -> dict[str, np.ndarray]:
    last = {name: value for name, (value, _) in scene.biology.items()}
    age = {name: minutes for name, (_, minutes) in scene.biology.items()}
    oral, iv = scene.routes == "oral", scene.routes == "iv"
    present = {name: scene.count(scene.strength(name) > 0) for name in COUNTED}
    rate = np.nan_to_num(last["egfr"], nan=75.0)
    creatinine = np.nan_to_num(last["creatinine"], nan=9000.0)
    features = {
        "egfr": rate, "egfr_low": ((60 - rate) / 30).clip(0, 2),
        "aki": ((creatinine / scene.lowest_creatinine - 1.25) * 2).clip(0, 2),
        "k_high": ((np.nan_to_num(last["potassium"], nan=4.2) - 5.0) / 0.5).clip(0, 3),
        "k_low": ((3.6 - np.nan_to_num(last["potassium"], nan=4.2)) / 0.4).clip(0, 3),
        "inr_high": (np.nan_to_num(last["inr"], nan=1.0) - 3.0).clip(0, 4),
        "inr_on": np.nan_to_num(last["inr"], nan=1.0) >= 2,
        "qtc_long": ((np.nan_to_num(last["qtc"], nan=420) - 450) / 30).clip(0, 3),
        "glucose_low": (5.0 - np.nan_to_num(last["glucose"], nan=6.0)).clip(0, 2),
        "na_low": ((133 - np.nan_to_num(last["sodium"], nan=139)) / 4).clip(0, 3),
        "k_seen": age["potassium"] <= RECENT_DAYS * DAY, "inr_seen": age["inr"] <= RECENT_DAYS * DAY,
        "qtc_seen": age["qtc"] <= 7 * DAY, "k_supply": present["k_supply"] > 0, "ppi": present["ppi"] > 0,
        "no_ppi": present["ppi"] == 0, "no_laxative": present["laxative"] == 0, "no_folate": present["folate"] == 0,
        "no_pyridoxine": present["pyridoxine"] == 0, "raas_on": present["raas"] > 0,
        "diuretic_on": present["diuretic"] > 0,
        "n_sedatives": (present["sedative"] - 2).clip(0, 4), "n_qt": (present["qt"] - 2).clip(0, 4),
        "n_platelet": present["antiplatelet"].clip(0, 2), "n_brady": (present["bradycardic"] - 2).clip(0, 3),
        "n_lines": scene.count(np.ones(len(scene.lines.stay))), "n_oral": scene.count(oral).clip(0, 10),
        "n_iv": scene.count(iv).clip(0, 10),
        "ppi_reason": present["nsaid"] + present["antithrombotic"] + present["corticosteroid"] > 0,
        "inr_minutes": age["inr"], "creatinine_minutes": age["creatinine"],
    }  # fmt: skip
    return {name: np.asarray(value, float) for name, value in features.items()}
