"""``explain``: why a line is or is not held to be an error at an instant."""

import argparse
from pathlib import Path

import pandas as pd

from core.errors import Refusal
from core.i18n import t
from core.settings import CHAMPION, Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("explain", parents=[shared], help=t("cli.explain.help", language))
    parser.add_argument("--workspace", type=Path, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--model", type=Path, default=CHAMPION, help=t("cli.score.model", language))
    parser.add_argument("--stay", required=True, help=t("cli.explain.stay", language))
    parser.add_argument("--line", help=t("cli.explain.line", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.data.store import read_stay
    from core.detection import model, scoring
    from core.detection.explain import explain

    made = model.load(options.model)
    tables = read_stay(Workspace(options.workspace), options.stay)
    alerts = scoring.score(tables, made, threshold=0.0).alerts
    if options.line:
        alerts = alerts[alerts["line_id"] == options.line]
    if alerts.empty:
        raise Refusal("nothing_to_explain", stay=options.stay, line=options.line or "")
    alert = alerts.iloc[0].to_dict()
    found = {"alert": alert, "explanation": explain(tables, alert, made)}
    if not options.json:
        show(alert, found["explanation"], options.lang)
    return found


def show(alert: dict, why: dict, language: str) -> None:
    from core.report.doses import figure
    from core.report.words import number

    print(t("cli.explain.alert", language, line=alert["line_id"], type=alert["error_type"], at=pd.Timestamp(alert["at"]),
            score=number(alert["score"], language)))  # fmt: skip
    for bar in (*why["lines"], *why["features"]):
        value = figure(bar["value"], language) if "value" in bar else ""
        print(f"{signed(bar['attribution'], language)}  {bar.get('line_id') or bar['name']} {value}".rstrip())
    for pair in why["pairs"]:
        print(f"{signed(pair['effect'], language)}  {pair['a']} + {pair['b']}")
    if not why["trusted"]:
        print(t(f"cli.explain.{why['reason']}", language))


def signed(effect: float, language: str) -> str:
    from core.report.words import number

    return f"{'' if effect < 0 else '+'}{number(effect, language)}".rjust(9)
