"""Drugs with their doses, what was read of a typed one, and doses a day, as each language writes them."""

import re

from core.i18n import sentences, t
from core.knowledge.answer import ABOVE
from core.knowledge.phrases import forms, label, limit, source
from core.knowledge.substances import key_of
from core.knowledge.units import COUNTED, mg_of_amount
from core.report.words import EMPTY, code, number

NEAR = 1e-6
WORD = re.compile(r"[^\W\d_]+(?:\(s\)|\.(?!\d))?")  # with the plural or the point of a ward: comprimé(s), cp.
HELD_IN_PART = ("partly_known", "not_in_reference")  # their words say what is missing
UNSURE = frozenset({"frequency_missing", "frequency_unread"})
WEEK = 7.0  # days
PERIODS = {"rhythm": 1.0, "rhythm_week": WEEK, "rhythm_month": 365.25 / 12, "rhythm_year": 365.25}  # days


def figure(value: float | None, language: str, digits: int = 2) -> str:
    """At most ``digits`` decimals, no trailing zero; a dash for what is not known."""
    said = number(value, language, digits)
    return re.sub(r"[.,]?0+$", "", said) if re.search(r"[.,]\d+$", said) else said


def mg(value: float | None, language: str) -> str:
    """mg of a drug: two decimals, and four below 1 mg (digoxin: 0.0625)."""
    return figure(value, language, 2 if value is None or value >= 1 else 4)


def mg_a_day(row: dict, language: str) -> str:
    """``0 à 4 000``, one number where both are the same, ``5 si pris chaque jour``, ``au moins 5`` where the most is not known;
    ``15 mg/semaine`` where it is said by the week."""
    low, high, unit = in_its_unit(row, language)
    if high is None:
        key = "if_daily" if UNSURE & {*row["reasons"]} else "at_least"
        return t(f"interactions.{key}", language, mg=mg(low, language) + unit) if low else EMPTY
    return mg_between(low, high, language) + unit


def in_its_unit(row: dict, language: str) -> tuple[float | None, float | None, str]:
    """(low, high, unit) of a day: mg without a word, but of an insulin, which nobody weighs, units; of a week where it is said so."""
    if row.get("by_week"):
        low, high = (value and value * WEEK for value in (row["mg_low"], row["mg_high"]))
        return low, high, f" {t('interactions.unit_week', language)}"
    one = mg_of_amount("iu", row["substance"]) if row["substance"].startswith("insuline") else None
    if one is None:
        return row["mg_low"], row["mg_high"], ""
    low, high = (value and value / one for value in (row["mg_low"], row["mg_high"]))
    return low, high, f" {dose_unit('iu', language)}"


def most_a_day(row: dict, language: str) -> str:
    """The maximum of a substance, in the period of its dose."""
    if row["maximum"] is None or not row.get("by_week"):
        return mg(row["maximum"], language)
    return f"{mg(in_weeks(row)['maximum'], language)} {t('interactions.unit_week', language)}"


def mg_between(low: float | None, high: float | None, language: str) -> str:
    """``0 à 4 000``, one number where both are the same."""
    said = [mg(each, language) for each in (low, high)]
    return said[1] if said[0] == said[1] else t("whatif.band", language, low=said[0], high=said[1])


def cap(rule: dict, language: str) -> str:
    """The most of a substance that a partner leaves, and what a day brings where that is more."""
    told = {"substance": label(rule["substances"][0], language), "partner": label(rule["partner"], language)}
    told |= {"maximum": mg(rule["maximum"], language), "source": source(rule["source"], language)}
    here = mg_between(rule["mg_low"], rule["mg_high"], language) if rule["above"] else ""
    return t(f"interactions.{'capped' if here else 'cap'}", language, mg=here, **told)


def excess(row: dict, language: str) -> str:
    """That a day, or a week where the dose is said so, brings more of a substance than its maximum; of one taken once a week, what a
    week allows."""
    kind = next(name for name in ABOVE if row[name])
    if kind == "above" and row["by_week"]:
        kind, row = "above_in_a_week", in_weeks(row)
    route = {"route": code("route", row["supposed_route"], language)}
    told = route | {"mg": much(row, language), "maximum": mg(row["maximum"], language), "source": source(row["source"], language)}
    here = {"condition": limit(row["condition"], language), "value": figure(row["value"], language)} if row["condition"] else {}
    condition = t("interactions.excess.condition", language, **here) if here else ""
    said = [t(f"interactions.excess.{kind}", language, substance=label(row["substance"], language), condition=condition, **told)]
    weekly = [t("interactions.excess.weekly", language, mg=figure(row["maximum"] * 7, language, 0))] if row["weekly"] else []
    return " ".join(said + weekly)


