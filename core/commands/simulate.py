"""``simulate``: stays of an invented hospital, with their truth and their oracle, into a workspace."""

import argparse
import sys

from core.commands.numbers import at_least
from core.commands.places import place
from core.i18n import t
from core.settings import Workspace, default_workspace

HOSPITALS = ("main", "other")


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("simulate", parents=[shared], help=t("cli.simulate.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--stays", type=int, default=400, help=t("cli.simulate.stays", language))
    parser.add_argument("--seed", type=int, default=1, help=t("cli.simulate.seed", language))
    parser.add_argument("--hospital", choices=HOSPITALS, default="main", help=t("cli.simulate.hospital", language))
    parser.add_argument("--processes", type=int, default=1, help=t("cli.simulate.processes", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.simulator import HOSPITALS as known
    from core.simulator.output import populate

    at_least(1, options, "stays", "processes")
    at_least(0, options, "seed")

    def progress(done: int, wanted: int) -> None:
        print(t("cli.simulate.progress", options.lang, done=done, wanted=wanted), file=sys.stderr)

    written = populate(
        Workspace(options.workspace),
        known[options.hospital],
        options.stays,
        options.seed,
        processes=options.processes,
        progress=progress,
    )
    if not options.json:
        print(t("cli.simulate.done", options.lang, path=options.workspace, **written))
    return {"workspace": str(options.workspace), "hospital": options.hospital, "seed": options.seed, **written}
