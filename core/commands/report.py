"""``report``: one self-contained HTML file for the team meeting."""

import argparse

from core.commands.places import place, refuse_file
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("report", parents=[shared], help=t("cli.report.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--out", type=place, required=True, help=t("cli.report.out", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from datetime import date

    from core.report.content import content
    from core.report.page import page, write
    from core.report.words import number

    refuse_file(options.out, (".html",))
    html = page(content(Workspace(options.workspace)), options.lang, date.today())
    write(options.out, html)
    answer = {"path": str(options.out), "size_bytes": len(html.encode())}
    if not options.json:
        print(t("cli.report.done", options.lang, path=options.out, megabytes=number(answer["size_bytes"] / 1e6, options.lang, 1)))
    return answer
