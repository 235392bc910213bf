"""What is usual where a model learned: the daily doses and the routes of each drug, as its training lines have them.

A table of doses speaks of some substances in mg; a hospital's own lines speak of every drug in the unit it is written in.
What cannot be compared (a drug or a unit never seen, no frequency) is told as usual.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.detection import features

LEAST = 10  # lines under which nothing is called a habit
SHARE = 0.02  # of a drug's lines, under which a route is not usual
QUANTILES = (0.05, 0.5, 0.95)  # low, middle and high of the daily doses
DRUG, DOSED = ["atc", "substances"], ["atc", "substances", "route", "unit"]


@dataclass(frozen=True)
class Habits:
    """``doses``: drug, route and unit to the low, middle and high daily dose in that unit; ``routes``: drug to its usual ones."""

    doses: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    routes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def above(self, others: "Habits") -> "Habits":
        """These habits, and of ``others`` those of drugs that these do not know."""
        return Habits({**others.doses, **self.doses}, {**others.routes, **self.routes})


def names(lines: pd.DataFrame, columns: list[str]) -> pd.Series:
    """(N,) the columns as one text."""
    found = lines[columns].astype(object).fillna("").astype(str)
    return found[columns[0]].str.cat([found[name] for name in columns[1:]], sep="|")


def daily(lines: pd.DataFrame) -> pd.Series:
    """(N,) dose a day in the line's own unit; nan without a dose or a frequency."""
    return lines["dose"].astype(float) * lines["times_per_day"].astype(float)


def learn(lines: pd.DataFrame, least: int = LEAST) -> Habits:
    """The habits of these lines; what is seen on fewer than ``least`` is none."""
    dose = daily(lines)
    dose = dose[dose > 0]
    by_way = dose.groupby(names(lines, DOSED)[dose.index])
    enough = by_way.size()
    enough = enough.index[enough >= least]
    table = by_way.quantile(list(QUANTILES)).unstack().loc[enough] if len(enough) else pd.DataFrame()
    doses = {
        str(name): tuple(float(f"{value:.6g}") for value in row)
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    }
    drug, route = names(lines, DRUG), lines["route"].astype(object).fillna("").astype(str)
    counts = lines.groupby([drug.to_numpy(), route.to_numpy()]).size()
    whole = counts.groupby(level=0).transform("sum")
    usual = counts[(whole >= least) & (counts >= SHARE * whole)].index
    routes: dict[str, tuple[str, ...]] = {}
    for name, way in usual:
        routes[str(name)] = (*routes.get(str(name), ()), str(way))
    return Habits(doses, routes)


def dose_ratios(lines: pd.DataFrame, known: Habits) -> np.ndarray:
    """(N, 3) daily dose of each line over the low, middle and high habit of its drug, route and unit; nan where there is none."""
    number, distinct = pd.factorize(names(lines, DOSED))
    nothing = (np.nan,) * len(QUANTILES)
    table = np.array([known.doses.get(name, nothing) for name in distinct], dtype=float).reshape(-1, len(QUANTILES))
    return daily(lines).to_numpy(dtype=float)[:, None] / table[number]


def usual_route(lines: pd.DataFrame, known: Habits) -> np.ndarray:
    """(N,) False where the drug is known and seldom given by this route."""
    number, distinct = pd.factorize(names(lines, [*DRUG, "route"]))
    found = []
    for name in distinct:
        drug, _, route = name.rpartition("|")
        found.append(drug not in known.routes or route in known.routes[drug])
    return np.array(found, dtype=bool)[number]


def told(ratios: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers of a line (features.HABIT), 0 where it cannot be compared: natural logs, and how far outside the habit."""
    low, middle, high = np.log(np.clip(ratios, 0.01, 100)).T
    columns = (middle, np.maximum(high, 0), np.minimum(low, 0))
    return dict(zip(features.HABIT, map(np.nan_to_num, columns), strict=True))
