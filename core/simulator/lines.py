"""Prescription lines of one block of stays: home treatment, what courses bring, switches, dose changes, slips."""

from dataclasses import dataclass, fields, replace

import numpy as np

from core.simulator.blocks import choose, expand
from core.simulator.catalogue import HERE, Catalogue, lowest_limit, rows_of, weighted
from core.simulator.hospital import WARDS, Hospital
from core.simulator.patients import COURSE_INDEX, DAY, Stays, expected_egfr

SLOTS = rows_of(HERE / "slots.csv")
HOME = np.array([slot["phase"] == "home" for slot in SLOTS])
COURSE = np.array([COURSE_INDEX[slot["course"]] for slot in SLOTS])
SHARE, FIRST_DAY, DAYS, PRN = (np.array([float(s[name]) for s in SLOTS]) for name in ("p", "day", "days", "prn"))
# How often a dose is changed by a new line, by ATC (invented, after what is titrated).
TITRATED = (("C03C", 0.25), ("B01AA", 0.4), ("A10A", 0.4), ("N02AA", 0.2), ("C07AB", 0.1), ("L04AD", 0.4),
            ("H02AB", 0.2), ("N05A", 0.15), ("C09AA", 0.1), ("C01CA", 0.5))  # fmt: skip


@dataclass
class Lines:
    """One row a line, sorted by stay, start, then ATC code; minutes from admission."""

    stay: np.ndarray
    item: np.ndarray
    dose: np.ndarray
    times: np.ndarray
    prn: np.ndarray
    start: np.ndarray
    end: np.ndarray
    ward: np.ndarray
    wrong_route: np.ndarray
    uid: np.ndarray  # names a line inside its block, whatever the order

    def take(self, rows: np.ndarray) -> "Lines":
        return Lines(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(*parts: Lines) -> Lines:
    return Lines(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Lines)))


def make_lines(hospital: Hospital, catalogue: Catalogue, stays: Stays, rng: np.random.Generator) -> Lines:
    lines, slot, priority = planned(hospital, catalogue, stays, rng)
    kept = one_of_a_family(hospital, catalogue, lines, priority, rng)
    lines, slot = lines.take(kept), slot[kept]
    lines = joined(*switched(hospital, catalogue, (lines, slot), stays, rng))
    lines = dose_changes(catalogue, lines, stays, rng)
    lines = transfers(hospital, lines, stays, rng)
    lines = slips(hospital, catalogue, lines, rng)
    lines.end = np.minimum(lines.end, stays.minutes[lines.stay])
    given = lines.times > 0  # one that is not given at all may have been "forgotten" all the same
    lines = lines.take(np.flatnonzero(given & (lines.end - lines.start >= 60)))
    lines.uid = np.arange(len(lines.stay))
    return lines.take(np.lexsort((catalogue.atc_rank[lines.item], lines.start, lines.stay)))


def planned(hospital, catalogue, stays, rng) -> tuple[Lines, np.ndarray, np.ndarray]:
    """Every line that a course calls for, with its slot and its priority (lower is kept)."""
    size = (len(stays.patient), len(SLOTS))
    patient_draw = rng.random((stays.patient[-1] + 1, 2, len(SLOTS)))[stays.patient]
    here = np.where(HOME, patient_draw[:, 0], rng.random(size)) < SHARE
    here &= stays.courses[:, COURSE] & (~HOME | (rng.random(size) < hospital.home_continued))
    icu = (stays.ward == WARDS.index("intensive_care"))[:, None]
    here &= ~(icu & HOME & (rng.random(size) < 0.55))
    stay, slot = np.nonzero(here)
    draw = np.where(HOME[slot], patient_draw[stay, 1, slot], rng.random(len(slot)))
    items = items_of("items", hospital, catalogue)
    item = choose(items, slot, draw)
    begin = np.where(HOME[slot], rng.choice([0, 60, 120, 240], len(slot)),
                     FIRST_DAY[slot] * DAY * rng.uniform(0.6, 1.5, len(slot)) + 30)  # fmt: skip
    lines = dosed(catalogue, item, stay, begin, np.where(HOME[slot], (draw * 97) % 1, rng.random(len(slot))))
    adapted(hospital, catalogue, lines, stays, rng)
    lines.ward = stays.ward[stay].copy()
    lines.prn = rng.random(len(slot)) < PRN[slot]
    length = np.where(DAYS[slot] > 0, DAYS[slot] * rng.uniform(0.6, 1.7, len(slot)), 400) * DAY
    lines.end = np.where(lines.times > 0, rounded(lines.start + length), lines.start)
    iv = np.array([entry["route"] == "iv" for entry in catalogue.items])[item]
    return lines, slot, np.where(~HOME[slot] & iv, 0, np.where(HOME[slot], 1, 2))