def in_weeks(row: dict) -> dict:
    """The row with the mg of a week where the mg of a day stand; a maximum that is a week's own is whole there (3,57 a day is 25)."""
    mg_a_week = {name: row[name] and row[name] * WEEK for name in ("mg_low", "mg_high", "mg_sure", "maximum")}
    whole = {"maximum": round(mg_a_week["maximum"])} if row["weekly"] else {}
    return row | mg_a_week | whole | {"weekly": False}


def much(row: dict, language: str) -> str:
    """mg of a day that passes its maximum: ``au moins 6 000`` where more may come of lines whose frequency is not known."""
    if not row["above"]:
        return mg(row["mg_low"], language)
    if row["mg_high"] is None:
        return t("interactions.at_least", language, mg=mg(row["mg_sure"], language))
    return mg_between(row["mg_low"], row["mg_high"], language)


def dose_unit(written: str, language: str, dose: float = 1.0) -> str:
    """A unit as a person of the language writes it: ``ug/h`` is ``µg/h``, 2 ``gelule`` are ``gélules``; one that has no
    other words stays as written."""
    return WORD.sub(lambda part: said_unit(part[0], language, dose if part.start() == 0 else 1.0), written)


def said_unit(part: str, language: str, dose: float) -> str:
    key = key_of(part).removesuffix("(s)").rstrip(".")
    several = bool(dose >= 2 if language == "fr" else dose != 1)  # of numpy's numbers, numpy's truth is no place in a list
    return forms(language)[key][several] if key in forms(language) else sentences(language).get(f"codes.dose_unit.{key}", part)


def rhythm(times: float, language: str) -> str:
    """``× 2/j``, ``× 1/semaine``, ``tous les 3 jours``: in the period that needs no fraction, else a day."""
    found = [(key, times * days) for key, days in PERIODS.items() if abs(times * days - round(times * days)) < NEAR and round(times * days)]
    every = 1 / times
    if abs(every - round(every)) < NEAR and round(every) not in (1, 7):
        return t("codes.rhythm_days", language, days=round(every))
    key, often = found[0] if found else ("rhythm", times)
    return t(f"codes.{key}", language, times=figure(often, language))


def amount(drug: dict, language: str) -> str:
    """``2 × 1 g``, ``(10 + 20) mg``, ``(1 + 0,5) × ?``: what is given each time, or over a day where the moments differ; empty
    when not read."""
    portions = " + ".join(figure(one, language, 4) for one in drug["portions"])
    if drug["dose"] is None:
        return f"({portions}) × ?" if portions else ""
    unit = dose_unit(drug["unit"], language, sum(drug["portions"]) or drug["dose"])
    if portions:
        return f"({portions}) {unit}"
    several = "" if drug["units"] == 1 or drug["unit"] in COUNTED else f"{figure(drug['units'], language)} × "
    return f"{several}{figure(drug['amount'] if several else drug['dose'], language, 4)} {unit}"


def drug(line: dict, language: str) -> str:
    """``kétoprofène 100 mg, IV``: name, dose and route; what is not known is left out."""
    name = " + ".join(label(part, language) for part in line["name"].split(" + "))
    dose = "" if line["dose"] is None else figure(line["dose"], language, 3)
    unit = dose_unit(line["unit"], language, line["dose"]) if dose and line["unit"] else ""
    route = code("route", line["route"], language) if line["route"] else ""
    return ", ".join(filter(None, (" ".join(filter(None, (name, dose, unit))), route)))


def known_by(drug: dict, language: str) -> str:
    """How the name of a typed drug was known, and what of it the reference does not have."""
    missing = ", ".join(label(key, language) for key in drug["missing"])
    how = t(f"interactions.how.{drug['how']}", language, missing=missing)
    return t("interactions.beside", language, how=how, missing=missing) if missing and drug["how"] not in HELD_IN_PART else how


def dosage(drug: dict, language: str) -> str:
    """``2 × 1 g × 4/j · orale · si besoin``: what was read of a typed drug (``drug_row``), a question mark for what was not."""
    often, whole = drug["times_per_day"], sum(drug["portions"]) / max(drug["portions"], default=1.0)
    rate = re.search(r"/(?!kg|m2)", drug["unit"])
    told = "" if rate else rhythm(often / (whole or 1.0), language) if often else "× ?"
    parts = [" ".join(filter(None, (amount(drug, language) or "?", told)))]
    parts += [code("route", drug["route"], language)] if drug["route"] else []
    return " · ".join(parts + ([t("codes.prn", language)] if drug["prn"] else []))


def unread(row: dict, language: str) -> str:
    """What could not be read of the doses of a substance, and the values that a rule of it waits for."""
    told = [t(f"interactions.reason.{reason}", language) for reason in row["reasons"]]
    kinds = ", ".join(code("feature", kind, language) for kind in row["lacking"])
    return ", ".join(told + ([t("interactions.lacking", language, kinds=kinds)] if kinds else []))
