"""``train``: a network or a forest from stays, with its card; stopped and started again, it goes on."""

import argparse
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

from core.commands.numbers import at_least
from core.commands.places import place, refuse_unwritable
from core.commands.telling import tell_aside, teller
from core.errors import Refusal
from core.i18n import t
from core.settings import CHAMPION, Workspace, default_workspace, shown

KINDS = (
    "gru", "lstm", "plain_gru", "plain_lstm", "transformer", "forest", "forest_context", "boosting_context",
)  # fmt: skip
TREES = ("forest", "forest_context", "boosting_context")
ELSEWHERE = (1500, 1001)  # stays and seed of the other hospital, the same for every model
HEADED, HEADS = ("gru", "lstm", "transformer"), 4  # the width is parted among the heads of attention
DEVICES = ("auto", "cpu", "cuda")
LAST_SEED = 2**32 - 1  # the largest that scikit-learn takes
NUMBERS = {
    "invented": 0, "further": 0, "seed": 7, "epochs": 12, "width": 64, "batch": 30_000, "threads": 1, "workers": 0,
}  # fmt: skip


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("train", parents=[shared], help=t("cli.train.help", language))
    parser.add_argument("--model", choices=KINDS, default=CHAMPION.name, help=t("cli.train.model", language))
    parser.add_argument("--workspace", type=place, help=t("cli.train.workspace", language))
    for name, default in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=t(f"cli.train.{name}", language))
    parser.add_argument("--rate", type=float, help=t("cli.train.rate", language))
    parser.add_argument("--average", type=float, help=t("cli.train.average", language))
    parser.add_argument("--start", type=place, help=t("cli.train.start", language))
    parser.add_argument("--labels", type=place, help=t("cli.train.labels", language))
    parser.add_argument("--out", type=place, help=t("cli.train.out", language))
    parser.add_argument("--device", choices=DEVICES, default="auto", help=t("cli.train.device", language))
    parser.add_argument("--more-rows", action="store_true", help=t("cli.train.more_rows", language))
    parser.add_argument("--stop-after", type=int, help=t("cli.train.stop_after", language))
    parser.set_defaults(run=run)


def command_of(options: argparse.Namespace) -> str:
    """The command that makes this model again, written in full, by as many processes."""
    from core.detection import parallel

    many = parallel.size() > 1 and options.model not in TREES  # trees are the same however many make them
    parts = [f"torchrun --nproc-per-node={parallel.size()} -m core train" if many else "python -m core train", f"--model {options.model}"]
    parts += [f"--{name} {getattr(options, name)}" for name in NUMBERS if name == "seed" or getattr(options, name)]
    for name in ("rate", "average", "workspace", "labels", "start"):
        if getattr(options, name):
            parts.append(f"--{name} {shlex.quote(str(getattr(options, name)))}")
    if options.more_rows:
        parts.append("--more-rows")
    return " ".join([*parts, f"--out {shlex.quote(str(shown(folder_of(options))))}"])


def folder_of(options: argparse.Namespace) -> Path:
    """The folder named, or that of the kind in the workspace's models; never a shipped one that is not named."""
    home = Workspace(options.workspace) if options.workspace else default_workspace()
    return (options.out or home.models / options.model).resolve()


def steps_of(options: argparse.Namespace) -> Path:
    """Where an unfinished training is kept: beside its model."""
    folder = folder_of(options)
    return folder.with_name(folder.name + ".training")


def gathered(options: argparse.Namespace, labels, tell):
    """Stays and oracle: invented ones, those of a workspace, or both with --labels."""
    import pandas as pd

    from core.detection import sources

    if not options.invented and not options.workspace:
        raise Refusal("train_without_data")
    if options.further and (not options.invented or options.workspace or options.model in TREES):
        raise Refusal("further_of_what")
    parts, oracles = [], []
    if options.invented:
        tables, oracle = sources.invented("main", options.invented, options.seed, tell)
        parts.append(tables)
        oracles.append(oracle)
    if options.workspace:
        parts.append(sources.stored(Workspace(options.workspace)))
        refuse_twice(parts, options)
        oracles.append(sources.oracle_of(Workspace(options.workspace)))
    known = all(oracle is not None for oracle in oracles)  # of every stay, or the share of the oracle would be none
    return sources.joined(parts), pd.concat(oracles, ignore_index=True) if known else None


def refuse_twice(parts: list, options: argparse.Namespace) -> None:
    """Refuse invented stays that the workspace holds already: it was simulated from the same seed."""
    made, kept = parts[0].stays["stay_id"], parts[-1].stays["stay_id"]
    if options.invented and (again := int(made.isin(kept).sum())):
        raise Refusal("invented_is_known", path=options.workspace, seed=options.seed, count=again)


