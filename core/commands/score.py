"""``score``: alerts of every stay of a workspace, explained and kept for review."""

import argparse
import os
from pathlib import Path

from core.commands.telling import teller
from core.errors import Refusal
from core.i18n import t
from core.settings import CHAMPION, Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("score", parents=[shared], help=t("cli.score.help", language))
    parser.add_argument("--workspace", type=Path, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--model", type=Path, default=CHAMPION, help=t("cli.score.model", language))
    parser.add_argument("--threshold", type=float, help=t("cli.score.threshold", language))
    parser.add_argument("--explain", type=int, default=2000, help=t("cli.score.explain", language))
    parser.add_argument("--out", type=Path, help=t("cli.score.out", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.data.store import counts
    from core.detection import model, scoring
    from core.detection.explain import explain_stored
    from core.review.alerts import keep_alerts

    workspace, tell = Workspace(options.workspace), teller(options.lang)
    if not counts(workspace)["lines"]:
        raise Refusal("workspace_without_lines", path=options.workspace)
    made = model.load(options.model)
    outcome = scoring.score(workspace, made, tell, options.threshold)
    by_model = outcome.alerts["origin"] != "rule"
    first = outcome.alerts[by_model].head(options.explain if made.network else 0)
    explanations = dict(explain_stored(workspace, first, made, tell))
    kept = keep_alerts(workspace, outcome.alerts, explanations)
    if options.out:
        write(outcome.alerts, options.out)
    answer = {
        "lines": outcome.lines, "alerts": len(outcome.alerts),
        "by_model": int(by_model.sum()), "by_rule_only": int((~by_model).sum()), "seconds": round(outcome.seconds, 3),
        "lines_per_second": round(outcome.lines / max(outcome.seconds, 1e-9)), "model": made.id,
        "explained": len(explanations), "new_alerts": kept,
    }  # fmt: skip
    if not options.json:
        print(t("cli.score.done", options.lang, **answer))
    return answer


def write(alerts, path: Path) -> None:
    """Parquet or CSV by its ending, whole or not at all."""
    temporary = path.with_name(f".{path.name}.partial")
    alerts.to_csv(temporary, index=False) if path.suffix == ".csv" else alerts.to_parquet(temporary, index=False)
    os.replace(temporary, path)
