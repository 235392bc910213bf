"""``select``: names the champion of a comparison, by a criterion on validation alone, and writes why."""

import argparse

from core.commands.compare import folder_of
from core.commands.places import place
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.settings import Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("select", parents=[shared], help=t("cli.select.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.detection import selection, trials
    from core.report import champion

    folder = folder_of(options.workspace)
    if not folder.exists():  # a comparison may be read where its stays are not
        existing(Workspace(options.workspace))
    results = trials.results(folder)
    chosen, rows = selection.select(results), selection.summary(results)
    chosen |= {
        "folder": str(folder / chosen["trial"]),
        "unloadable": trials.made_there(folder / chosen["trial"]) is None,
        "stays_changed": stays_changed(Workspace(options.workspace), results),
        "criterion_in_words": t(f"cli.select.criterion.{chosen['criterion']}", options.lang),
        "why": champion.why(chosen, options.lang),
    }
    chosen["beside"] = selection.beside(chosen, rows)
    trials.write(folder / "champion.json", chosen)
    if not options.json:
        print(chosen["criterion_in_words"])
        for row in chosen["candidates"]:
            print(candidate(row, options.lang))
        print(champion.rules(chosen, rows, options.lang))
        print(chosen["why"])
        print(t("cli.select.done", options.lang, **chosen))
        for caution in champion.cautions(chosen, rows, options.lang):
            print(caution)
    return chosen


def stays_changed(workspace: Workspace, results: list[dict]) -> bool:
    """Whether there are stays that are not those compared; a comparison is read as well where they are gone or unreadable."""
    from core.data import store
    from core.detection import agreement

    try:
        return store.counts(workspace)["stays"] > 0 and agreement.changed(results, store.read_all(workspace))
    except Refusal:
        return False


def candidate(row: dict, language: str) -> str:
    """One candidate: its name, its precision on validation, its seeds, the time it takes."""
    from core.report import words

    told = {"auprc": words.number(row["validation_auprc"], language), "seconds": words.seconds(row["measure_seconds"], language)}
    name = words.t(f"report.model.{row['model']}.name", language)
    return words.t("cli.select.candidate", language, name=name, seeds=row["seeds"], **told)
