"""A drug as a person types it: name, dose, frequency, route, 'si besoin' on one line."""

import math
import re
from dataclasses import dataclass

from core.knowledge.names import Match, resolve
from core.knowledge.substances import key_of
from core.knowledge.units import COUNTED, MASSES, parse_dose

ROUTE_WORDS = {
    "po": "oral", "per os": "oral", "oral": "oral", "orale": "oral", "voie orale": "oral", "cp": "oral", "comprime": "oral",
    "gelule": "oral", "iv": "iv", "ivd": "iv", "ivl": "iv", "injectable": "iv", "perf": "iv", "sc": "sc", "im": "im",
    "patch": "transdermal", "transdermique": "transdermal", "inhale": "inhaled", "aerosol": "inhaled", "neb": "inhaled",
    "collyre": "ophthalmic", "sng": "enteral", "sl": "sublingual", "sublingual": "sublingual", "rectal": "rectal",
    "suppositoire": "rectal", "creme": "cutaneous", "pommade": "cutaneous",
}  # fmt: skip
UNIT = (
    "|".join(sorted({*MASSES, "ui", "iu", "meq", "mmol", "ml", *COUNTED} - {"in", "g"}, key=len, reverse=True)) + "|g"
)
DOSE = re.compile(
    rf"(\d+(?:[.,]\d+)?(?:-\d+(?:[.,]\d+)?)?|\d{{1,3}}(?: \d{{3}})+)\s*((?:{UNIT})(?:/kg)?(?:/(?:h|min|jour|j|24h|day|d|semaine|sem|week))?)\b"
)
DAILY = ("/j", "/jour", "/24h", "/d", "/day")
TIMES = re.compile(r"(?:x\s*|\*\s*)(\d+)|(\d+)\s*(?:fois|x)\b|toutes les (\d+) ?h|/(\d+) ?h\b")
ONCE = re.compile(r"/\s*(?:j|jour|d|day)\b|par jour|/24 ?h|une fois")
PRN = re.compile(r"si besoin|\bprn\b|\bsb\b")


@dataclass(frozen=True)
class Written:
    """What was read of one typed line; NaN or '' where nothing was said."""

    text: str
    match: Match
    dose: float
    unit: str
    times_per_day: float
    route: str
    prn: bool
    reason: str


def times_of(plain: str) -> float:
    """Administrations a day; NaN when not said."""
    if seen := TIMES.search(plain):
        often, fois, every, slash = seen.groups()
        return 24 / float(every or slash) if every or slash else float(often or fois)
    return 1.0 if ONCE.search(plain) else math.nan


def route_of(plain: str) -> str:
    """The route that stands in words, '' when none does."""
    return next((route for word, route in ROUTE_WORDS.items() if re.search(rf"\b{word}\b", plain)), "")


def read(text: str, dose: str = "", route: str = "") -> Written:
    """A typed line, with dose and route given apart if they were."""
    plain = key_of(f"{text} {dose}")
    said = DOSE.search(key_of(dose) if dose else plain)
    amount = parse_dose(said.group(1)) if said else parse_dose("")
    name = re.split(r"\bsi besoin\b|\bprn\b|(?<=\s)x\s*\d", key_of(text))[0]
    reason = amount.reason if said else ("dose_not_a_number" if dose else "dose_missing")
    unit = said.group(2) if said else ""
    times = 1.0 if unit.endswith(DAILY) else times_of(plain)
    return Written(
        text, better(resolve(text), resolve(name)), amount.high if amount.high is not None else math.nan,
        re.sub(r"/(?:j|jour|24h|d|day)$", "", unit), times, route or route_of(plain), bool(PRN.search(plain)),
        "" if amount.high is not None else reason,
    )  # fmt: skip


def better(whole: Match, name: Match) -> Match:
    """The surer of two matches of one text."""
    return whole if whole.substances and whole.how != "partial" or not name.substances else name
