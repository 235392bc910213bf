"""``figures``: what was measured of the models that come with the product, read from their cards."""

import argparse

from core.i18n import t
from core.settings import TRAINED


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("figures", parents=[shared], help=t("cli.figures.help", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> list[dict]:
    from models import store

    folders = sorted(path.parent for path in TRAINED.glob(f"*/{store.CARD}"))
    rows = [row for folder in folders for row in store.read_card(folder)["metrics"]]
    if not options.json:
        for row in rows:
            print(t("cli.figures.row", options.lang, **row))
    return rows
