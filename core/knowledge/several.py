"""The drugs that stand in one typed line, each to be read as a line of its own; a product of several substances is one."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from core.knowledge.names import Match, atc_of, bare, beginning, found_as, nearest, noise, recognised, written_names
from core.knowledge.pieces import DECIMAL, TAKEN, UNIT, Piece, of_kind, pieces_of, plain_of
from core.knowledge.substances import key_of, read_facts, substance

SOLVENT = r"(?:de\s+)?(?:nacl|g\s*5|g\s*10|glucos\w+|chlorure de sodium|ssi|serum phy\w*|serum sale|ringer\w*|physio\w*|ns|d5w?|eppi)\b"
THEN = r"\b(?:puis|then|relais)\b"
OTHER = r"\b(?:ou|or)\b"
BESIDE = rf"[+;&/]|,|\.(?=\s)|\s[-–—](?=\s)|\b(?:et|and|avec|with|plus|associ[ée]e?s? [àa])\b|{THEN}|{OTHER}"
GLUE = re.compile(  # what parts a name from the text before it, with an amount that is written before it: '+ 2 g de KCl'
    rf"(?P<apart>(?:[\s(]*(?:{BESIDE}))+[\s(]*(?:\b(?:par|de|du)\s+)?)(?P<amount>{DECIMAL}\s*(?:{UNIT})\b\s*(?:de\s+|d')?)?$", re.IGNORECASE
)
WORD = re.compile(r"(?<![^\W_])(?<!-)[^\W\d_]{3}")
OF_ONE = re.compile(r"[\s(]*(?:[+&/]|\s[-–—]\s|\b(?:et|and|associ[ée]e?s? [àa])\b|\s)*[\s(]*", re.IGNORECASE)  # between the names of a product
LISTED = re.compile(r"[+;&,]|\b(?:et|and)\b", re.IGNORECASE)
GIVEN = ("count", "mass", "volume", "multiple", "shares", "pair")
NEARLY, SHORTEST = 0.85, 5  # of a misspelt name: hardly a word of how a drug is given is so near to a name
CARRIER = "solvant"  # it is: sylvant
STRENGTHS = {"mass", "strength", "percent", "pair"}


@dataclass(frozen=True)
class Drug:
    """A name in a line: where what belongs to it begins, what parts it from the text before, what it comes to, and whether
    that is sure."""

    start: int
    apart: str
    match: Match
    sure: bool

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.match.substances + self.match.missing)


@cache
def products() -> frozenset[frozenset[str]]:
    """The substances of every product of several that the reference knows."""
    rows = [row["substances"].split("+") for name in ("brands.csv", "names.csv") for row in read_facts(name)]
    return frozenset(frozenset(keys) for keys in rows if len(keys) > 1)


@cache
def first_words() -> frozenset[str]:
    """How the names of the reference begin, before any figure or sign."""
    return frozenset(found[0] for name in written_names() if (found := re.match(r"[a-z]+", name)))


def head_of(text: str) -> tuple[str, list[Piece]]:
    """The words that a text begins with, up to a quantity, a rhythm or what parts two drugs; and its pieces."""
    plain = plain_of(text)
    pieces, _ = pieces_of(plain)
    head = plain[: pieces[0].start] if pieces else plain
    return re.split(BESIDE, head)[0].strip(" (:"), pieces


@lru_cache(20_000)
def name_at(text: str) -> tuple[Match, bool] | None:
    """What drug a text begins with, and whether that is sure: no word is left over, or a dose follows; None for a solvent."""
    begins = re.match(r"[a-z]+", key_of(text))
    if not begins or begins[0] not in first_words():
        return None
    head, pieces = head_of(text)
    if re.match(SOLVENT, head) and not of_kind(pieces, "mass", "count", "shares"):
        return None
    known = recognised(head)
    match = known or beginning(head)
    return (match, bool(known or pieces and pieces[0].kind in GIVEN)) if match and (match.substances or match.missing) else None


def misspelt(text: str, start: int) -> tuple[Match, bool] | None:
    """A word that is nearly a known name where another drug may stand: it is said not to be known, as on a line of its own."""
    name = bare(head_of(text[start:])[0]) if GLUE.search(text[:start]) else ""
    other = len(name) < SHORTEST or len(name.split()) > 2 or name.startswith(CARRIER) or re.match(SOLVENT, name)
    near = () if other else nearest(name, NEARLY)
    known = found_as(near[0]) if near else None
    return (Match((), "", "unknown", near, (name,)), True) if known and known.how != "no_drug" else None


def ends_dosed(text: str) -> bool:
    """Whether a text ends in a quantity or a rhythm, forms and routes behind it apart."""
    _, left = pieces_of(plain_of(text))
    return TAKEN in left and not bare(left.rpartition(TAKEN)[2])


def dosed(text: str) -> bool:
    """Whether anything of a text says how much, how often or when."""
    pieces, left = pieces_of(plain_of(text))
    return bool(pieces or re.search(r"\d", left))


@lru_cache(20_000)
def drugs_in(text: str) -> tuple[Drug, ...]:
    """Every name in a line with what parts it from the one before; the first stands for what the line begins with, known or not."""
    first = name_at(text) or (Match((), "", "unknown"), False)
    found = [Drug(0, "", *first)]
    for word in WORD.finditer(text):
        named = name_at(text[word.start() :]) or misspelt(text, word.start()) if word.start() else None
        if named and (drug := beside(text, word.start(), *named)) and drug.start > found[-1].start:
            found.append(drug)
    return tuple(found)


def beside(text: str, start: int, match: Match, sure: bool) -> Drug | None:
    """The drug whose name begins there, where something parts it from the text before, or it follows a dose and has its own."""
    glue = GLUE.search(text[:start])
    if glue and not (glue["amount"] and glue["apart"].strip() == "/"):  # 500 mg/267 mg are the strengths of one
        return Drug(glue.start("amount") if glue["amount"] else start, glue["apart"], match, sure)
    first = re.match(r"[a-z-]+", key_of(text[start:]))
    head, pieces = head_of(text[start:])
    amount = pieces and (pieces[0].kind in GIVEN or re.search(r"\d$", head))
    own = sure and match.how != "partial" and amount and first[0] not in noise(True)
    return Drug(start, "", match, True) if own and ends_dosed(text[:start]) else None


def generic(text: str, drug: Drug) -> bool:
    """Whether a name is one of a substance and not of a brand, as far as its letters tell."""
    name, known = key_of(text[drug.start :]), [found for key in drug.keys if (found := substance(key))]
    like = any(name[:4] in key for one in known for key in (one.key, key_of(one.name_en)))
    return len(drug.keys) == 1 and (like or name.startswith("vit"))


def is_product(text: str, drugs: tuple[Drug, ...]) -> bool:
    """Whether names one after the other are those of one product: strengths alone between them, and where there are any, no brand."""
    if len(drugs) < 2 or not all(drug.sure for drug in drugs) or not of_product(drugs):
        return False
    between = [text[one.start : other.start] for one, other in zip(drugs, drugs[1:], strict=False)]
    kinds = {piece.kind for part in between for piece in pieces_of(plain_of(part))[0]}
    plain = kinds <= STRENGTHS and all(OF_ONE.fullmatch(drug.apart) for drug in drugs[1:])
    return plain and (not any(map(dosed, between)) or all(generic(text, drug) for drug in drugs))


def of_product(drugs: tuple[Drug, ...]) -> bool:
    """Whether a product holds just the substances of these names, none of them twice."""
    return keys_of(drugs) in products() and sum(len(drug.keys) for drug in drugs) == len(keys_of(drugs))


def keys_of(drugs: tuple[Drug, ...]) -> frozenset[str]:
    return frozenset().union(*(drug.keys for drug in drugs))


def groups_of(text: str) -> list[tuple[Drug, ...]]:
    """The names of a line, those of one product together."""
    left, found = drugs_in(text), []
    while left:
        size = next((size for size in range(len(left), 1, -1) if is_product(text, left[:size])), 1)
        found.append(left[:size])
        left = left[size:]
    return found


def begins_line(text: str, before: tuple[Drug, ...], group: tuple[Drug, ...]) -> bool:
    """Whether a drug is another than the one before it, which has a dose or a rhythm of its own, or is one of a list of names."""
    part, drug = text[before[0].start : group[0].start], group[0]
    if group[0].keys <= keys_of(before) and (re.search(THEN, drug.apart) or not of_kind(head_of(text[drug.start :])[1], *GIVEN)):
        return False
    if not before[0].sure and not re.search(r"[a-z]{3}", head_of(part)[0]):
        return False
    return dosed(part) or before[0].sure and drug.sure and bool(LISTED.search(drug.apart)) and not of_product(before + group)


@lru_cache(20_000)
def cuts(text: str) -> tuple[tuple[int, int, bool], ...]:
    """(end of the part before, start, whether it is surely a line of its own) of each drug beside the first."""
    groups, found = groups_of(text), []
    before = groups[0]
    for group in groups[1:]:
        if begins_line(text, before, group):
            drug = group[0]
            end = GLUE.search(text[: drug.start])
            sure = drug.sure and not re.search(OTHER, drug.apart, re.IGNORECASE)
            found.append((end.start() if end else drug.start, drug.start, sure))
            before = group
    return tuple(found)


def parted(text: str) -> tuple[str, ...]:
    """The line, or the parts of it that are each surely a drug with what belongs to it."""
    sure = [(end, start) for end, start, is_sure in cuts(text) if is_sure]
    starts, ends = [0, *(start for _, start in sure)], [*(end for end, _ in sure), len(text)]
    parts = [text[start:end].strip(" ,;(") for start, end in zip(starts, ends, strict=True)]
    return tuple(part.rstrip(")") if part.count(")") > part.count("(") else part for part in parts)


def first_of(text: str) -> tuple[int, tuple[str, ...]]:
    """Where what belongs to the first drug of a line ends, and the substances of the drugs behind it."""
    found = cuts(text)
    if not found:
        return len(text), ()
    drugs = [drug for drug in drugs_in(text) if drug.start >= found[0][1]]
    return found[0][0], tuple(dict.fromkeys(key for drug in drugs for key in drug.match.substances + drug.match.missing))


def product_of(text: str) -> Match | None:
    """The match of a line that names the substances of one product, in the order of the line; None where it does not."""
    drugs = drugs_in(text)
    keys = tuple(key for drug in drugs for key in drug.match.substances)
    return Match(keys, atc_of(keys), "combination") if is_product(text, drugs) else None
