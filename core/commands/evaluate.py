"""``evaluate``: figures of the models on a hospital made afresh, or on the stays of a workspace."""

import argparse
from pathlib import Path

from core.commands.telling import teller
from core.i18n import t
from core.settings import TRAINED, Workspace

HOSPITALS = ("main", "other")


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("evaluate", parents=[shared], help=t("cli.evaluate.help", language))
    parser.add_argument("--model", type=Path, action="append", help=t("cli.evaluate.model", language))
    parser.add_argument("--hospital", choices=HOSPITALS, default="main", help=t("cli.evaluate.hospital", language))
    parser.add_argument("--stays", type=int, default=4000, help=t("cli.evaluate.stays", language))
    parser.add_argument("--seed", type=int, default=1001, help=t("cli.evaluate.seed", language))
    parser.add_argument("--workspace", type=Path, help=t("cli.evaluate.workspace", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> list[dict]:
    from core.commands.rows import written
    from core.detection import comparison, model, sources

    tell = teller(options.lang)
    if options.workspace:
        parts, population = sources.stored_parts(Workspace(options.workspace), tell), "workspace"
    else:
        parts = sources.invented_parts(options.hospital, options.stays, options.seed, tell)
        population = "test" if options.hospital == "main" else "other_hospital"
    folders = options.model or sorted(path.parent for path in TRAINED.glob("*/card.json"))
    rows = comparison.compare([model.load(folder) for folder in folders], parts, population)
    if not options.json:
        for row in rows:
            print(written(row, options.lang))
    return rows
