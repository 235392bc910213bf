"""``pseudonym``: what the hospital's numbers are called in a workspace, so that an alert leads back to its patient."""

import argparse
import sys

from core.commands.places import place
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.settings import Workspace, default_workspace

KINDS = ("stay", "patient")


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    about = t("cli.pseudonym.help", language)
    parser = commands.add_parser("pseudonym", parents=[shared], help=about, description=t("cli.pseudonym.about", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--kind", choices=KINDS, default=KINDS[0], help=t("cli.pseudonym.kind", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> list[dict]:
    """Numbers are read from standard input, one a line: as arguments the shell's history would keep them."""
    from core.data import pseudonyms, store
    from core.schema import STAYS

    workspace = existing(Workspace(options.workspace))
    if not (workspace.path / pseudonyms.KEY).exists():
        raise Refusal("pseudonym_no_key", path=workspace.path)
    if sys.stdin.isatty():
        print(t("cli.pseudonym.type", options.lang), file=sys.stderr)
    column = f"{options.kind}_id"
    stored = set(store.read_table(workspace, STAYS, [column])[column].to_pylist())
    found = []
    for number in filter(None, map(str.strip, sys.stdin)):
        name = pseudonyms.of(workspace, options.kind, number)
        found.append({"number": number, "pseudonym": name, "known": name in stored})
        if not options.json:
            print(number, name, t(f"cli.pseudonym.{'known' if name in stored else 'unknown'}", options.lang), sep="\t")
    return found
