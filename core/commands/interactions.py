"""``interactions``: what the thesaurus and the dose ledger say of a list of drugs, or of a file of pairs."""

import argparse
import csv
from pathlib import Path

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
    parser.add_argument("--pairs", type=Path, help=t("cli.interactions.pairs", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict | list[dict]:
    from core.knowledge.answer import answer
    from core.knowledge.interactions import Patient
    from core.knowledge.written import read

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
    drugs = [read(name, dose, route) for name, dose, route in zip(options.drugs, doses, routes, strict=True)]
    found = answer(drugs, Patient(options.age, options.egfr, options.potassium, options.diagnoses.replace(",", "+")))
    if not options.json:
        show(found, options.lang)
    return found


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

    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            names = next(csv.reader([head], delimiter=separator_of(head)), [])
            rows = list(csv.DictReader(lines, [name.strip() for name in names], delimiter=separator_of(head)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
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
    print(t("cli.interactions.edition", language, edition=found["edition"]))
    for drug in found["drugs"]:
        names = " + ".join(drug["substances"]) or t(
            "cli.interactions.unknown", language, near=", ".join(drug["candidates"])
        )
        print(t("cli.interactions.drug", language, text=drug["text"], names=names, atc=drug["atc"], how=drug["how"]))
    for pair in found["pairs"]:
        print(t("cli.interactions.pair", language, **pair | {"levels": said(pair, language)}))
        for entry in pair["entries"]:
            print(t("cli.interactions.entry", language, labels=" × ".join(entry["labels"]), levels=said(entry, language),
                    condition=conditions(entry, language), source=entry["source"]))  # fmt: skip
    if not found["pairs"]:
        print(t("cli.interactions.none_listed", language))
    for row in found["redundant"]:
        print(t("cli.interactions.redundant", language, **row))
    for rule in found["unsuited"]:
        print(t(f"cli.interactions.{rule['rule']}", language, **unsuited(rule, language)))
    for row in found["doses"]:
        print(t("cli.interactions.ledger", language, **row | figures(row)))


def conditions(entry: dict, language: str) -> str:
    """What decides between the levels, in words."""
    from core.knowledge.phrases import branches

    return " ; ".join(branches(entry, language))


def unsuited(rule: dict, language: str) -> dict:
    """What a rule on the patient says, its condition in words."""
    from core.knowledge.phrases import limit

    numbers = {name: "?" if rule[name] is None else f"{rule[name]:g}" for name in ("value", "maximum", "mg_high")}
    told = {"substance": " + ".join(rule["substances"]), "condition": limit(rule["condition"], language)}
    return rule | numbers | told


def figures(row: dict) -> dict:
    """Numbers of the ledger in words: '?' where none is known."""
    numbers = {name: "?" if row[name] is None else f"{row[name]:g}" for name in ("mg_low", "mg_high", "maximum")}
    return numbers | {"reasons": ", ".join([*row["reasons"], *(f"no_{kind}" for kind in row["lacking"])])}
