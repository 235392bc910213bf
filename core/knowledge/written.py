"""A drug as a person types it: name, dose, frequency, route, 'si besoin' on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.knowledge.dosage import RHYTHMS, Dosage, dosage_of
from core.knowledge.names import Match, resolve
from core.knowledge.pieces import BARE_PAIR, Piece, not_read, pieces_of, plain_of
from core.knowledge.strengths import of_brand, of_pair
from core.knowledge.substances import key_of

ROUTE_WORDS = {
    "po": "oral", "per os": "oral", "oral": "oral", "orale": "oral", "voie orale": "oral", "cp": "oral", "comprime": "oral",
    "gelule": "oral", "iv": "iv", "ivd": "iv", "ivl": "iv", "ivse": "iv", "pse": "iv",
    "seringue electrique": "iv", "pousse-seringue": "iv", "injectable": "iv", "perf": "iv", "perfusion": "iv", "intraveineuse": "iv",
    "sc": "sc", "sous-cutanee": "sc", "im": "im",
    "patch": "transdermal", "transdermique": "transdermal", "inhale": "inhaled", "aerosol": "inhaled", "neb": "inhaled",
    "bouffee": "inhaled", "collyre": "ophthalmic", "sng": "enteral", "sl": "sublingual", "sublingual": "sublingual",
    "rectal": "rectal", "suppositoire": "rectal", "creme": "cutaneous", "pommade": "cutaneous",
}  # fmt: skip
VALUES = (  # of the patient, typed among the drugs: where the page takes them, or nowhere
    ("egfr", r"clairance|clearance|creatinine clearance|cl ?cr\w*|dfg\w*|egfr|gfr|ckd.?epi|mdrd|cockcroft"),
    ("potassium", r"kaliemie|potassemie|k ?\+"),
    ("age", r"age|\d+ (?:ans|years)"),
    ("other", r"inr|poids|weight|taille|height|imc|bmi|creat|creatinine|creatininemie|natremie|glycemie|temperature|ta|pa|fc|hb|"
              r"hemoglobine|plaquettes|tp|crp|qtc?|albumine|albuminemie|calcemie|tsh|hba1c"),
)  # fmt: skip


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
    match = named(text, plain, pieces)
    strengths, pieces, left = of_two(plain, match, pieces, left)
    given = told(dose, pieces) if dose else dosage_of(pieces, not_read(pieces, left))
    everything = f"{plain} {plain_of(dose)}"
    prn = any(piece.kind == "prn" for piece in (*pieces, *pieces_of(plain_of(dose))[0]))
    strengths = strengths or of_brand(text, match.substances, given.unit)
    return Written(text, match, given, route or route_of(everything), prn and not given.more, strengths)


def of_two(plain: str, match: Match, pieces: list[Piece], left: str) -> tuple[tuple[float, ...], list[Piece], str]:
    """The strengths of a product of two ('49/51', in mg) with the pieces beside them; one unit where no other number is said."""
    if len(match.substances) != 2:
        return (), pieces, left
    again, rest = pieces_of(BARE_PAIR.sub(r"\g<0> mg", plain))
    pairs = [piece for piece in again if piece.kind == "pair"]
    strengths = of_pair(pairs[0].text, match.substances) if len(pairs) == 1 else ()
    if not strengths:
        return (), pieces, left
    others = [piece for piece in again if piece.kind != "pair"]
    one = [] if any(piece.kind == "count" for piece in others) else [replace(pairs[0], kind="count", parts=("1", None, "dose", None))]
    return strengths, sorted(one + others, key=lambda piece: piece.start), rest


def told(dose: str, beside: Sequence[Piece]) -> Dosage:
    """A dose given apart; how often may stand beside the name instead."""
    pieces, left = pieces_of(plain_of(dose))
    often = [] if any(piece.kind in RHYTHMS for piece in pieces) else [one for one in beside if one.kind in RHYTHMS]
    found = dosage_of([*often, *pieces], not_read(pieces, left))
    return replace(found, reason="dose_not_a_number") if found.reason == "dose_missing" else found


def named(text: str, plain: str, pieces: Sequence[Piece]) -> Match:
    """The substances of the whole line, or of what stands before its first piece where that is surer; what names none may be
    a value of the patient."""
    head = plain[: pieces[0].start] if pieces else plain
    found, value = better(resolve(text), resolve(head)), value_of(text)
    return Match((), "", f"value_{value}") if value and found.how == "unknown" else found


def value_of(text: str) -> str:
    """Which value of the patient a text is ('INR 4,2'); empty when it is none."""
    plain = key_of(text)
    return next((kind for kind, words in VALUES if re.match(rf"(?:{words})(?![a-z])", plain) and re.search(r"\d", plain)), "")


def better(whole: Match, name: Match) -> Match:
    """The surer of two matches of one text."""
    return whole if whole.substances and whole.how != "partial" or not name.substances else name
