"""Adult doses: what is usual, what is the highest a day, by substance and route."""

import math
from dataclasses import dataclass
from functools import cache

from core.knowledge.daily import daily_doses
from core.knowledge.substances import key_of, read_facts
from core.schema import LOCAL_ROUTES

__all__ = ["Limits", "daily_doses", "limits"]
ROUNDING = 1.001  # of a maximum: what is above it by less is the same number written otherwise


@dataclass(frozen=True)
class Limits:
    """Adult daily dose of one substance by one route, in ``unit`` a day; None when none is fixed."""

    usual_low: float
    usual_high: float
    maximum: float | None
    unit: str
    strengths: tuple[float, ...]
    source: str


@cache
def limits_by_key() -> dict[tuple[str, str], Limits]:
    return {
        (row["substance"], row["route"]): Limits(
            float(row["usual_low"]),
            float(row["usual_high"]),
            float(row["maximum"]) if row["maximum"] else None,
            row["unit"] + "/day",
            tuple(float(strength) for strength in row["strengths"].split("/") if strength),
            row["source"],
        )
        for row in read_facts("doses.csv")
    }


def limits(key: str, route: str) -> Limits | None:
    """Limits of a substance by a route; None when the reference does not know the two together.

    A tube is an oral route: enteral asks for oral.
    """
    return limits_by_key().get((key_of(key), "oral" if route == "enteral" else route))


@cache
def systemic_routes(key: str) -> tuple[str, ...]:
    """Routes that reach the blood by which the reference knows a substance, in its order, the vein last where it alone says so
    (infused.csv)."""
    known = [route for other, route in limits_by_key() if other == key and route not in LOCAL_ROUTES]
    return tuple(dict.fromkeys([*known, *("iv" for row in read_facts("infused.csv") if row["substance"] == key)]))


def beyond_any_adult(rule: dict) -> dict | None:
    """Of a rule that names a dose (``mg_high``) of one substance, that it is above what any adult may have by any route, as a rule
    of its own; None where it is not."""
    known = [found for (key, _), found in limits_by_key().items() if key == rule["substances"][0]]
    highest = max((found for found in known), key=lambda found: found.maximum or math.inf, default=None)
    if not highest or not highest.maximum or not (rule.get("mg_high") or 0) > highest.maximum * ROUNDING:
        return None
    return {"rule": "above_maximum", "substances": rule["substances"], "mg_low": rule.get("mg_low", rule["mg_high"]),
            "mg_high": rule["mg_high"], "maximum": highest.maximum, "source": highest.source}  # fmt: skip
