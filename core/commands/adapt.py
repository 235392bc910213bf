"""``adapt``: a model at home in a workspace: its doses, its routes, as many alerts as can be read; no label is needed."""

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from core.commands.places import place, refuse_unwritable
from core.commands.telling import tell_aside, teller
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.settings import CHAMPION, Workspace, default_workspace, shown

ALERTS = 5.0  # on 100 lines, as the shipped models


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("adapt", parents=[shared], help=t("cli.adapt.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--model", type=place, default=CHAMPION, help=t("cli.adapt.model", language))
    parser.add_argument("--alerts", type=float, default=ALERTS, help=t("cli.adapt.alerts", language))
    parser.add_argument("--out", type=place, help=t("cli.adapt.out", language))
    parser.set_defaults(run=run)


def command_of(options: argparse.Namespace, folder: Path) -> str:
    parts = {"model": shown(options.model), "workspace": options.workspace, "alerts": f"{options.alerts:g}",
             "out": shown(folder)}  # fmt: skip
    return " ".join(["python -m core adapt", *(f"--{name} {shlex.quote(str(value))}" for name, value in parts.items())])


def run(options: argparse.Namespace) -> dict:
    from core.detection import adapting, model
    from core.report.words import number

    if not 0 < options.alerts < 100:
        raise Refusal("alerts_share", value=f"{options.alerts:g}")
    workspace = existing(Workspace(options.workspace))
    found = model.load(options.model)
    folder = (options.out or workspace.models / found.kind).resolve()
    refuse_unwritable(folder)
    made = adapting.adapted(found, workspace, options.alerts, teller(options.lang))
    command = " && ".join(filter(None, (found.card.get("command"), command_of(options, folder))))  # of all seeds learned from
    made, aside = model.settle(folder, replace(made, card=made.card | {"command": command}))
    answer = {"model": made.id, "folder": str(folder), "aside": aside and str(aside), **made.card["adapted"],
              "threshold": made.card["threshold"]}  # fmt: skip
    if not options.json:
        told = {name: answer[name] for name in ("model", "folder", "lines", "drugs", "doses")}
        print(t("cli.adapt.done", options.lang, **told, score=number(answer["threshold"]["score"], options.lang)))
        tell_aside(aside, options.lang)
        if answer["lowered"]:
            shares = {name: number(100 * answer[name]["any"], options.lang, 1) for name in ("announced", "expected")}
            print(t("cli.adapt.lowered", options.lang, **shares))
    return answer