def further_of(options: argparse.Namespace):
    """Stays of the same invented hospital beside those held in memory, or None."""
    from core.detection.further import Invented
    from core.simulator.simulate import BLOCK

    return Invented("main", options.seed, -(-options.invented // BLOCK), options.further) if options.further else None


def start_of(options: argparse.Namespace):
    """The model to go on from, or None; refused when it is another kind of model, or learned from invented stays of this very seed:
    parted anew, stays that it has read would stand in validation and test."""
    from core.detection import cards, model

    if not options.start:
        return None
    found = model.load(options.start)
    if found.kind != options.model or options.model in TREES:
        raise Refusal("start_other_kind", found=found.kind, model=options.model)
    if options.invented and options.seed in (known := cards.seeds(found.card)):
        raise Refusal("start_learned_seed", model=found.id, seed=options.seed, known=", ".join(map(str, sorted(known))))
    return found


def of_networks(options: argparse.Namespace, name: str, most: float, of_trees: str, not_one: str) -> float:
    """A number above 0 and up to ``most`` that was asked for; refused for trees, which have no such thing, and elsewhere."""
    value = getattr(options, name)
    if options.model in TREES:
        raise Refusal(of_trees, model=options.model)
    if not 0 < value <= most:
        raise Refusal(not_one, value=value)
    return value


def recipe_of(options: argparse.Namespace):
    """How to learn as asked."""
    from core.detection.drawing import MORE
    from core.detection.recipe import Recipe

    recipe = Recipe(seed=options.seed, epochs=options.epochs, threads=options.threads,
                            partners_a_batch=float(options.batch))  # fmt: skip
    if options.more_rows:
        if options.model in TREES:
            raise Refusal("more_rows_of_trees", model=options.model)
        recipe = replace(recipe, shares=MORE)
    if options.average is not None:
        recipe = replace(recipe, average=of_networks(options, "average", 0.5, "average_of_trees", "not_an_average"))
    if options.rate is not None:
        recipe = replace(recipe, learning_rate=of_networks(options, "rate", 1, "rate_of_trees", "not_a_rate"))
    return recipe


def measured_elsewhere(made, tell):
    """The model with its figures on another hospital beside those of its own."""
    from core.detection import evaluation, sources

    rows = evaluation.evaluate(made, sources.invented_parts("other", *ELSEWHERE, tell), "other_hospital")
    return replace(made, card=made.card | {"metrics": made.card["metrics"] + rows})


def run(options: argparse.Namespace) -> dict | None:
    from core.detection import parallel

    with parallel.together():
        return trained(options)


def check(options: argparse.Namespace) -> None:
    """Refuse numbers and folders that make no sense, a device that is not there and a folder that cannot be written."""
    from core.detection import devices, parallel

    at_least(1, options, "epochs", "width", "batch", "threads", "stop_after")
    at_least(0, options, "invented", "further", "workers", "seed")
    if options.seed > LAST_SEED:
        raise Refusal("out_of_bounds", option="--seed", value=options.seed, low=0, high=LAST_SEED)
    if options.stop_after and options.model in TREES:
        raise Refusal("stop_of_trees", model=options.model)
    if options.model in HEADED and options.width % HEADS:
        raise Refusal("width_of_heads", value=options.width, heads=HEADS)
    if options.stop_after and options.start and options.start.resolve() == folder_of(options):
        raise Refusal("stop_over_start", folder=options.start)
    if options.model not in TREES:
        devices.chosen(options.device)
    if parallel.first():
        refuse_unwritable(folder_of(options))
        refuse_unwritable(steps_of(options))


def trained(options: argparse.Namespace) -> dict | None:
    """What was made, told by one of the processes that trained together."""
    from core.commands.rows import written
    from core.detection import model, parallel, targets, training

    check(options)
    recipe, start = recipe_of(options), start_of(options)
    tell = teller(options.lang) if parallel.first() else lambda **_: None
    folder, steps = folder_of(options), steps_of(options)
    labels = targets.read_labels(options.labels) if options.labels else None
    tables, oracle = gathered(options, labels, tell)
    data = "invented" if options.invented and not options.workspace else "workspace"
    command = " && ".join([*([start.card["command"]] if start else []), command_of(options)])
    order = training.Order(options.model, recipe, options.width, data=data, command=command, device=options.device,
                           workers=options.workers, further=further_of(options), start=start)  # fmt: skip
    made = training.train(order, tables, oracle, steps, tell, labels, options.stop_after)
    if not parallel.first():
        return None
    made = measured_elsewhere(made, tell) if data == "invented" else made
    if options.stop_after:
        made = replace(made, card=made.card | {"unfinished": command})
    made, aside = model.settle(folder, made)
    if not options.stop_after and options.model not in TREES:  # a tree leaves no step, and those of a network there are not its own
        shutil.rmtree(steps, ignore_errors=True)
    answer = {"model": made.id, "folder": str(shown(folder)), "aside": aside and str(shown(aside)),
              "command": made.card["command"], "training": made.card["training"],
              "metrics": made.card["metrics"]}  # fmt: skip
    if not options.json:
        if start and not made.card["training"]["best_epoch"]:
            print(t("cli.train.no_better", options.lang, start=start.id))
        print(t("cli.train.done", options.lang, model=made.id, folder=folder))
        tell_aside(aside, options.lang)
        for row in made.card["metrics"]:
            print(written(row, options.lang))
    return answer
