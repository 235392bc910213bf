"""From a name as a hospital writes it to its substances, or to 'unknown' with the nearest candidates."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from core.knowledge.codes import CODE, substances_of_code
from core.knowledge.substances import all_substances, key_of, members_of, read_facts, substance

STRENGTH = re.compile(
    r"(?<![a-z])(?<![a-z]\d)[<>]?\d[\d.,/ ]*\s*(?:%|(?:mcg|ug|mg|gm|g|kg|ml|l|meq|mmol|mui|ui|iu|units?|unites?|u|h|hr|j|gtt|cm2|"
    r"microgrammes?|milligrammes?|grammes?)\b)?(?:\s*/\s*(?:ml|l|h|hr|dose|24 ?h|kg|j|actuation)\b)?"
)
SPLIT = re.compile(r"\s*(?:[/+&]|\bet\b|\band\b|\bw/|-(?=[a-z]{4}))\s*")
VITAMIN = re.compile(r"\bvit(?:amin)?s?\b\.?\s*(?=[abcdek]\d{0,2}\b)")  # vit B1, vit. D3, vitamin K1
CANDIDATES = 5
OWN_NAMES = ("key", "inn", "synonym")


@dataclass(frozen=True)
class Match:
    """Substances of a name, and how it was known.

    ``how``: key, inn, synonym, brand, code, stripped, combination, partial (a guess: words were left
    over), partly_known (``missing`` are substances of it that the reference does not have); without substances:
    not_in_reference (all are missing), unknown, empty, no_drug, class, unknown_code, codes_not_imported.
    """

    substances: tuple[str, ...]
    atc: str
    how: str
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@cache
def noise(salts: bool) -> frozenset[str]:
    """Words of a drug name that name no substance, with or without those of salts."""
    return frozenset(row["word"] for row in read_facts("noise.csv") if salts or row["kind"] != "salt")


@cache
def not_drugs() -> dict[str, str]:
    """What kind of thing a label of the thesaurus is that is no drug: food, drink, device, route…"""
    return {row["label"]: row["kind"] for row in read_facts("not_drugs.csv")}


@cache
def written_names() -> dict[str, tuple[tuple[str, ...], str, str]]:
    """(substances, ATC when the product has one of its own, how) by written name; the surest wins."""
    found: dict[str, tuple[tuple[str, ...], str, str]] = {}
    for row in read_facts("brands.csv"):
        found[row["brand"]] = (tuple(row["substances"].split("+")), row["atc"], "brand")
    for row in read_facts("names.csv"):
        found[row["name"]] = (tuple(filter(None, row["substances"].split("+"))), "", "synonym")
    for item in all_substances():
        found[key_of(item.name_en)] = ((item.key,), item.atc, "inn")
    for item in all_substances():
        found[item.key] = ((item.key,), item.atc, "key")
    for label in not_drugs():
        found[label] = ((label,), "", "no_drug")
    return found


@cache
def words_of_names() -> tuple[str, ...]:
    return tuple(written_names())


def bare(name: str, salts: bool = True) -> str:
    """Name without strengths, brackets and the words that name no substance; word order kept."""
    plain = re.sub(r"^\*?nf\*|[()\[\]\";:]|\bor placebo\b", " ", name)
    words = [word.strip(".,-_/") for word in STRENGTH.sub(" ", plain).replace(",", " ").split()]
    return " ".join(word for word in map(without_suffix, words) if word and word not in noise(salts))


def without_suffix(word: str) -> str:
    """hydromorphone-hp is hydromorphone, d'enalapril is enalapril."""
    word = re.sub(r"^[dl]'", "", word)
    head, _, tail = word.rpartition("-")
    return head if tail in noise(True) and head else word


def found_as(name: str) -> Match | None:
    """The match of a name that stands in the reference as it is."""
    entry = written_names().get(name)
    if entry is None:
        return None
    substances, atc, how = entry
    if not substances or substances[0] in not_drugs():
        return Match((), "", "no_drug", substances)
    missing = tuple(key for key in substances if not substance(key))
    if missing:
        known = tuple(key for key in substances if key not in missing)
        return Match(known, atc, "partly_known" if known else "not_in_reference", (), missing)
    return Match(substances, atc or atc_of(substances), how)


@cache
def atc_of_products() -> dict[frozenset[str], str]:
    """ATC code of several substances together, where every product of them that is known bears one."""
    found: dict[frozenset[str], set[str]] = {}
    for row in read_facts("brands.csv"):
        found.setdefault(frozenset(row["substances"].split("+")), set()).add(row["atc"])
    return {keys: atcs.pop() for keys, atcs in found.items() if len(keys) > 1 and len(atcs) == 1}


