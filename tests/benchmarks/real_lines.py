"""Detectors on real lines without labels: MIMIC-III demo (intensive care, ``../shared/data/mimic3-demo``).

``python -m tests.benchmarks.real_lines --json`` says how many lines of 100 the rules and each shipped model alert on, and
the same model once it knows the hospital's habits (``adapt``), with the chances that it had and with those of here, at the
threshold that it had; then, at five alerts on 100 lines, how many of its alerts a rule gives too, the most frequent culprit
pairs, and the highest alerts to be read one by one.
Nothing here says that an alert is right: nobody labelled these lines.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd

from core.data import store
from core.data.intake.border import Options, bring_in
from core.detection import adapting, model, scoring
from core.knowledge.rules import detect
from core.schema import SEPARATOR
from core.settings import ROOT, TRAINED, Workspace

DEMO = ROOT.parent / "shared" / "data" / "mimic3-demo"
READ, PAIRS = 20, 10
ALERTS = 5  # on 100 lines


def imported(folder: Path) -> Workspace:
    workspace = Workspace(folder)
    bring_in(workspace, "mimic3", DEMO, Options())
    return workspace


def named(lines: pd.DataFrame) -> dict[str, str]:
    """Substances of each line, or the drug as it was written."""
    known = lines["substances"].where(lines["substances"].astype(object).fillna("").str.len() > 0, lines["drug"])
    return dict(zip(lines["line_id"], known.astype(str), strict=True))


def partners(alert) -> list[str]:
    return alert.partner_line_ids.split(SEPARATOR) if isinstance(alert.partner_line_ids, str) else []


def pairs(alerts: pd.DataFrame, name: dict[str, str]) -> list[dict]:
    """The most frequent pairs of index line and first culprit, and in how many stays."""
    found, stays = Counter(), {}
    for alert in alerts.itertuples():
        for partner in filter(None, partners(alert)[:1]):
            pair = " / ".join(sorted((name[alert.line_id], name[partner])))
            found[pair] += 1
            stays.setdefault(pair, set()).add(alert.stay_id)
    return [{"pair": pair, "alerts": count, "stays": len(stays[pair])} for pair, count in found.most_common(PAIRS)]


def rate(alerts: pd.DataFrame, lines: int) -> float:
    return round(100 * alerts["line_id"].nunique() / lines, 2)


def highest(alerts: pd.DataFrame, name: dict[str, str]) -> list[dict]:
    """The highest alerts, one a stay and pair, so that one problem is not read twenty times."""
    found = {}
    for alert in alerts.sort_values("score", ascending=False).itertuples():
        beside = [name[each] for each in partners(alert) if each]
        found.setdefault((alert.stay_id, name[alert.line_id], *beside[:1]), {
            "stay": alert.stay_id, "line": name[alert.line_id], "partners": beside, "error_type": alert.error_type,
            "score": round(alert.score, 3), "origin": alert.origin, "level": alert.level if isinstance(alert.level, str) else None,
        })  # fmt: skip
    return list(found.values())[:READ]


def measure() -> dict:
    with tempfile.TemporaryDirectory() as folder:
        workspace = imported(Path(folder) / "mimic")
        tables = store.read_all(workspace)
        models = [model.load(path.parent) for path in sorted(TRAINED.glob("*/card.json"))]
        own = {made.id: adapting.adapted(made, workspace, ALERTS) for made in models}
    lines, name = len(tables.lines), named(tables.lines)
    by_rules = detect(tables)
    answer = {"stays": len(tables.stays), "lines": lines, "rules": {
        "alerts_per_100_lines": rate(by_rules, lines), "pairs": pairs(by_rules, name)}}  # fmt: skip
    for made in models:
        here, usual = own[made.id], made.card["threshold"]["score"]
        unlowered = replace(here, card=here.card | {"calibration": made.card["calibration"]})
        rates = {
            key: rate(scoring.score(tables, each, threshold=usual, rules=False).alerts, lines)
            for key, each in {
                "alerts_per_100_lines": made,
                "with_habits": unlowered,
                "with_habits_and_chances": here,
            }.items()
        }
        alerts = scoring.score(tables, here).alerts
        alerts = alerts[alerts["origin"] != "rule"]
        answer[made.kind] = rates | {
            "adapted": rate(alerts, lines), "announced": here.card["adapted"]["announced"]["any"],
            "mean_score": round(float(alerts["score"].mean()), 3),
            "also_by_a_rule": round(float((alerts["origin"] == "both").mean()), 3),
            "types": alerts["error_type"].value_counts().to_dict(),
            "pairs": pairs(alerts, name), "highest": highest(alerts, name),
        }  # fmt: skip
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sys.stdout.write(json.dumps(measure(), indent=None if options.json else 1, ensure_ascii=False, default=str) + "\n")


if __name__ == "__main__":
    main()
