"""``figures``: what was measured of the models that come with the product, and of their rivals on equal terms."""

import argparse

from core.i18n import t
from core.settings import TRAINED


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("figures", parents=[shared], help=t("cli.figures.help", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> list[dict]:
    """Rows of the cards (``source`` card), then those of the shipped comparison (``source`` comparison)."""
    from core.commands.rows import written
    from core.detection import cards
    from core.report import digest

    shipped = [cards.read(path) for path in sorted(TRAINED.glob(f"*/{cards.CARD}"))]
    rows = [row | {"source": "card"} for card in shipped for row in card["metrics"]]
    rows += [row | {"source": "comparison"} for row in digest.shipped()["rows"]]
    if not options.json:
        for source in dict.fromkeys(row["source"] for row in rows):
            print(t(f"cli.figures.source.{source}", options.lang))
            for row in (row for row in rows if row["source"] == source):
                print(f"  {written(row, options.lang)}")
    return rows
