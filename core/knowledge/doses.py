"""Adult doses: what is usual, what is the highest a day, by substance and route."""

from dataclasses import dataclass
from functools import cache

from core.knowledge.daily import daily_doses
from core.knowledge.substances import key_of, read_facts

__all__ = ["Limits", "daily_doses", "limits"]


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