def atc_of(substances: tuple[str, ...]) -> str:
    """ATC code of one substance or of the products of several; empty where these have not one alone."""
    known = substance(substances[0]) if len(substances) == 1 else None
    return known.atc if known else atc_of_products().get(frozenset(substances), "")


def spellings(text: str) -> Iterable[str]:
    """The name as written, then with less and less beside the substance."""
    name = VITAMIN.sub("vitamine ", key_of(text).strip(" .,*"))
    yield name
    outside = re.sub(r"\([^()]*\)", " ", name)
    without = " ".join(STRENGTH.sub(" ", outside).split()).strip(" .,-")
    yield without
    yield " ".join(word.strip(".,") for word in without.replace(",", " ").split())
    for salts in (False, True):
        yield bare(outside, salts)
        yield bare(name, salts)
    yield bare(outside).replace("-", " ")
    yield bare(outside) + "e"
    if not bare(outside):  # all words are those of a salt: the first is the cation
        yield " ".join(bare(outside, False).split()[:1])
    yield from (bare(inside) for inside in re.findall(r"\(([^()]*)\)", name))
    words = bare(outside).split()
    if words:
        yield f"acide {words[0]}"


def combination(text: str) -> Match | None:
    """A name of several substances written with / + - or 'et', each part known by itself."""
    name = STRENGTH.sub(" ", key_of(text))
    parts = [part for part in SPLIT.split(name) if bare(part)]
    found = [next((match for match in map(found_as, spellings(part)) if match), None) for part in parts]
    if len(parts) < 2 or not all(match and match.substances for match in found):
        return None
    keys = tuple(dict.fromkeys(key for match in found for key in match.substances))
    return Match(keys, atc_of(keys), "combination")


def beginning(text: str) -> Match | None:
    """The longest known name that the written one begins with, words of salts kept first: a guess where words are left over, a
    combination where they are another substance by its own name (a brand may be any word: Daily is one)."""
    for salts in (False, True):
        words = bare(VITAMIN.sub("vitamine ", key_of(text)), salts).split()
        for size in range(len(words) - 1, 0, -1):
            match, left = found_as(" ".join(words[:size])), " ".join(words[size:])
            if match and match.substances and len(" ".join(words[:size])) > 4:
                rest = next((found for found in map(found_as, spellings(left)) if found and found.how in OWN_NAMES), None)
                keys = tuple(dict.fromkeys(match.substances + (rest.substances if rest else ())))
                if rest:
                    return Match(keys, atc_of(keys), "combination")
                return Match(keys, match.atc, "partial", (" ".join(words),))
    return None


def nearest(text: str, like: float = 0.72) -> tuple[str, ...]:
    """Known names that look like the one written, nearest first; ``like`` is 1 where only the same does."""
    name = bare(key_of(text)) or key_of(text)
    close = difflib.get_close_matches(name, words_of_names(), CANDIDATES, like)
    return tuple(dict.fromkeys(close))


@lru_cache(200_000)
def resolve(text: str) -> Match:
    """Substances and ATC code of a written name or of a CIS, CIP or UCD code; never silently nothing."""
    plain = key_of(text)
    if not plain or plain in ("nan", "none"):
        return Match((), "", "empty")
    if CODE.fullmatch(plain):
        substances, atc, how = substances_of_code(plain)
        return Match(substances, atc, how)
    if plain in members_of() and plain not in written_names():
        return Match((), "", "class", members_of()[plain][:CANDIDATES])
    return recognised(text) or beginning(text) or Match((), "", "unknown", nearest(text))


def recognised(text: str) -> Match | None:
    """The match of a name, or of several, that stands in the reference: no guess."""
    plain = key_of(text)
    for spelling in spellings(text):
        match = found_as(spelling)
        if match:
            return match if spelling == plain or match.how != "key" else Match(match.substances, match.atc, "stripped")
    return combination(text)


@lru_cache(200_000)
def own_key(key: str) -> str:
    """The key of the reference for another name of one substance; the key itself where there is none such."""
    if substance(key):
        return key
    match = resolve(key)
    return match.substances[0] if len(match.substances) == 1 and match.how not in ("partial", "partly_known") else key


def resolve_many(texts: Iterable[str]) -> dict[str, Match]:
    """Match by distinct name."""
    return {text: resolve(text) for text in dict.fromkeys(texts)}
