"""A drug as a person types it: name, dose, frequency, route, 'si besoin' on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from core.knowledge.dosage import RHYTHMS, Dosage, dosage_of
from core.knowledge.names import Match, resolve
from core.knowledge.pieces import Piece, not_read, pieces_of, plain_of
from core.knowledge.substances import key_of, read_facts
from core.knowledge.units import COUNTED, strengths_in

ROUTE_WORDS = {
    "po": "oral", "per os": "oral", "oral": "oral", "orale": "oral", "voie orale": "oral", "cp": "oral", "comprime": "oral",
    "gelule": "oral", "iv": "iv", "ivd": "iv", "ivl": "iv", "ivse": "iv", "pse": "iv",
    "seringue electrique": "iv", "pousse-seringue": "iv", "injectable": "iv", "perf": "iv", "perfusion": "iv", "intraveineuse": "iv",
    "sc": "sc", "sous-cutanee": "sc", "im": "im",
    "patch": "transdermal", "transdermique": "transdermal", "inhale": "inhaled", "aerosol": "inhaled", "neb": "inhaled",
    "bouffee": "inhaled", "collyre": "ophthalmic", "sng": "enteral", "sl": "sublingual", "sublingual": "sublingual",
    "rectal": "rectal", "suppositoire": "rectal", "creme": "cutaneous", "pommade": "cutaneous",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What was read of one typed line; NaN or '' where nothing was said. ``strengths`` are mg of each substance in one unit
    of a product of several, where they are known and its name does not bear them."""

    text: str
    match: Match
    dosage: Dosage
    route: str
    prn: bool
    strengths: tuple[float, ...] = ()


def route_of(plain: str) -> str:
    """The route that stands in words, '' when none does."""
    return next((route for word, route in ROUTE_WORDS.items() if re.search(rf"\b{word}s?\b", plain)), "")


def read(text: str, dose: str = "", route: str = "") -> Written:
    """A typed line, with dose and route given apart if they were."""
    plain = plain_of(text)
    pieces, left = pieces_of(plain)
    given = told(dose, pieces) if dose else dosage_of(pieces, not_read(pieces, left))
    everything = f"{plain} {plain_of(dose)}"
    prn = any(piece.kind == "prn" for piece in (*pieces, *pieces_of(plain_of(dose))[0]))
    match = named(text, plain, pieces)
    return Written(text, match, given, route or route_of(everything), prn, strengths_of(text, match.substances, given.unit))


@cache
def single_strengths() -> dict[tuple[str, str], dict[str, float]]:
    """mg of each substance in one unit, by brand and how the unit begins."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in read_facts("strengths.csv"):
        found.setdefault((row["brand"], row["form"]), {})[row["substance"]] = float(row["mg"])
    return found


def strengths_of(text: str, keys: tuple[str, ...], unit: str) -> tuple[float, ...]:
    """mg of each substance in one unit of a brand that has one strength; empty where its name bears one."""
    if unit not in COUNTED or strengths_in(text):
        return ()
    plain = key_of(text)
    found = [mg for (brand, form), mg in single_strengths().items() if plain.startswith(brand) and unit.startswith(form)]
    return tuple(found[0][key] for key in keys) if found and found[0].keys() == {*keys} else ()


def told(dose: str, beside: Sequence[Piece]) -> Dosage:
    """A dose given apart; how often may stand beside the name instead."""
    pieces, left = pieces_of(plain_of(dose))
    often = [] if any(piece.kind in RHYTHMS for piece in pieces) else [one for one in beside if one.kind in RHYTHMS]
    found = dosage_of([*often, *pieces], not_read(pieces, left))
    return replace(found, reason="dose_not_a_number") if found.reason == "dose_missing" else found


def named(text: str, plain: str, pieces: Sequence[Piece]) -> Match:
    """The substances of the whole line, or of what stands before its first piece where that is surer."""
    head = plain[: pieces[0].start] if pieces else plain
    return better(resolve(text), resolve(head))


def better(whole: Match, name: Match) -> Match:
    """The surer of two matches of one text."""
    return whole if whole.substances and whole.how != "partial" or not name.substances else name
