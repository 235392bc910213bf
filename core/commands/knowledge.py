"""``knowledge``: what the references cover, and the reading of the official files of others."""

import argparse
import sys
from pathlib import Path

from core.commands.places import place
from core.i18n import t
from core.settings import ROOT, default_workspace

BESIDE = ROOT.parent / "shared" / "data"


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("knowledge", parents=[shared], help=t("cli.knowledge.help", language))
    stations = parser.add_subparsers(dest="action", required=True)
    add_coverage(stations, shared, language)
    add_ansm(stations, shared, language)
    add_bdpm(stations, shared, language)


def add_coverage(stations, shared: argparse.ArgumentParser, language: str) -> None:
    parser = stations.add_parser("coverage", parents=[shared], help=t("cli.knowledge.coverage", language))
    parser.add_argument("--prescriptions", type=place, help=t("cli.knowledge.prescriptions", language))
    parser.add_argument("--column", default="drug", help=t("cli.knowledge.column", language))
    add_workspace(parser, language)
    parser.set_defaults(run=coverage)


def add_ansm(stations, shared: argparse.ArgumentParser, language: str) -> None:
    parser = stations.add_parser("import-ansm", parents=[shared], help=t("cli.knowledge.import_ansm", language))
    parser.add_argument("file", type=place, help=t("cli.knowledge.file", language))
    parser.add_argument("--index", type=place, help=t("cli.knowledge.index", language))
    parser.add_argument("--compare", type=place, help=t("cli.knowledge.compare", language))
    parser.add_argument("--use", action="store_true", help=t("cli.knowledge.use", language))
    add_workspace(parser, language)
    parser.set_defaults(run=import_ansm)


def add_bdpm(stations, shared: argparse.ArgumentParser, language: str) -> None:
    parser = stations.add_parser("import-bdpm", parents=[shared], help=t("cli.knowledge.import_bdpm", language))
    parser.add_argument("folder", type=place, help=t("cli.knowledge.folder", language))
    add_workspace(parser, language)
    parser.set_defaults(run=import_bdpm)


def add_workspace(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))


def coverage(options: argparse.Namespace) -> dict:
    from core.knowledge import coverage as counted

    answer: dict = {"references": counted.of_references()}
    beside = BESIDE / "mimic3-demo" / "PRESCRIPTIONS.csv.gz"
    asked = options.prescriptions or (beside if beside.exists() else None)
    if asked:
        answer["prescriptions"] = counted.of_prescriptions(asked, options.column)
    found = counted.of_specialities(options.workspace / "knowledge")
    if found:
        answer["bdpm"] = found
    return printed(answer, options)


def import_ansm(options: argparse.Namespace) -> dict:
    from core.knowledge.editions import import_ansm as read

    index = options.index or beside(options.file, "thesaurus", "substances", ".pdf")
    compare = options.compare or beside(options.file, "", "", ".json")
    tell = lambda done, total: tell_page(done, total, options.lang)  # noqa: E731
    compared = compare if options.compare or compare.exists() else None
    return printed(read(options.file, index, compared, options.workspace / "knowledge", options.use, tell), options)


def beside(file: Path, old: str, new: str, suffix: str) -> Path:
    """A neighbour of the thesaurus: its index or its JSON."""
    return file.with_name(file.stem.replace(old, new) + suffix)


def tell_page(done: int, total: int, language: str) -> None:
    if done % 50 == 0 or done == total:
        print(t("cli.knowledge.page", language, done=done, total=total), file=sys.stderr)


def import_bdpm(options: argparse.Namespace) -> dict:
    from core.knowledge.bdpm import import_bdpm as read

    return printed(read(options.folder, options.workspace / "knowledge"), options)


def printed(answer: dict, options: argparse.Namespace) -> dict:
    """The answer, shown for a person when no JSON was asked for."""
    for part in [answer, *(value for value in answer.values() if isinstance(value, dict))] if not options.json else []:
        for name, value in part.items():
            if not isinstance(value, dict | list):
                print(
                    t(
                        "cli.knowledge.counts",
                        options.lang,
                        name=t(f"cli.knowledge.row.{name}", options.lang),
                        value=value,
                    )
                )
    return answer
