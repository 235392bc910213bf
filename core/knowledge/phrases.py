"""A condition as keys of sentences with their values, for whoever speaks the language."""

import re

from core.i18n import t
from core.knowledge.conditions import MEASURED, ROUTED, SIDED
from core.schema import OBSERVATIONS

LIMIT = re.compile(r"(\w+?)(>=|<=|<|>)([\d.]+)")  # a condition on the patient, as adjustments.csv writes it
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def parts(when: str, a: str, b: str) -> list[tuple[str, dict[str, str]]]:
    """(key under interactions.when, values) of each condition; ``a`` and ``b`` are the labels of the sides."""
    return [part(text, {"a": a, "b": b, "any": f"{a} / {b}"}) for text in when.split(" & ") if when]


def part(text: str, sides: dict[str, str]) -> tuple[str, dict[str, str]]:
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
            "bound": bound,
        }
    if found := ROUTED.fullmatch(text):
        side, sign, routes = found.groups()
        return "route" if sign == "=" else "not_route", {"side": sides[side], "routes": ", ".join(routes.split("|"))}
    side, _, names = SIDED.fullmatch(text).groups()
    return "named", {"side": sides[side], "names": ", ".join(names.split("|"))}


def sentence(when: str, a: str, b: str, language: str) -> str:
    """A condition in words, its parts joined by 'and'."""
    said = [t(f"interactions.when.{key}", language, **values) for key, values in parts(when, a, b)]
    return t("interactions.when.and", language).join(said)


def limit(when: str, language: str) -> str:
    """``DFG estimé < 30 mL/min/1,73 m²``, ``Âge ≥ 75 ans``: a condition on the patient with its unit."""
    kind, sign, bound = LIMIT.fullmatch(when).groups()
    number = bound.replace(".", ",") if language == "fr" else bound
    unit = "" if kind == "age" else t(f"codes.unit.{OBSERVATIONS[kind]}", language)
    said = t("codes.years", language, age=number) if kind == "age" else f"{number} {unit}".rstrip()
    return f"{t(f'codes.feature.{kind}', language)} {SIGNS[sign]} {said}"
