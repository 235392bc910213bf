"""``interactions``: what the thesaurus and the dose ledger say of a list of drugs, or of a file of pairs."""

import argparse
import csv
from pathlib import Path

from core.commands.numbers import within
from core.commands.places import place
from core.errors import Refusal
from core.i18n import t


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("interactions", parents=[shared], help=t("cli.interactions.help", language))
    parser.add_argument("drugs", nargs="*", help=t("cli.interactions.drugs", language))
    parser.add_argument("--dose", action="append", nargs="+", default=[], help=t("cli.interactions.dose", language))
    parser.add_argument("--route", action="append", nargs="+", default=[], help=t("cli.interactions.route", language))
    parser.add_argument("--age", type=float, default=float("nan"), help=t("cli.interactions.age", language))
    parser.add_argument("--egfr", type=float, default=float("nan"), help=t("cli.interactions.egfr", language))
    parser.add_argument("--potassium", type=float, default=float("nan"), help=t("cli.interactions.potassium", language))
    parser.add_argument("--diagnoses", default="", help=t("cli.interactions.diagnoses", language))
    parser.add_argument("--pairs", type=place, help=t("cli.interactions.pairs", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict | list[dict]:
    from core.knowledge.answer import answer
    from core.knowledge.several import parted
    from core.knowledge.written import read

    patient = patient_of(options)
    if options.pairs:
        found = answers_of_file(options.pairs)
        if not options.json:
            for row in found:
                print(t("cli.interactions.pair", options.lang, **row | {"levels": said(row, options.lang)}))
        return found
    if not options.drugs:
        raise Refusal("no_drugs")
    doses, routes = (given(options.drugs, values) for values in (options.dose, options.route))
    check_routes(routes)
    alone = zip(options.drugs, doses, routes, strict=True)
    drugs = [read(part, dose, route) for name, dose, route in alone for part in ((name,) if dose or route else parted(name))]
    found = answer(drugs, patient)
    if not options.json:
        show(found, options.lang)
    return found


def patient_of(options: argparse.Namespace):
    """What was said of the patient; Refusal of what no patient can have, which would else be answered as if it were true."""
    from core.knowledge.conditions import codes_of, not_icd10
    from core.knowledge.interactions import BOUNDS, Patient

    within(BOUNDS, options)
    codes = codes_of(options.diagnoses)
    if wrong := not_icd10(codes):
        raise Refusal("not_icd10", codes=", ".join(wrong))
    return Patient(options.age, options.egfr, options.potassium, codes)


def given(drugs: list[str], values: list[list[str]]) -> list[str]:
    """One value a drug: 'name=value' by name, else in the order of the drugs; '-' is none."""
    flat = [value for group in values for value in group]
    named = dict(value.split("=", 1) for value in flat if "=" in value)
    loose = iter([value for value in flat if "=" not in value])
    if unknown := named.keys() - set(drugs):
        raise Refusal("option_of_no_drug", name=sorted(unknown)[0])
    found = [named[drug] if drug in named else next(loose, "") for drug in drugs]
    if (left := next(loose, None)) is not None:
        raise Refusal("option_of_no_drug", name=left)
    return ["" if value == "-" else value for value in found]


def check_routes(routes: list[str]) -> None:
    from core.schema import ROUTES

    for route in routes:
        if route and route not in ROUTES:
            raise Refusal("unknown_route", route=route, routes=", ".join(ROUTES))


def answers_of_file(path: Path) -> list[dict]:
    """Answers of a CSV with columns a and b, in its order; Refusal when it cannot be read so."""
    from core.knowledge.answer import pair_answer
    from core.knowledge.written import read

    if not path.is_file():
        raise Refusal("pairs_missing", path=path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            names = next(csv.reader([head], delimiter=separator_of(head)), [])
            rows = list(csv.DictReader(lines, [name.strip() for name in names], delimiter=separator_of(head)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal("pairs_unreadable", path=path) from error
    if not rows or not {"a", "b"} <= set(rows[0]):
        raise Refusal("pairs_columns", path=path)
    return [pair_answer(row["a"] or "", row["b"] or "", (read(row["a"] or ""), read(row["b"] or ""))) for row in rows]


def separator_of(head: str) -> str:
    """A semicolon, as French spreadsheets write, or a comma."""
    return ";" if ";" in head and "," not in head else ","


def said(row: dict, language: str) -> str:
    """The levels of a pair in words; what is not known is not the same as nothing listed."""
    if not (row.get("known_a", True) and row.get("known_b", True)):
        return t("cli.interactions.not_checked", language)
    if not row["levels"]:
        return t("cli.interactions.nothing", language)
    words = " / ".join(t(f"cli.interactions.level.{level}", language) for level in row["levels"])
    return words + (" " + t("cli.interactions.depends", language) if row["depends"] else "")


def show(found: dict, language: str) -> None:
    """The answer as a readable table."""
    from core.knowledge.answer import MOST_TIMES, excesses
    from core.report.doses import excess
    from core.report.words import edition_day

    print(t("cli.interactions.edition", language, edition=edition_day(found["edition"], language)))
    for drug in found["drugs"]:
        print(understood(drug, language))
    for pair in found["pairs"]:
        print(t("cli.interactions.pair", language, **named(pair, language), levels=said(pair, language)))
        for entry in pair["entries"]:
            print(entry_line(entry, language))
        if pair["assumed"]:
            print("    " + t("interactions.assumed", language, pair=" × ".join(named(pair, language).values()), times=MOST_TIMES))
    if not found["pairs"]:
        names = ", ".join(drug["text"] for drug in found["unknown"])
        print(t(f"cli.interactions.{'none_of_known' if names else 'none_listed'}", language, names=names))
    for row in found["repeated"]:
        print(repeated(row, language))
    for row in found["redundant"]:
        print(redundant(row, language))
    for rule in found["unsuited"]:
        print(t(f"cli.interactions.{rule['rule']}", language, **unsuited(rule, language)))
    for rule in found["diagnosed"]:
        print(diagnosed(rule, language))
    for rule in found["capped"]:
        print(caps(rule, language))
    for row in excesses(found):
        print(t(f"cli.interactions.{'excess' if row['above'] else 'unsure_excess'}", language, told=excess(row, language)))
    for row in found["doses"]:
        print(ledger(row, language))


def named(row: dict, language: str) -> dict[str, str]:
    """Both substances of a pair by their names."""
    from core.knowledge.phrases import label

    return {side: label(row[side], language) for side in ("a", "b")}


def understood(drug: dict, language: str) -> str:
    """What a typed drug and its dose were read as, or the nearest names."""
    from core.knowledge.phrases import label, suggested
    from core.report.doses import dosage, known_by

    how = known_by(drug, language)
    near = t("cli.interactions.near", language, near=", ".join(suggested(drug["candidates"], language))) if drug["candidates"] else ""
    if not drug["substances"]:
        return t("cli.interactions.unknown", language, text=drug["text"], how=how, near=near)
    names = " + ".join(label(key, language) for key in drug["substances"])
    return t("cli.interactions.drug", language, text=drug["text"], names=f"{names} {drug['atc']}".rstrip(), how=how,
             dosage=dosage(drug, language))  # fmt: skip


def entry_line(entry: dict, language: str) -> str:
    """One entry of the thesaurus with what decides between its levels."""
    from core.knowledge.phrases import branches, label, source
    from core.report.words import apart

    told = apart(branches(entry, language), language)
    labels = " × ".join(label(key, language) for key in entry["labels"])
    return t("cli.interactions.entry", language, labels=labels, levels=said(entry, language),
             condition=f" [{told}]" if told else "", source=source(entry["source"], language))  # fmt: skip


def repeated(row: dict, language: str) -> str:
    from core.knowledge.phrases import label
    from core.report.words import apart

    drugs = apart(row["drugs"], language)
    return t("interactions.repeated", language, substance=label(row["substance"], language), drugs=drugs)


def redundant(row: dict, language: str) -> str:
    from core.knowledge.phrases import source
    from core.report.words import code

    told = {"group": code("group", row["group"], language), "source": source(row["source"], language)}
    key = "interactions.never_together" if row["never"] else "cli.interactions.redundant"
    return t(key, language, **named(row, language), **told)


def unsuited(rule: dict, language: str) -> dict:
    """What a rule on the patient says, its condition in words."""
    from core.knowledge.phrases import label, limit, source
    from core.report.doses import figure, mg

    amounts = {name: mg(rule[name], language) for name in ("maximum", "mg_high")}
    told = {"substance": " + ".join(label(key, language) for key in rule["substances"]), "value": figure(rule["value"], language)}
    return amounts | told | {"condition": limit(rule["condition"], language), "source": source(rule["source"], language)}


def diagnosed(rule: dict, language: str) -> str:
    """What a disease of the patient forbids."""
    from core.knowledge.phrases import label, source
    from core.report.words import apart, code

    told = {"disease": code("disease", rule["disease"], language), "codes": apart(rule["codes"], language)}
    told |= {"substance": " + ".join(label(key, language) for key in rule["substances"]), "source": source(rule["source"], language)}
    return t(f"cli.interactions.{'diagnosed' if rule['sure'] else 'diagnosed_unsure'}", language, **told)


def caps(rule: dict, language: str) -> str:
    """The most of a substance beside a partner, and where the list brings more."""
    from core.report.doses import cap

    return t(f"cli.interactions.{'capped' if rule['above'] else 'cap'}", language, told=cap(rule, language))


def ledger(row: dict, language: str) -> str:
    """What a day brings of a substance against its maximum, and what of that is not sure."""
    from core.knowledge.answer import ABOVE
    from core.knowledge.phrases import label, source
    from core.report.doses import mg_a_day, most_a_day, unread
    from core.report.words import apart, code

    told = [t("cli.interactions.ledger", language, substance=label(row["substance"], language), mg=mg_a_day(row, language))]
    if row["maximum"] is not None:
        maximum = {"maximum": most_a_day(row, language), "source": source(row["source"], language)}
        told.append(t("cli.interactions.maximum", language, **maximum))
    elif not row["contra_indicated"]:
        told.append(t("cli.interactions.no_maximum", language))
    route = code("route", row["supposed_route"], language)
    told += [t(f"interactions.{name}", language, route=route) for name in ("contra_indicated", *ABOVE) if row[name]]
    if why := unread(row, language):
        told.append(t("cli.interactions.not_sure", language, why=why))
    return apart(told, language)
