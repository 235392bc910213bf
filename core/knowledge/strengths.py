"""mg of each substance in one unit of a product of several: by its brand, or as '49/51' beside its name says."""

import math
import re
from functools import cache

from core.knowledge.daily import shares
from core.knowledge.substances import key_of, read_facts
from core.knowledge.units import COUNTED, mass_in_mg, number, strengths_in

BOTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*/\s*(\d+(?:[.,]\d+)?)\s*([a-z]+)")
NEAR = 2.1  # strengths of a product keep its share within twofold (CoAprovel 300/12.5 beside 150/12.5); a date or a share does not
ALIKE = 1.05  # of two orders that fit so equally well none is chosen


@cache
def single_strengths() -> dict[tuple[str, str], dict[str, float]]:
    """mg of each substance in one unit, by brand and how the unit begins."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in read_facts("strengths.csv"):
        found.setdefault((row["brand"], row["form"]), {})[row["substance"]] = float(row["mg"])
    return found


def of_brand(text: str, keys: tuple[str, ...], unit: str) -> tuple[float, ...]:
    """mg of each substance in one unit of a brand that has one strength; empty where its name bears one."""
    if unit not in COUNTED or strengths_in(text):
        return ()
    plain = key_of(text)
    found = [mg for (brand, form), mg in single_strengths().items() if plain.startswith(brand) and unit.startswith(form)]
    return tuple(found[0][key] for key in keys) if found and found[0].keys() == {*keys} else ()


def of_pair(pair: str, keys: tuple[str, ...]) -> tuple[float, ...]:
    """mg of each of two substances that '49/51 mg' says, in the order that the share of each in the product tells; empty
    where that does not tell."""
    first, second, unit = BOTH.fullmatch(pair).groups()
    share, one = shares().get(("+".join(sorted(keys)), "oral")), mass_in_mg(unit)
    both = number(first), number(second)
    if len(keys) != 2 or not share or not one or not all(both):
        return ()
    usual = share[keys[0]] / share[keys[1]]
    straight, turned = (math.exp(abs(math.log(ratio / usual))) for ratio in (both[0] / both[1], both[1] / both[0]))
    if min(straight, turned) > NEAR or both[0] != both[1] and max(straight, turned) < ALIKE * min(straight, turned):
        return ()
    return tuple(mg * one for mg in (both if straight <= turned else both[::-1]))
