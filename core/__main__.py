"""The command line: every station of the way of the data, each with --help and --json."""

import argparse
import json
import sys

from core.commands import STATIONS
from core.errors import Refusal
from core.i18n import LANGUAGES, t


def shared_options(language: str) -> argparse.ArgumentParser:
    """Options that every command takes."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--json", action="store_true", help=t("cli.json", language))
    options.add_argument("--lang", choices=LANGUAGES, default=language, help=t("cli.lang", language))
    return options


def build_parser(language: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description=t("cli.about", language))
    commands = parser.add_subparsers(dest="command", required=True)
    for station in STATIONS:
        station.add(commands, shared_options(language), language)
    return parser


def language_of(arguments: list[str]) -> str:
    """The language asked for with ``--lang``, French otherwise, known before parsing for --help."""
    wanted = dict(zip(arguments, arguments[1:], strict=False)).get("--lang", "fr")
    return wanted if wanted in LANGUAGES else "fr"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 2 refused with a sentence that says what to do."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language = language_of(arguments)
    options = build_parser(language).parse_args(arguments)
    try:
        answer = options.run(options)
    except Refusal as refusal:
        print(t(f"errors.{refusal.code}", language, **refusal.values), file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
