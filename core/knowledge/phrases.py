"""A condition as keys of sentences with their values, for whoever speaks the language."""

import re
from collections.abc import Sequence
from functools import cache

from core.i18n import t
from core.knowledge.conditions import MEASURED, ROUTED, SIDED, level_when, rows_of_pairs
from core.knowledge.names import own_key, written_names
from core.knowledge.substances import read_facts, substance
from core.schema import OBSERVATIONS

LIMIT = re.compile(r"(\w+?)(>=|<=|<|>)([\d.]+)")  # a condition on the patient, as adjustments.csv writes it
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


@cache
def labels(language: str = "fr") -> dict[str, str]:
    """Names of the class labels of the thesaurus by key: in French its own with their accents."""
    return {row["label"]: row[f"name_{language}"] for row in read_facts("words/labels.csv")}


def label(key: str, language: str) -> str:
    """A substance or a label of the thesaurus by its name."""
    if key in labels(language):
        return labels(language)[key]
    found = substance(own_key(key))
    return ((found.name_fr if language == "fr" else found.name_en) if found else "") or key


def suggested(names: Sequence[str], language: str) -> list[str]:
    """Names of the reference as the language has them: substances and labels by their names, brands as they are."""
    brand = lambda name: written_names().get(name, ((), "", "brand"))[2] in ("brand", "synonym")  # noqa: E731
    return list(dict.fromkeys(name if brand(name) and name not in labels(language) else label(name, language) for name in names))


@cache
def phrases_of_sources(language: str) -> dict[str, str]:
    return {row["phrase"]: row[language] for row in read_facts("words/sources.csv")}


def source(written: str, language: str) -> str:
    """A source of the reference with its phrases in the language; names of documents stay as they are."""
    for phrase, words in phrases_of_sources(language).items():
        written = written.replace(phrase, words)
    return written


@cache
def forms(language: str) -> dict[str, tuple[str, str]]:
    """One and several of each unit that counts pieces: ``cp`` is ``comprimé``, ``comprimés``."""
    return {row["unit"]: (row[f"one_{language}"], row[f"several_{language}"]) for row in read_facts("words/forms.csv")}


@cache
def named_orders() -> dict[frozenset[str], list[str]]:
    """Keys of a product in the order of its usual name, where that is not alphabetical."""
    orders = [row["substances"].split("+") for row in read_facts("words/order.csv")]
    return {frozenset(order): order for order in orders}


def in_usual_order(keys: list[str]) -> list[str]:
    """The substances of a product as its name has them: lévodopa before bensérazide."""
    return named_orders().get(frozenset(keys), keys)


def parts(when: str, a: str, b: str, language: str) -> list[tuple[str, dict[str, str]]]:
    """(key under interactions.when, values) of each condition; ``a`` and ``b`` are the labels of the sides."""
    a, b = label(a, language), label(b, language)
    return [part(text, {"a": a, "b": b, "any": f"{a} / {b}"}, language) for text in when.split(" & ") if when]


def part(text: str, sides: dict[str, str], language: str) -> tuple[str, dict[str, str]]:
    if text == "*":
        return "otherwise", {}
    if text.startswith("?"):
        return text[1:], {}
    if text.startswith("icd="):
        return "icd", {"codes": ", ".join(text[4:].split("|"))}
    if found := MEASURED.fullmatch(text):
        side, kind, patient, sign, bound = found.groups()
        return kind or patient, {
            "side": sides.get(side, ""),
            "sign": SIGNS[sign],
            "bound": written(bound, language),
        }
    if found := ROUTED.fullmatch(text):
        side, sign, routes = found.groups()
        return "route" if sign == "=" else "not_route", {"side": sides[side], "routes": words_of("route", routes, language)}
    side, _, names = SIDED.fullmatch(text).groups()
    return "named", {"side": sides[side], "names": ", ".join(label(name, language) for name in names.split("|"))}


def words_of(kind: str, codes: str, language: str) -> str:
    return ", ".join(t(f"codes.{kind}.{code}", language) for code in codes.split("|"))


def sentence(when: str, a: str, b: str, language: str) -> str:
    """A condition in words, its parts joined by 'and'."""
    said = [t(f"interactions.when.{key}", language, **values) for key, values in parts(when, a, b, language)]
    return t("interactions.when.and", language).join(said)


def branches(entry: dict, language: str) -> list[str]:
    """What decides between the levels of an entry (Listed.as_row): each condition not known, then the one that holds.

    A single level is said with what decided it, if anything but its names did.
    """
    a, b = entry["labels"]
    level = lambda when: t(f"codes.level.{level_when(a, b, when) or 'none'}", language)  # noqa: E731
    holds, told = entry["condition"], [when for when in entry["undecided"] if when != "*"]
    if not told and holds not in ("", "*"):
        return [sentence(holds, a, b, language)]
    if not told:
        outside = not holds and len(entry["levels"]) > 1 and (a, b) in rows_of_pairs()
        return [t("interactions.branch.outside", language)] if outside else []
    said = [t("interactions.branch.if", language, level=level(w), condition=sentence(w, a, b, language)) for w in told]
    if holds and holds != "*":
        condition = sentence(holds, a, b, language)
        return [*said, t("interactions.branch.else_as", language, level=level(holds), condition=condition)]
    last = "*" if "*" in (holds, *entry["undecided"]) else ""
    return [*said, t("interactions.branch.else", language, level=level(last))] if last else said


def small(text: str) -> str:
    """The first letter in lower case, unless the word is written in capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def written(bound: str, language: str) -> str:
    """A number of a condition as the language writes it."""
    return bound.replace(".", ",") if language == "fr" else bound


def limit(when: str, language: str) -> str:
    """``DFG estimé < 30 mL/min/1,73 m²``, ``âge ≥ 75 ans``: a condition on the patient with its unit, as it stands in a sentence."""
    kind, sign, bound = LIMIT.fullmatch(when).groups()
    number = written(bound, language)
    unit = "" if kind == "age" else t(f"codes.unit.{OBSERVATIONS[kind]}", language)
    said = t("codes.years", language, age=number) if kind == "age" else f"{number} {unit}".rstrip()
    return f"{small(t(f'codes.feature.{kind}', language))} {SIGNS[sign]} {said}"
