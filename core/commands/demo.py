"""``demo``: the workspace of an invented hospital that the app makes at its first start."""

import argparse
import sys

from core.commands.places import place
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("demo", parents=[shared], help=t("cli.demo.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    """The counts of the workspace, and whether it was made now; one that is there is left as it is."""
    from core.review.demo import make_demo  # torch takes seconds to load

    told: list[str] = []

    def tell(step: str, share: float) -> None:
        words = t(f"cli.demo.step.{step}", options.lang, percent=round(100 * share))
        if words not in told:
            told.append(words)
            print(words, file=sys.stderr)

    answer = {"workspace": str(options.workspace), **make_demo(Workspace(options.workspace), tell)}
    if not options.json:
        print(t("cli.demo.made" if answer["made"] else "cli.demo.there", options.lang, **answer))
    return answer
