"""A drug as a person types it: name, dose, frequency, route, 'si besoin' on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.knowledge.dosage import RHYTHMS, Dosage, dosage_of
from core.knowledge.doses import limits
from core.knowledge.names import Match, resolve
from core.knowledge.pieces import BARE_PAIR, DECIMAL, TAKEN, Piece, not_read, pieces_of, plain_of
from core.knowledge.several import SOLVENT, dosed, first_of, product_of
from core.knowledge.strengths import of_brand, of_pair
from core.knowledge.substances import key_of
from core.knowledge.units import AMOUNTS, mass_in_mg, mg_of_amount, number, strengths_in

FORM_OF = r"(?:voie|forme|creme|gel|pommade|solution|collyre|lavage|cp|comprime|capsule|gelule|anneau|spray|pulverisation|gouttes?)s?"
ROUTE_WORDS = {  # the first that stands in the line; an organ alone may be where the illness is ('zona ophtalmique')
    rf"{FORM_OF} (?:intra-?)?vaginale?": "vaginal", "ovule": "vaginal", rf"{FORM_OF} ophtalmique": "ophthalmic",
    rf"{FORM_OF} (?:intra-?)?nasale?": "nasal", "intra-?nasale?": "nasal", "narine": "nasal", rf"{FORM_OF} auriculaire": "otic",
    "po": "oral", "per os": "oral", "oral": "oral", "orale": "oral", "voie orale": "oral", "cp": "oral", "comprime": "oral",
    "gelule": "oral", "iv": "iv", "ivd": "iv", "ivl": "iv", "ivse": "iv", "pse": "iv",
    "seringue electrique": "iv", "pousse-seringue": "iv", "injectable": "iv", "perf": "iv", "perfusion": "iv", "intraveineuse": "iv",
    "sc": "sc", "sous-cutanee": "sc", "im": "im",
    "patch": "transdermal", "transdermique": "transdermal", "inhale": "inhaled", "aerosol": "inhaled", "neb": "inhaled",
    "nebul": "inhaled", "nebulisation": "inhaled", "nebulise": "inhaled", "oeil": "ophthalmic", "yeux": "ophthalmic",
    "bouffee": "inhaled", "collyre": "ophthalmic", "sng": "enteral", "sl": "sublingual", "sublingual": "sublingual",
    "rectal": "rectal", "suppositoire": "rectal", "creme": "cutaneous", "pommade": "cutaneous", "emulgel": "cutaneous",
    "lotion": "cutaneous", "pastille": "oral",
}  # fmt: skip
VALUES = (  # of the patient, typed among the drugs: where the page takes them, or nowhere
    ("egfr", r"clairance|clearance|creatinine clearance|cl ?cr\w*|dfg\w*|egfr|gfr|ckd.?epi|mdrd|cockcroft"),
    ("potassium", r"kaliemie|potassemie|k ?\+"),
    ("age", r"age|\d+ (?:ans|years)"),
    ("other", r"inr|poids|weight|taille|height|imc|bmi|creat|creatinine|creatininemie|natremie|glycemie|temperature|ta|pa|fc|hb|"
              r"hemoglobine|plaquettes|tp|crp|qtc?|albumine|albuminemie|calcemie|tsh|hba1c"),
)  # fmt: skip


EYES = re.compile(r"\b(?:odg|od|og)\b", re.IGNORECASE)  # right, left, both; OD is once a day of what is no drug of the eye
DROPS = re.compile(r"\b[1-4]\s*(?:(?:a|-)\s*[1-4]\s*)?(?:gtt\w*|gouttes?|drops?)\b|\bcollyres?\b")  # more than four go by mouth
DILUTED = rf"\bdans\s*{DECIMAL}\s*(?:ml|cc|l)\b"
RUNS = rf"\b(?:en|sur)\s*(?!24\s*h){DECIMAL}\s*(?:min|mn|minutes?|h)\b"
DRIP = re.compile(rf"{DILUTED}\s*{SOLVENT}|{DILUTED}.*{RUNS}|{RUNS}.*{DILUTED}")  # runs into a vein, whatever it is
MAYBE_DRIP = re.compile(rf"{DILUTED}(?!\s*(?:d'|de )(?!nacl|g))|{RUNS}")  # of what is given so: 'dans 50 ml' may be drunk
GEL = re.compile(r"\bgels?\b")
APPLIED = re.compile(r"\bappli\w*|\bmassages?\b|\bcouches?\b|\bpeau\b|%")
OF_SKIN = re.compile(r"D(?!01B|05B|10B|11AH)|M02|M01AB05|M01AE0[13]")  # ATC: of the skin, diclofenac, ibuprofen, ketoprofen


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


def gel_of(plain: str, match: Match) -> str:
    """Cutaneous where a gel is of a drug that has one for the skin, or is applied: 'gel' may be a gélule, or be drunk, or bring a
    hormone to the blood."""
    if not GEL.search(plain) or strengths_in(re.sub(rf"{DECIMAL}\s*g\b", " ", plain)):
        return ""
    if match.atc.startswith("G03"):
        return "transdermal"
    return "cutaneous" if OF_SKIN.match(match.atc) or APPLIED.search(plain) else ""


def drip_of(plain: str, keys: Sequence[str]) -> str:
    """Intravenous where the words are of a drip, and where they may be of one the substance can be given so."""
    sure = bool(DRIP.search(plain))
    return "iv" if sure or MAYBE_DRIP.search(plain) and any(limits(key, "iv") for key in keys) else ""


def with_eyes(text: str, beside: str) -> str:
    """OD, OG and ODG as an eye, where drops or a drug of the eye without a mass stand beside."""
    if not EYES.search(text):
        return text
    drug = resolve(EYES.split(beside)[0]).atc.startswith("S01") and not strengths_in(beside)
    return EYES.sub("oeil", text) if drug or DROPS.search(key_of(beside)) else text


def read(text: str, dose: str = "", route: str = "") -> Written:
    """A typed line, with dose and route given apart if they were: its first drug. Those that stand beside it are among what of the
    match is missing, and nothing of theirs is read."""
    whole = f"{text} {dose}" if dose else text
    end, others = first_of(whole)
    if not others or not dosed(whole) and {*others} <= {*resolve(text).substances}:
        return read_one(text, dose, route)
    first = read_one(text[:end].strip(" ,;("), whole[len(text) + 1 : end], route)
    unclear = {"dosage": Dosage(reason="several_doses")} if dose and end < len(text) else {}  # a dose apart, of which of them?
    missing = tuple(dict.fromkeys(first.match.missing + tuple(key for key in others if key not in first.match.substances)))
    return replace(first, text=text, match=replace(first.match, missing=missing), **unclear)


def read_one(text: str, dose: str, route: str) -> Written:
    """A line of one drug."""
    plain, dose = plain_of(with_eyes(text, f"{text} {dose}")), with_eyes(dose, f"{text} {dose}")
    pieces, left = pieces_of(plain)
    match = named(text, plain, pieces)
    strengths, pieces, left = of_two(plain, match, pieces, left)
    strengths, pieces, left = (strengths, pieces, left) if strengths else of_each(match, pieces, left)
    given = told(dose, pieces) if dose else dosage_of(pieces, not_read(pieces, left))
    everything = f"{plain} {plain_of(dose)}"
    prn = any(piece.kind == "prn" for piece in (*pieces, *pieces_of(plain_of(dose))[0]))
    strengths = strengths or of_brand(text, match.substances, given.unit)
    route = route or route_of(everything) or gel_of(everything, match) or drip_of(everything, match.substances)
    return Written(text, match, given, route, prn and not given.more, strengths)


def of_each(match: Match, pieces: list[Piece], left: str) -> tuple[tuple[float, ...], list[Piece], str]:
    """The strengths of a product whose substances stand each with its own ('paracétamol 500 mg + codéine 30 mg'), in mg in the
    order of the match, with the pieces beside them; one unit where no other number is said."""
    masses = [piece for piece in pieces if piece.kind == "mass"]
    if match.how != "combination" or len(masses) != len(match.substances):
        return (), pieces, left
    ones = [mass_in_mg(unit) or mg_of_amount(AMOUNTS.get(unit, ""), key)
            for unit, key in zip((piece.parts[1] for piece in masses), match.substances, strict=True)]  # fmt: skip
    if not all(ones) or not all(re.fullmatch(DECIMAL, piece.parts[0]) for piece in masses):
        return (), pieces, left
    others = [piece for piece in pieces if piece.kind != "mass"]
    one = [] if any(piece.kind == "count" for piece in others) else [replace(masses[-1], kind="count", parts=("1", None, "dose", None))]
    strengths = tuple(number(piece.parts[0]) * mg for piece, mg in zip(masses, ones, strict=True))
    names = masses[-1].start  # what stands between the strengths is no more to be read
    return strengths, sorted(one + others, key=lambda piece: piece.start), TAKEN * names + left[names:]


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
    found, value, product = better(resolve(text), resolve(head)), value_of(text), product_of(text)
    found = product if product and not {*product.substances} <= {*found.substances} else found
    return Match((), "", f"value_{value}") if value and found.how == "unknown" else found


def value_of(text: str) -> str:
    """Which value of the patient a text is ('INR 4,2'); empty when it is none."""
    plain = key_of(text)
    return next((kind for kind, words in VALUES if re.match(rf"(?:{words})(?![a-z])", plain) and re.search(r"\d", plain)), "")


def better(whole: Match, name: Match) -> Match:
    """The surer of two matches of one text."""
    known = name.substances or name.missing and not whole.substances
    return whole if whole.substances and whole.how != "partial" or not known else name
