"""``import``: a hospital's files into a workspace; rows that cannot be used are set aside with a reason."""

import argparse

from core.commands.arrivals import show_tables
from core.commands.places import place
from core.i18n import t
from core.settings import Workspace, default_workspace

FORMATS = ("csv", "mimic3")
DECIMALS = ("auto", ".", ",")


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser(
        "import", parents=[shared], help=t("cli.import.help", language), epilog=t("cli.import.columns", language),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("format", choices=FORMATS, help=t("cli.import.format", language))
    parser.add_argument("path", type=place, help=t("cli.import.path", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--encoding", choices=("utf-8", "cp1252", "latin-1"), default="utf-8",
                        help=t("cli.import.encoding", language))  # fmt: skip
    parser.add_argument("--mapping", type=place, help=t("cli.import.mapping", language))
    parser.add_argument("--decimal", choices=DECIMALS, default="auto", help=t("cli.import.decimal", language))
    parser.add_argument("--shift-dates", action="store_true", help=t("cli.import.shift_dates", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.data.intake.border import Options, bring_in

    how = Options(options.encoding, options.mapping, options.decimal, options.shift_dates)
    report = bring_in(Workspace(options.workspace), options.format, options.path, how)
    if not options.json:
        show(report, options.lang)
    return report


def show(report: dict, language: str) -> None:
    """What came in of every table, and where the rows set aside are."""
    show_tables(report, language)
    print(t("cli.import.kept", language, path=report["set_aside_file"]))
