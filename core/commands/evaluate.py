"""``evaluate``: figures of the models on a hospital made afresh, or on the stays of a workspace."""

import argparse

from core.commands.numbers import at_least
from core.commands.places import place
from core.commands.telling import teller, write
from core.errors import Refusal
from core.i18n import t
from core.settings import TRAINED, Workspace

HOSPITALS = ("main", "other")
INVENTED = {"hospital": "main", "stays": 4000, "seed": 1001}  # unless a workspace is given


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("evaluate", parents=[shared], help=t("cli.evaluate.help", language))
    parser.add_argument("--model", type=place, action="append", help=t("cli.evaluate.model", language))
    parser.add_argument("--hospital", choices=HOSPITALS, help=t("cli.evaluate.hospital", language))
    parser.add_argument("--stays", type=int, help=t("cli.evaluate.stays", language))
    parser.add_argument("--seed", type=int, help=t("cli.evaluate.seed", language))
    parser.add_argument("--workspace", type=place, help=t("cli.evaluate.workspace", language))
    parser.set_defaults(run=run)


def check(options: argparse.Namespace) -> None:
    """Refuse numbers that make no sense, and an invented hospital beside a workspace."""
    at_least(1, options, "stays")
    at_least(0, options, "seed")
    given = [f"--{name}" for name in INVENTED if getattr(options, name) is not None]
    if options.workspace and given:
        raise Refusal("workspace_or_invented", options=" ".join(given))


def run(options: argparse.Namespace) -> list[dict]:
    from core.commands.rows import afresh, written
    from core.data import store
    from core.detection import cards, comparison, known_stays, model, sources

    check(options)
    tell, folders = teller(options.lang), options.model or sorted(path.parent for path in TRAINED.glob("*/card.json"))
    models = [model.load(folder) for folder in folders]
    if options.workspace:
        workspace = Workspace(options.workspace)
        sources.filled(workspace)
        parts, population = sources.stored_parts(workspace, tell), "workspace"
        here = store.read_stays(workspace)["stay_id"].tolist()
        known = [made.id for made in models if known_stays.learned_from(made.card, here)]
    else:
        asked = INVENTED | {name: value for name in INVENTED if (value := getattr(options, name)) is not None}
        parts = sources.invented_parts(*asked.values(), tell)
        main = asked["hospital"] == "main"
        population = "test" if main else "other_hospital"
        known = [made.id for made in models if main and asked["seed"] in cards.seeds(made.card)]
    if known and options.workspace:
        write(t("cli.evaluate.learned_here", options.lang, models=", ".join(known)))
    elif known:
        write(t("cli.evaluate.learned_from", options.lang, models=", ".join(known), seed=asked["seed"]))
    rows = [row | {"learned_from": row["id"] in known} for row in comparison.compare(models, parts, population)]
    kinds = [made.kind for made in models]
    if not options.json:
        for row in rows:
            several = row["id"] and kinds.count(row["model"]) > 1  # two of one kind are told by their own names
            called = {"called": row["id"] if several else ""}
            print(written(row | called | {"population": afresh(row["population"])}, options.lang))
    return rows
