"""Doses as they are written, in mg: numbers, units, strengths in the name, rates.

Pint converts what is a mass over a time; what is counted (tablet, puff) needs a strength in the name.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import pint

from core.knowledge.substances import key_of, read_facts

UNITS = pint.UnitRegistry(cache_folder=None)
MASSES = {
    "mg": "mg", "g": "g", "gm": "g", "gr": "g", "gramme": "g", "grammes": "g", "ug": "ug", "mcg": "ug", "microg": "ug",
    "gamma": "ug", "microgramme": "ug", "microgrammes": "ug", "ng": "ng", "kg": "kg", "mg pe": "mg",
}  # fmt: skip
VOLUMES = {"ml": "ml", "l": "l", "cl": "cl", "cc": "ml"}
AMOUNTS = {
    "ui": "iu", "iu": "iu", "unit": "iu", "units": "iu", "unite": "iu", "unites": "iu", "u": "iu", "mui": "miu",
    "million units": "miu", "meq": "meq", "mmol": "mmol",
}  # fmt: skip
COUNTED = frozenset(row["unit"] for row in read_facts("counted_units.csv"))
PERIODS = {
    "h": "hour", "hr": "hour", "heure": "hour", "min": "minute", "j": "day", "d": "day", "day": "day", "jour": "day",
    "24h": "day", "24 h": "day", "semaine": "week", "sem": "week", "week": "week", "wk": "week", "mois": "month",
}  # fmt: skip
NUMBER = r"(\d+(?:[.,]\d+)?)"
MASS_IN_NAME = re.compile(rf"{NUMBER}\s*(mg|g|gm|mcg|ug|microgrammes?|grammes?|ng)\b(?!\s*/\s*\d*\s*ml)")
PER_ML = re.compile(rf"{NUMBER}\s*(mg|g|gm|mcg|ug|ui|units?)\s*/\s*(?:{NUMBER}\s*)?(ml|l)\b")
PERCENT = re.compile(rf"{NUMBER}\s*%")


@dataclass(frozen=True)
class Amount:
    """``low`` to ``high`` of a written dose; ``reason`` says how it was read or why it was not."""

    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class Factor:
    """mg of a substance for a dose of 1, ``per`` dose or day, times body weight when ``per_kg``."""

    mg: float | None
    per: str = "dose"
    per_kg: bool = False
    reason: str = ""


def number(text: str) -> float:
    return float(text.replace(",", "."))


@lru_cache(100_000)
def parse_dose(text: str) -> Amount:
    """'1-2' is a band, '25,000' is thousands, '0,5' a decimal, '1,250' may be either and is not read."""
    plain = key_of(text).replace(" ", "")
    band = re.fullmatch(rf"{NUMBER}(?:-|a|to|–){NUMBER}", plain)
    if band:
        low, high = sorted(map(number, band.groups()))
        return Amount(low, high, "band")
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})*,000", plain):
        return Amount(float(plain.replace(",", "")), float(plain.replace(",", "")), "thousands")
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", plain):
        return Amount(None, None, "ambiguous_number")
    if re.fullmatch(NUMBER, plain):
        return Amount(number(plain), number(plain))
    return Amount(None, None, "dose_missing" if not plain or plain == "nan" else "dose_not_a_number")


def periods_of(unit: str) -> tuple[str, list[str]]:
    """'µg/kg/min' is ('ug', ['kg', 'min'])."""
    head, *rest = [part.strip(" .") for part in re.split(r"/|\bpar\b|\bper\b|\ba\b", key_of(unit))]
    return head, [part for part in rest if part]


@cache
def conversions() -> dict[tuple[str, str], float]:
    return {(row["substance"], row["unit"]): float(row["mg"]) for row in read_facts("conversions.csv")}


def mg_of_amount(unit: str, substance: str) -> float | None:
    """mg of one IU, mEq or mmol of a substance; None when the reference does not say."""
    family = substance.split(" ", 1)[0] if substance.startswith("insuline") else substance
    if unit == "miu":
        one = conversions().get((family, "iu"))
        return one and one * 1e6
    return conversions().get((family, unit))


def mg_per_ml(name: str, substance: str) -> float | None:
    """Concentration that stands in the name: '10 mg/mL', '25000 UI/5 mL' or '2 %' (20 mg/mL)."""
    found = PER_ML.search(key_of(name))
    if found:
        value, unit, volume, kind = found.groups()
        one = mass_in_mg(unit) or mg_of_amount(AMOUNTS.get(unit, ""), substance)
        return one and number(value) * one / (number(volume or "1") * (1000 if kind == "l" else 1))
    percent = PERCENT.search(key_of(name))
    return number(percent.group(1)) * 10 if percent else None


@cache
def mass_in_mg(unit: str) -> float | None:
    return UNITS.Quantity(1, MASSES[unit]).to("mg").magnitude if unit in MASSES else None


def strengths_in(name: str) -> list[float]:
    """Masses in mg that stand in the name, in order."""
    return [number(value) * mass_in_mg(unit) for value, unit in MASS_IN_NAME.findall(key_of(name))]


def one_unit(unit: str, name: str, substance: str) -> tuple[float | None, str]:
    """(mg of one unit of a substance, reason when that cannot be said)."""
    if unit in MASSES:
        return mass_in_mg(unit), ""
    if unit in AMOUNTS:
        mg = mg_of_amount(AMOUNTS[unit], substance)
        return mg, "" if mg else "unit_without_mass"
    if unit in VOLUMES:
        mg = mg_per_ml(name, substance)
        scale = UNITS.Quantity(1, VOLUMES[unit]).to("ml").magnitude
        return (mg * scale, "") if mg else (None, "volume_without_concentration")
    if unit in COUNTED:
        strengths = strengths_in(name)
        return (strengths[0], "") if len(strengths) == 1 else (None, "form_without_strength")
    return None, "unit_missing" if not unit else "unit_unknown"


@lru_cache(200_000)
def factor_of(unit: str, name: str, substance: str) -> Factor:
    """How to come from a dose of 1 in this unit to mg; a rate is per day whatever the frequency."""
    head, rest = periods_of(unit)
    mg, reason = one_unit(head, name, substance)
    if mg is None:
        return Factor(None, reason="rate_without_concentration" if rest and head in VOLUMES else reason)
    per_kg = "kg" in rest
    times = [part for part in rest if part != "kg"]
    if any(part not in PERIODS for part in times) or len(times) > 1:
        return Factor(None, reason="unit_unknown")
    if not times:
        return Factor(mg, per_kg=per_kg)
    a_day = UNITS.Quantity(1, f"1/{PERIODS[times[0]]}").to("1/day").magnitude
    return Factor(mg * a_day, "day", per_kg)
