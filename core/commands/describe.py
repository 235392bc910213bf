"""``describe``: what a workspace holds, and what is doubtful in it."""

import argparse
from dataclasses import asdict

from core.commands.arrivals import show_tables
from core.commands.places import place
from core.data.workspace import existing
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("describe", parents=[shared], help=t("cli.describe.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.data.describe import describe
    from core.data.quality import quality

    workspace = existing(Workspace(options.workspace))
    answer = describe(workspace) | {"quality": [asdict(issue) for issue in quality(workspace)]}
    if not options.json:
        show(answer, options.lang)
    return answer


def show(answer: dict, language: str) -> None:
    print(t("cli.describe.counts", language, path=answer["workspace"], **answer["counts"]))
    for report in answer["imports"]:
        print(
            t("cli.describe.import", language, **{k: report[k] for k in ("imported_at", "file", "rows", "set_aside")})
        )
        show_tables(report, language)
    for issue in answer["quality"]:
        print(f"    {issue['rows']:>8}  {t('quality.issue.' + issue['code'], language)}")