def adapted(hospital, catalogue, lines, stays, rng) -> None:
    """Prescribers know most limits by renal function and age: the lowest schedule, or no line (times 0) at all."""
    rate, age = expected_egfr(stays)[lines.stay], stays.age[lines.stay]
    limit = lowest_limit(catalogue, lines.item, rate, age, stopped=0.0)
    minds = (lines.dose * lines.times > limit * 1.01) & (rng.random(len(limit)) < hospital.adapts)
    dose, times = (np.array([min(weighted(e[name], float)[0]) for e in catalogue.items]) for name in ("doses", "times"))
    lines.dose = np.where(minds, dose[lines.item], lines.dose)
    lines.times = np.where(minds, np.where(limit > 0, times[lines.item], 0.0), lines.times)


def items_of(column: str, hospital: Hospital, catalogue: Catalogue) -> list[tuple[list, np.ndarray]]:
    """Options of each slot as item numbers; what is out of stock gives way to the others."""
    options = []
    for slot in SLOTS:
        words = slot[column].split()
        kept = [word for word in words if word.split(":")[0] not in hospital.out_of_stock] or words
        values, shares = weighted(" ".join(kept)) if kept else (["paracetamol_po"], np.ones(1))
        options.append(([catalogue.index[value] for value in values], shares))
    return options


