"""``select``: names the champion of a comparison, by a criterion on validation alone, and writes why."""

import argparse
from pathlib import Path

from core.commands.compare import folder_of
from core.i18n import t
from core.settings import default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("select", parents=[shared], help=t("cli.select.help", language))
    parser.add_argument("--workspace", type=Path, default=default_workspace().path, help=t("cli.workspace", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.detection import selection, trials

    folder = folder_of(options.workspace)
    chosen = selection.select(trials.results(folder))
    chosen |= {
        "folder": str(folder / chosen["trial"]),
        "criterion_in_words": t(f"cli.select.criterion.{chosen['criterion']}", options.lang),
        "why": t(
            f"cli.select.reason.{chosen['reason']}", options.lang, equals=", ".join(chosen["equals"]), **figures(chosen)
        ),
    }
    trials.write(folder / "champion.json", chosen)
    if not options.json:
        print(chosen["criterion_in_words"])
        for row in chosen["candidates"]:
            print(t("cli.select.candidate", options.lang, **row))
        print(t("cli.select.done", options.lang, **chosen))
    return chosen


def figures(chosen: dict) -> dict:
    """The slots of the reason."""
    first, *others = chosen["candidates"]
    return {
        "champion": chosen["champion"], "best": first["validation_auprc"], "margin": chosen["margin"],
        "next": others[0]["validation_auprc"] if others else "-",
    }  # fmt: skip
