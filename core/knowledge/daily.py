"""mg a day of every line and substance, as a band; what cannot be said carries a reason code, no line is dropped."""

import math
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from core.knowledge.substances import read_facts
from core.knowledge.units import Factor, factor_of, strengths_in

COLUMNS = ["line_id", "substance", "mg_per_day_low", "mg_per_day_high", "reason"]
WAY = ["drug", "substances", "route", "unit", "total"]  # all that mg of a dose of 1 hang on
NEAR = 1e-6


@cache
def shares() -> dict[tuple[str, str], dict[str, float]]:
    """mg of each substance of a product for 1 mg of the dose as it is written, by product and route."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in read_facts("combinations.csv"):
        product = found.setdefault((row["product"], row["route"]), {row["reference"]: 1.0})
        product[row["other"]] = float(row["ratio"])
    return found


@cache
def totals() -> dict[tuple[str, str], dict[float, float]]:
    """mg of the reference by mg of all substances of one unit, of the products and routes whose doses are written added up."""
    rows = [row for row in read_facts("combinations.csv") if row["totals"]]
    pairs = {(row["product"], row["route"]): [one.split(":") for one in row["totals"].split("/")] for row in rows}
    return {known: {float(total): float(part) for total, part in found} for known, found in pairs.items()}


@cache
def product_of(substances: str) -> str:
    return "+".join(sorted(substances.split("+")))


def units_making(mg: float, strengths: Iterable[float]) -> tuple[float, float]:
    """The fewest whole units that make a dose, infinite where none do, and the strength of one."""
    counts = [(mg / strength, strength) for strength in strengths]
    return min(((round(n), one) for n, one in counts if n > NEAR and abs(n - round(n)) < NEAR), default=(math.inf, mg))


def of_reference(mg: float, strengths: dict[float, float]) -> float:
    """mg of the reference in a written dose: a total of the substances (960 mg of cotrimoxazole) where fewer units make it so
    than as the reference alone (800 mg)."""
    (units, total), (others, _) = units_making(mg, strengths), units_making(mg, strengths.values())
    return units * strengths[total] if units < others else mg


def split(keys: tuple[str, ...], route: str, unit: str, drug: str, dose: float = math.nan) -> dict[str, Factor]:
    """Factor by substance: a product of several is split by its strengths or by the known share of each, to which the written
    dose matters where it may be a total."""
    if len(keys) < 2:
        return {key: factor_of(unit, drug, key) for key in keys}
    strengths = strengths_in(drug)
    product = product_of("+".join(keys))
    known = (product, route) if (product, route) in shares() else (product, "oral")
    share = shares().get(known)
    base = factor_of(unit, drug, keys[0])
    if base.mg is None and base.reason == "form_without_strength" and len(strengths) == len(keys):
        return {key: Factor(mg, reason="strengths_in_order") for key, mg in zip(keys, strengths, strict=True)}
    if base.mg is None or share is None:
        return {key: Factor(None, reason=base.reason or "combination_not_split") for key in keys}
    added = known in totals() and dose > 0 and not base.per_kg
    mg = of_reference(base.mg * dose, totals()[known]) / dose if added else base.mg
    return {key: Factor(mg * share[key], base.per, base.per_kg, "split_by_share") for key in keys}


def factors_of(lines: pd.DataFrame) -> pd.DataFrame:
    """One row a distinct way of writing (``WAY``) and substance: mg, per, per_kg, reason."""
    ways = lines[WAY].drop_duplicates()
    rows = []
    for drug, substances, route, unit, dose in ways.itertuples(index=False):
        keys = tuple(filter(None, str(substances).split("+"))) if isinstance(substances, str) else ()
        written = unit if isinstance(unit, str) else ""
        for key, factor in (
            split(keys, route, written, str(drug), dose) or {"": Factor(None, reason="unknown_substance")}
        ).items():
            rows.append((drug, substances, route, unit, dose, key, factor.mg, factor.per, factor.per_kg, factor.reason))
    names = [*WAY, "substance", "mg", "per", "per_kg", "reason"]
    return pd.DataFrame(rows, columns=names).astype({"total": float, "mg": float, "per_kg": bool})


def may_be_total(lines: pd.DataFrame) -> pd.Series:
    """The written dose of a product whose doses may be totals of its strengths; NaN of any other."""
    added = {product for product, _ in totals()}
    several = [isinstance(each, str) and "+" in each and product_of(each) in added for each in lines["substances"]]
    return lines["dose"].where(several)


def band(table: pd.DataFrame) -> pd.DataFrame:
    """Low and high mg a day of lines joined with their factors; a PRN line may never be taken."""
    by_rate = (table["per"] == "day").to_numpy()
    times = np.where(by_rate, 1.0, table["times_per_day"].to_numpy(float))
    kilos = np.where(table["per_kg"], table["weight_kg"], 1.0)
    once = table["dose"].to_numpy(float) * table["mg"].to_numpy(float) * kilos
    high = once * times
    low = np.where(table["prn"].to_numpy(bool), 0.0, np.where(np.isnan(times), once, high))
    reason = table["reason"].to_numpy(object)
    said = ~np.isnan(table["mg"].to_numpy(float))
    reason = np.where(said & np.isnan(times), "frequency_missing", reason)
    reason = np.where(said & np.isnan(kilos), "weight_needed", reason)
    reason = np.where(said & table["dose"].isna().to_numpy(), "dose_missing", reason)
    return pd.DataFrame(
        {
            "line_id": table["line_id"].to_numpy(object),
            "substance": table["substance"].to_numpy(object),
            "mg_per_day_low": np.where(np.isnan(once), np.nan, low),
            "mg_per_day_high": high,
            "reason": reason,
        }
    )


def daily_doses(lines: pd.DataFrame, weights: pd.Series | None = None) -> pd.DataFrame:
    """line_id, substance, mg_per_day_low, mg_per_day_high, reason: one row a substance of each line.

    ``weights`` in kg by line_id serves doses per kg. Reasons of a number that is there: split_by_share,
    strengths_in_order, frequency_missing (then low is one administration and high unknown); every other
    reason stands beside empty numbers.
    """
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS).astype({"mg_per_day_low": float, "mg_per_day_high": float})
    wanted = ["line_id", "stay_id", "drug", "substances", "route", "unit", "dose", "times_per_day", "prn"]
    plain = lines[wanted].astype({"drug": object, "substances": object, "route": object, "unit": object})
    plain = plain.assign(dose=plain["dose"].astype(float), times_per_day=plain["times_per_day"].astype(float))
    plain["weight_kg"] = plain["line_id"].map(weights).astype(float) if weights is not None else np.nan
    plain["total"] = may_be_total(plain)
    return band(plain.merge(factors_of(plain), on=WAY, how="left"))[COLUMNS]
