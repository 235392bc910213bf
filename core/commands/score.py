"""``score``: alerts of every stay of a workspace, explained and kept for review."""

import argparse
import time

from core.commands.numbers import at_least
from core.commands.places import place, refuse_file, refuse_unwritable
from core.commands.telling import teller, write
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.settings import CHAMPION, Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("score", parents=[shared], help=t("cli.score.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--model", type=place, default=CHAMPION, help=t("cli.score.model", language))
    parser.add_argument("--threshold", type=float, help=t("cli.score.threshold", language))
    parser.add_argument("--explain", type=int, default=2000, help=t("cli.score.explain", language))
    parser.add_argument("--out", type=place, help=t("cli.score.out", language))
    parser.set_defaults(run=run)


def check(options: argparse.Namespace) -> None:
    """Refuse a chance that is none, a negative number and a file that cannot be written, before any line is read."""
    from core.review.labels import WRITERS

    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise Refusal("not_a_chance", option="--threshold", value=options.threshold)
    at_least(0, options, "explain")
    if options.out:
        refuse_file(options.out, WRITERS)


def run(options: argparse.Namespace) -> dict:
    """Alerts are kept before any is explained: stopped while explaining, a scoring loses nothing but what was not yet explained."""
    from core.detection import model, scoring, sources
    from core.report.words import number
    from core.review.alerts import keep_alerts
    from core.review.labels import write as write_alerts

    check(options)
    workspace, tell = existing(Workspace(options.workspace)), teller(options.lang)
    sources.filled(workspace)
    refuse_unwritable(workspace.path)
    made = model.load(options.model)
    outcome = scoring.score(workspace, made, tell, options.threshold)
    kept = keep_alerts(workspace, outcome.alerts)
    if options.out:
        write_alerts(outcome.alerts, options.out)
    by_model = outcome.alerts["origin"] != "rule"
    first = outcome.alerts[by_model].head(options.explain if made.network else 0)
    began = time.perf_counter()
    explained = explain_first(workspace, first, made, options.lang)
    answer = {
        "lines": outcome.lines, "alerts": len(outcome.alerts),
        "by_model": int(by_model.sum()), "by_rule_only": int((~by_model).sum()), "seconds": round(outcome.seconds, 3),
        "lines_per_second": round(outcome.lines / max(outcome.seconds, 1e-9)), "model": made.id,
        "explained": explained, "explained_before": len(first) - explained,
        "explain_seconds": round(time.perf_counter() - began, 3), "new_alerts": kept,
    }  # fmt: skip
    if not options.json:
        told = {name: number(answer[name], options.lang) for name in ("seconds", "explain_seconds")}
        print(t("cli.score.done", options.lang, **answer | told))
    return answer


def explain_first(workspace: Workspace, alerts, made, language: str) -> int:
    """Explain these alerts but where what is kept was worked out from the same, each kept as it comes; returns how many were."""
    from core.detection.explain import explain_stored
    from core.review.alerts import explained_from, keep_explanation

    if len(alerts):
        write(t("cli.score.kept", language))
    explained = 0
    for found in explain_stored(workspace, alerts, made, teller(language), explained_from(workspace)):
        keep_explanation(workspace, *found)
        explained += 1
    return explained
