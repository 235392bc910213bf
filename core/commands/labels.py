"""``labels export``: verdicts in the form that ``train --labels`` reads."""

import argparse

from core.commands.places import place
from core.data.workspace import existing
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("labels", parents=[shared], help=t("cli.labels.help", language))
    actions = parser.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", parents=[shared], help=t("cli.labels.export", language))
    export.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    export.add_argument("--out", type=place, required=True, help=t("cli.labels.out", language))
    export.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.review.labels import labels, write

    found = labels(existing(Workspace(options.workspace)))
    written = write(found, options.out)
    answer = {"out": str(options.out), "labels": written, "errors": int(found["label"].sum())}
    if not options.json:
        print(t("cli.labels.done", options.lang, **answer))
    return answer
