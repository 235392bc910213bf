"""What prescribers do with an intervention: an accepted stop ends the line, an accepted dose begins another."""

import numpy as np

from core.simulator.catalogue import lowest_limit
from core.simulator.context import Scene
from core.simulator.draws import draw
from core.simulator.lines import Lines, joined
from core.simulator.pharmacists import Verdicts

STOPPED, DOSED = ("2", "3"), ("7",)
ANSWERED = 1_000_000  # added to the uid of a line that another one replaces


def answered(scene: Scene, verdicts: Verdicts, seed: int) -> Lines:
    """The lines after the first accepted intervention on each; what came before it stays as it was."""
    lines = scene.lines
    accepted = np.flatnonzero(verdicts.acted & (verdicts.outcome == "accepted"))
    rows = accepted[np.isin(verdicts.answer[accepted], STOPPED + DOSED)]
    rows = rows[np.lexsort((verdicts.type[rows], scene.minute[verdicts.instant[rows]], verdicts.line[rows]))]
    rows = rows[np.unique(verdicts.line[rows], return_index=True)[1]]
    line, minute = verdicts.line[rows], scene.minute[verdicts.instant[rows]]
    at = minute + 30 * (1 + (8 * draw(seed, 6, lines.uid[line], minute)).astype(np.int64))
    soon = at < lines.end[line]
    rows, line, at = rows[soon], line[soon], at[soon]
    again = np.isin(verdicts.answer[rows], DOSED) & ~lines.wrong_route[line]
    later = lines.take(line[again])
    later.dose = later.dose * factor(scene, line[again], verdicts.instant[rows[again]], verdicts.type[rows[again]])
    later.start, later.uid = at[again], later.uid + ANSWERED
    lines = lines.take(np.arange(len(lines.stay)))
    lines.end[line] = at
    lines = joined(lines, later)
    return lines.take(np.lexsort((scene.catalogue.atc_rank[lines.item], lines.start, lines.stay)))


def factor(scene: Scene, line: np.ndarray, instant: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """By how much the dose changes: halvings (doublings for an underdose) that bring it within its limits.

    Where no limit is passed the dose is halved, unless a half would be unusual.
    """
    known, item, daily = scene.catalogue, scene.lines.item[line], scene.daily[line]
    rate, age = scene.by_instant["egfr"][instant], scene.stays.age[scene.lines.stay[line]]
    limit = lowest_limit(known, item, rate, age, stopped=np.inf)
    over = np.ceil(np.log2(np.maximum(daily / limit, 1.0)) - 1e-9)
    down = np.where(over > 0, over, daily / 2 >= known.low[item])
    up = np.ceil(np.log2(np.maximum(known.low[item] / daily, 1.0)) - 1e-9)
    return np.where(kind == "3.1", 2.0**up, 2.0**-down)
