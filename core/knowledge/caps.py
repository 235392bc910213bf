"""The dose of a substance that the thesaurus allows beside a partner: what a precaution for use leaves of it."""

from collections.abc import Iterable
from functools import cache

from core.knowledge.doses import ROUNDING
from core.knowledge.substances import members_of, read_facts

CLASS = "@"


@cache
def caps() -> dict[tuple[str, str], tuple[float, str]]:
    """mg a day and source by substance and partner; a partner that stands in the table by its own name goes before its class."""
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for row in sorted(read_facts("caps.csv"), key=lambda row: row["partner"].startswith(CLASS)):
        partner = row["partner"]
        for key in members_of()[partner.removeprefix(CLASS)] if partner.startswith(CLASS) else [partner]:
            found.setdefault((row["substance"], key), (float(row["mg"]), row["source"]))
    return found


def capped(taken: dict[str, tuple[float | None, float | None]], partners: Iterable[str]) -> list[dict]:
    """A rule for each capped substance of ``taken`` (lowest and highest mg a day; None where not known) and each of ``partners``
    that caps it, the strictest first; ``above`` where the dose as it is written is surely too much."""
    rules = [
        {"rule": "capped", "substances": [key], "partner": partner, "mg_low": low, "mg_high": high, "maximum": caps()[key, partner][0],
         "source": caps()[key, partner][1], "above": bool(high and high > caps()[key, partner][0] * ROUNDING)}
        for partner in partners for key, (low, high) in taken.items() if (key, partner) in caps()
    ]  # fmt: skip
    return sorted(rules, key=lambda rule: rule["maximum"])
