"""``register export`` and ``register verify``: what was decided, and whether anybody has touched it since."""

import argparse
from dataclasses import asdict

from core.commands.places import place
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("register", parents=[shared], help=t("cli.register.help", language))
    actions = parser.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", parents=[shared], help=t("cli.register.export", language))
    export.add_argument("--out", type=place, required=True, help=t("cli.register.out", language))
    export.add_argument("--effective", action="store_true", help=t("cli.register.effective", language))
    export.set_defaults(run=run_export)
    verify = actions.add_parser("verify", parents=[shared], help=t("cli.register.verify", language))
    verify.set_defaults(run=run_verify)
    for action in (export, verify):
        action.add_argument(
            "--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language)
        )


def run_export(options: argparse.Namespace) -> dict:
    from core.review.captions import with_drugs
    from core.review.labels import write
    from core.review.register import reviews

    workspace = existing(Workspace(options.workspace))
    found = with_drugs(workspace, reviews(workspace, effective=options.effective))
    answer = {"out": str(options.out), "reviews": write(found, options.out)}
    if not options.json:
        print(t("cli.register.exported", options.lang, **answer))
    return answer


def run_verify(options: argparse.Namespace) -> dict:
    """Raises Refusal("register_tampered") at the first row that does not follow from the one before."""
    from core.review.register import verify

    workspace = existing(Workspace(options.workspace))
    found = verify(workspace)
    if found.broken is not None:
        raise Refusal("register_tampered", path=workspace.register, review=found.broken)
    if not options.json:
        print(t(f"cli.register.{'verified' if found.rows else 'empty'}", options.lang, rows=found.rows, head=found.head))
    return asdict(found)