def rounded(minutes: np.ndarray) -> np.ndarray:
    return (np.asarray(minutes) // 30 * 30).astype(np.int64)


def dosed(catalogue, item, stay, begin, draw) -> Lines:
    """Lines of these items with an ordinary schedule; ``draw`` fixes the dose."""
    doses = choose([weighted(e["doses"], float) for e in catalogue.items], item, draw)
    times = choose([weighted(e["times"], float) for e in catalogue.items], item, (draw * 31) % 1)
    start, no = rounded(begin), np.zeros(len(item), bool)
    return Lines(stay, item, doses, times, no, start, start + 400 * DAY, np.zeros(len(item), int), no.copy(),
                 np.zeros(len(item), np.int64))  # fmt: skip


def one_of_a_family(hospital, catalogue, lines, priority, rng) -> np.ndarray:
    """Rows kept when a stay calls for two drugs of one family: the first by priority, seldom both."""
    family = catalogue.family[lines.item]
    order = np.lexsort((np.arange(len(family)), priority, family, lines.stay))
    same = (family[order][1:] == family[order][:-1]) & (lines.stay[order][1:] == lines.stay[order][:-1])
    slip = rng.random(len(family)) < hospital.keep_duplicate
    return np.sort(order[~np.r_[False, same] | slip])


def switched(hospital, catalogue, planned_lines, stays, rng) -> tuple[Lines, Lines]:
    """The lines and those that follow them; a line stops before the next starts, unless it is forgotten."""
    lines, slot = planned_lines
    has_next = np.array([bool(s["next"]) for s in SLOTS])[slot]
    rows = np.flatnonzero(has_next & (lines.end < stays.minutes[lines.stay] - 240))
    item = choose(items_of("next", hospital, catalogue), slot[rows], rng.random(len(rows)))
    gap = rng.choice([0, 60, 240, 720], len(rows), p=[0.4, 0.2, 0.2, 0.2])
    follow = dosed(catalogue, item, lines.stay[rows], lines.end[rows] + gap, rng.random(len(rows)))
    follow.ward = lines.ward[rows].copy()
    same = item == lines.item[rows]
    follow.end = rounded(
        follow.start + np.where(same, 400, rng.choice([5, 7, 400], len(rows), p=[0.2, 0.2, 0.6])) * DAY
    )
    forgotten = rows[rng.random(len(rows)) < hospital.forgets_to_stop]
    lines.end[forgotten] += 400 * DAY
    return lines, follow


def dose_changes(catalogue, lines, stays, rng) -> Lines:
    """A changed dose is a new line: the old one ends at the minute at which the new one starts."""
    share = np.array([next((p for atc, p in TITRATED if e["atc"].startswith(atc)), 0.03) for e in catalogue.items])
    last = np.minimum(lines.end, stays.minutes[lines.stay])
    rows = np.flatnonzero((rng.random(len(lines.item)) < share[lines.item]) & (last - lines.start > 2 * DAY))
    at = rounded(lines.start[rows] + rng.uniform(0.25, 0.8, len(rows)) * (last - lines.start)[rows])
    later = lines.take(rows)
    redrawn = dosed(catalogue, later.item, later.stay, at, rng.random(len(rows)))
    later = replace(later, start=at, dose=redrawn.dose, times=redrawn.times)
    lines.end[rows] = at
    return joined(lines, later)


def transfers(hospital, lines, stays, rng) -> Lines:
    """A stay in eight changes ward; half of its lines are written again there, and seldom the old one runs on."""
    to = rng.choice(len(WARDS), len(stays.ward), p=hospital.ward_shares)
    goes = (rng.random(len(stays.ward)) < 0.12) & (to != stays.ward) & (stays.minutes > 2 * DAY)
    at = np.where(goes, rounded(stays.minutes * rng.uniform(0.25, 0.7, len(to))), 1 << 40)[lines.stay]
    after, across = lines.start >= at, (lines.start < at) & (lines.end > at)
    lines.ward[after] = to[lines.stay[after]]
    rows = np.flatnonzero(across & (rng.random(len(at)) < 0.5))
    again = replace(lines.take(rows), start=at[rows] + 30, ward=to[lines.stay[rows]])
    stopped = rows[rng.random(len(rows)) >= hospital.forgets_to_stop]
    lines.end[stopped] = at[stopped]
    return joined(lines, again)


def slips(hospital, catalogue, lines, rng) -> Lines:
    """Doses doubled, halved or ten times too high, and wrong routes."""
    factor = rng.choice([2.0, 0.5, 3.0, 0.25, 10.0], len(lines.item), p=[0.36, 0.30, 0.10, 0.16, 0.08])
    wrong = rng.random(len(lines.item)) < hospital.dose_errors
    lines.dose = np.where(wrong, lines.dose * factor, lines.dose)
    has_other = (catalogue.mistaken != "")[lines.item]
    lines.wrong_route = has_other & (rng.random(len(lines.item)) < hospital.wrong_routes)
    return lines


def spans(lines: Lines, size: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last row + 1 of each stay."""
    return np.searchsorted(lines.stay, np.arange(size)), np.searchsorted(lines.stay, np.arange(size), "right")


def couples(lines: Lines, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Ordered pairs (i, j) of different lines of a stay that are active together."""
    low, high = spans(lines, size)
    i, j = expand(low[lines.stay], high[lines.stay])
    together = (i != j) & (np.maximum(lines.start[i], lines.start[j]) < np.minimum(lines.end[i], lines.end[j]))
    return i[together], j[together]
