"""What the thesaurus asks to watch while two drugs are taken together, as kinds of observation, or as ``concentration``.

Only what it asks without reserve: an entry that speaks of a dose, and a sentence with 'if' in it, are left out.
"""

import json
import re
from functools import cache
from pathlib import Path

from core.knowledge.ansm import key_of
from core.knowledge.firing import Entry
from core.knowledge.interactions import Listed
from core.knowledge.substances import read_facts
from core.schema import SEPARATOR

FILE = "remedies/controls.csv"
WATCH = re.compile(r"\bcontr[oô]l|\bsurveill|\bdosage|\bmesur", re.IGNORECASE)
RESERVE = re.compile(
    r"en cas d|s.il y a lieu|si (?:besoin|n[ée]cessaire)|[ée]ventuel|le cas [ée]ch[ée]ant|compris", re.IGNORECASE
)
LEVELS = re.compile(  # blood levels of a drug beside the act that watches them, and not what an interaction does to them
    r"(?:dosage|contr[oô]l|surveill|mesur)(?:(?!iminution|ugmentation)[^.;])*?"
    r"(?:concentrations?\b|lithi[ée]mie|digoxin[ée]mie|th[ée]ophyllin[ée]mie)|dosages? (?:sanguins?|plasmatiques?)", re.IGNORECASE
)  # fmt: skip
IN_PART = re.compile(r"^pour |si possible", re.IGNORECASE)  # of some drugs of a class, or where it can be had
CONCENTRATION = "concentration"  # blood level of one of the drugs: asked for, and no observation that is kept
DOSE = re.compile(r"\d\s*(?:mg|g)\b")
NAMED = {
    "creatinine": re.compile(r"cr[ée]atinin|fonction r[ée]nale", re.IGNORECASE),
    "potassium": re.compile(r"kali[ée]mi", re.IGNORECASE),
    "inr": re.compile(r"\bINR\b"),
    "qtc": re.compile(r"\bECG\b|[ée]lectrocardio|\bQT", re.IGNORECASE),
    "glucose": re.compile(r"glyc[ée]mi", re.IGNORECASE),
    "sodium": re.compile(r"natr[ée]mi", re.IGNORECASE),
}


def asked_in(text: str) -> set[str]:
    """Kinds that a sentence of the text says to watch: it names both the act and the kind."""
    flat = re.sub(r"-\s*\n\s*", "-", text).replace("\n", " ")
    if DOSE.search(flat):
        return set()
    parts = re.split(r"(?<=[.;])\s+|\s-\s", flat)
    sentences = [each for each in parts if WATCH.search(each) and not RESERVE.search(each)]
    kinds = {kind for kind, word in NAMED.items() if any(word.search(each) for each in sentences)}
    return kinds | ({CONCENTRATION} if any(levels_in(each) for each in parts) else set())


def levels_in(sentence: str) -> bool:
    """Whether a sentence asks for blood levels without reserve: one that follows is of the dose that they lead to."""
    found = LEVELS.search(sentence)
    said = sentence[: found.end()] if found else ""
    return bool(found) and not RESERVE.search(said) and not IN_PART.search(said)


def controls_of_json(path: Path) -> list[dict[str, str]]:
    """One row a pair of labels that asks to watch something, from the JSON of an edition."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in json.loads(path.read_text("utf-8")):
        if kinds := asked_in(row["description"]):
            found.setdefault(tuple(sorted((key_of(row["main_drug"]), key_of(row["plus_drug"])))), set()).update(kinds)
    return [{"a": a, "b": b, "kinds": SEPARATOR.join(sorted(kinds))} for (a, b), kinds in sorted(found.items())]


@cache
def by_labels() -> dict[tuple[str, str], tuple[str, ...]]:
    return {(row["a"], row["b"]): tuple(row["kinds"].split(SEPARATOR)) for row in read_facts(FILE)}


def asked_of(entry: Listed | Entry) -> tuple[str, ...]:
    """Kinds that an entry of the thesaurus asks to watch."""
    return by_labels().get(tuple(sorted((entry.a, entry.b))), ())
