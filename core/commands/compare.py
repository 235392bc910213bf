"""``compare``: every model on the same stays, split and effort; started again, it skips what is done the same way."""

import argparse
import csv
import json
import shlex
import sys
from functools import partial
from pathlib import Path

from core.commands.numbers import at_least
from core.commands.places import place, refuse_file, refuse_unwritable
from core.commands.telling import teller, write
from core.commands.train import KINDS
from core.errors import Refusal
from core.i18n import t
from core.settings import Workspace, default_workspace

DEFAULT = ("rules", *KINDS)
IDEAS = ("relations", "atc", "properties", "pairs", "biology", "habits", "time")
NUMBERS = {"seeds": 3, "epochs": 12, "threads": 1, "batch": 30_000, "other": 0}
OTHER_SEED = 1001


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("compare", parents=[shared], help=t("cli.compare.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--models", nargs="+", choices=DEFAULT, default=DEFAULT, help=t("cli.compare.models", language))
    for name, default in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=t(f"cli.compare.{name}", language))
    parser.add_argument("--without", nargs="+", choices=IDEAS, default=(), help=t("cli.compare.without", language))
    parser.add_argument("--labels", nargs="+", type=float, default=(), help=t("cli.compare.labels", language))
    parser.add_argument("--missing", type=float, default=0.0, help=t("cli.compare.missing", language))
    parser.add_argument("--fresh", type=place, help=t("cli.compare.fresh", language))
    parser.add_argument("--keep", type=place, help=t("cli.compare.keep", language))
    parser.add_argument("--again", action="store_true", help=t("cli.compare.again", language))
    parser.set_defaults(run=run)


def command_of(options: argparse.Namespace) -> str:
    """The command that makes these trials again, written in full."""
    parts = [f"--workspace {shlex.quote(str(options.workspace))}", f"--models {' '.join(options.models)}"]
    parts += [f"--{name} {getattr(options, name)}" for name in NUMBERS]
    parts += [f"--without {' '.join(options.without)}"] if options.without else []
    parts += [f"--labels {' '.join(f'{share:g}' for share in options.labels)}"] if options.labels else []
    parts += [f"--missing {options.missing:g}"] if options.missing else []
    parts += [f"--fresh {shlex.quote(str(options.fresh))}"] if options.fresh else []
    return " ".join(["python -m core compare", *parts])


def check(options: argparse.Namespace) -> None:
    """Refuse what makes no sense and what cannot be written, before anything is learned."""
    at_least(1, options, "seeds", "epochs", "threads", "batch")
    at_least(0, options, "other")
    for name, value in (*(("--labels", share) for share in options.labels), ("--missing", options.missing)):
        if not 0 <= value < 1 or (name == "--labels" and value == 0):
            raise Refusal("not_a_share", option=name, value=value)
    if options.keep:
        refuse_file(options.keep, (options.keep.suffix,))


def folder_of(workspace: Path) -> Path:
    return Workspace(workspace).models / "compare"


def field(options: argparse.Namespace, tell):
    """The stays of the workspace, with what its oracle knows, and another hospital made afresh."""
    from core.data import store
    from core.detection import hospitals, sources, trials
    from core.simulator.output import import_of

    tables = sources.stored(Workspace(options.workspace))
    oracle = sources.oracle_of(Workspace(options.workspace))
    elsewhere = {}
    if options.other:
        other = partial(sources.invented_parts, "other", options.other, OTHER_SEED, tell)
        made = {import_of("other", OTHER_SEED): options.other}
        elsewhere["other_hospital"] = trials.Elsewhere(f"other-{OTHER_SEED}-{options.other}", other, made)
    if options.fresh:
        fresh = Workspace(options.fresh)
        refuse_known(tables.stays, fresh)
        parts = store.parts(fresh)
        names, made = "-".join(f"{part['name']}:{part['rows']['stays']}" for part in parts), hospitals.imports(parts)
        if hospitals.origin(hospitals.imports(store.parts(Workspace(options.workspace))), made) == "another":
            write(t("cli.compare.fresh_elsewhere", options.lang, path=fresh.path, imports=", ".join(made)))
        elsewhere["fresh"] = trials.Elsewhere(names, partial(sources.stored_parts, fresh, tell), made)
    return trials.field_of(tables, oracle, elsewhere)


def refuse_known(stays, fresh: Workspace) -> None:
    """Refused before anything is learned: a workspace without lines, or with patients of whom models learn."""
    from core.data import store
    from core.detection import sources

    sources.filled(fresh)
    known = stays["patient_id"].isin(store.read_stays(fresh)["patient_id"])
    if known.any():
        raise Refusal("fresh_is_known", path=fresh.path, count=int(stays.loc[known, "patient_id"].nunique()))


def run(options: argparse.Namespace) -> list[dict]:
    from core.commands.rows import written
    from core.detection import selection, trials
    from core.detection.drawing import MORE
    from core.detection.recipe import Recipe
    from core.report import digest

    check(options)
    tell, folder = teller(options.lang), folder_of(options.workspace)
    wanted = trials.trials(options.models, options.seeds, options.without, options.labels, options.missing)
    shared = field(options, tell)
    refuse_unwritable(folder)
    recipe = Recipe(epochs=options.epochs, threads=options.threads, shares=MORE,
                    partners_a_batch=float(options.batch))  # fmt: skip
    if not options.again:
        trials.refuse_others(wanted, recipe, shared, folder)
    done = []
    for number, trial in enumerate(wanted):
        tell(stage="compare", done=number, total=len(wanted))
        done.append(trials.run(trial, recipe, shared, folder, tell, command_of(options)))
    results, left = trials.beside(folder, done, recipe, shared)
    if left:
        print(t("cli.compare.left_out", options.lang, path=folder, names=", ".join(left)), file=sys.stderr)
    rows = selection.summary(results)
    keep(folder, rows)
    if options.keep:
        made_by = {"stays": len(shared.tables.stays), "epochs": options.epochs}
        digest.keep(options.keep, results, made_by, digest.outside(folder, results))
    if not options.json:
        for row in rows:
            print(written(row, options.lang))
    return rows


def keep(folder: Path, rows: list[dict]) -> None:
    """The table as JSON, and as CSV for a spreadsheet."""
    from core.detection import trials

    trials.write(folder / "figures.json", rows)
    temporary = folder / "figures.csv.part"
    with temporary.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: json.dumps(v) if isinstance(v, dict) else v for key, v in row.items()} for row in rows)
    temporary.replace(folder / "figures.csv")
