"""The invented hospital beside what was published: ``python -m tests.benchmarks.simulator --stays 3000 --json``.

The same figures, with the published ones and their sources, stand in core/simulator/README.md.
"""

import argparse
import json
import time

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from core.data.store import Tables
from core.knowledge.rules import detect
from core.schema import SEVERAL_LINE_TYPES
from core.simulator import HOSPITALS, Chunk, simulate
from core.simulator.catalogue import catalogue
from core.simulator.output import whole

KEY = ["line_id", "at", "error_type"]
HIGH_CREATININE = 1.5 * 88.4  # umol/L, as measured on MIMIC-IV demo


def overlapping(lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of lines of a stay that are active together, with their level (0 none to 4 ci)."""
    known = catalogue()
    number = {(item["substances"], item["atc"], item["route"]): i for i, item in enumerate(known.items)}
    usual = {(item["substances"], item["atc"]): i for i, item in enumerate(known.items)}
    item = np.array(
        [number.get((s, a, r), usual[s, a]) for s, a, r in lines[["substances", "atc", "route"]].to_numpy()]
    )
    start, end = lines["started_at"].to_numpy(), lines["ended_at"].to_numpy()
    pairs = []
    for rows in lines.groupby("stay_id", sort=False).indices.values():
        a, b = (side.ravel() for side in np.meshgrid(rows, rows, indexing="ij"))
        both = (a < b) & (np.maximum(start[a], start[b]) < np.minimum(end[a], end[b]))
        pairs.append((a[both], b[both]))
    a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return a, b, known.level[item[a], item[b]]


def listed(lines: pd.DataFrame) -> dict[str, float]:
    a, b, level = overlapping(lines)
    touched = {name: np.zeros(len(lines), bool) for name in ("any", "ad")}
    for name, least in (("any", 1), ("ad", 3)):
        rows = np.r_[a[level >= least], b[level >= least]]
        touched[name][rows] = True
    return {
        "lines_touched": touched["any"].mean(),
        "lines_touched_ad_ci": touched["ad"].mean(),
        "pairs_listed": (level > 0).mean(),
    }


def rules_right(tables: Tables) -> dict[str, float]:
    """Share of rule alerts after which a pharmacist acted on that problem, by what the alert is."""
    alerts, acted = detect(tables), set()
    for line, partners in tables.interventions[["line_id", "partner_line_ids"]].itertuples(index=False):
        named = partners.split("+") if isinstance(partners, str) else [""]
        acted |= {pair for name in named for pair in ((line, name), (name, line))}
    right = [
        any((line, name) in acted for name in (partners.split("+") if isinstance(partners, str) else [""]))
        for line, partners in alerts[["line_id", "partner_line_ids"]].itertuples(index=False)
    ]
    weak = alerts["error_type"].isin(["6.1", "6.2"])
    several = alerts["error_type"].str.startswith("6")
    return {
        "rule_alerts_a_line": len(alerts) / len(tables.lines),
        "right_interaction_alerts": np.mean(np.array(right)[several]),
        "right_strong_alerts": np.mean(np.array(right)[~weak]),
    }


def people(chunk: Chunk) -> dict[str, float]:
    t = chunk.tables
    acted = t.interventions
    days = (t.stays["discharged_at"] - t.stays["admitted_at"]) / pd.Timedelta(days=1)
    lines = t.lines.groupby("stay_id").size()
    types = acted["error_type"].str.split(".").str[0].value_counts(normalize=True).sort_index()
    return {
        "lines_a_stay_median": lines.median(), "lines_a_stay_p90": lines.quantile(0.9), "days_median": days.median(),
        "lines_with_intervention": acted["line_id"].nunique() / len(t.lines),
        "accepted": (acted["outcome"] == "accepted").mean(),
        "several_lines": acted["error_type"].isin(SEVERAL_LINE_TYPES).mean(),
        "truth_seen": len(chunk.truth.merge(acted, on=KEY)) / len(chunk.truth),
        **{f"type_{code}": share for code, share in types.items()},
    }  # fmt: skip


def biology(tables: Tables) -> dict[str, float]:
    seen, stays = tables.observations, len(tables.stays)

    def share(kind: str, low: float = -np.inf, high: float = np.inf) -> float:
        rows = seen[(seen["kind"] == kind) & (seen["value"] > low) & (seen["value"] < high)]
        return rows["stay_id"].nunique() / stays

    return {
        "potassium_above_5_5": share("potassium", low=5.5), "potassium_below_3": share("potassium", high=3.0),
        "creatinine_above_1_5_mg_dl": share("creatinine", low=HIGH_CREATININE), "inr_above_4": share("inr", low=4.0),
    }  # fmt: skip


def oracle(chunk: Chunk) -> dict[str, float]:
    """Average precision of the oracle on its own rows: the best that any model can do there."""
    acted = chunk.oracle.merge(chunk.tables.interventions[KEY].assign(acted=1), on=KEY, how="left")["acted"].notna()
    several = chunk.oracle["error_type"].isin(SEVERAL_LINE_TYPES)
    return {
        f"oracle_auprc_{name}": average_precision_score(acted[rows], chunk.oracle["probability"][rows])
        for name, rows in (("all", several | True), ("several", several), ("single", ~several))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--hospital", choices=HOSPITALS, default="main")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    catalogue()
    begin = time.perf_counter()
    chunk = whole(list(simulate(HOSPITALS[options.hospital], options.stays, options.seed)))
    figures = {"stays_a_second": options.stays / (time.perf_counter() - begin)}
    figures |= (
        people(chunk) | listed(chunk.tables.lines) | biology(chunk.tables) | oracle(chunk) | rules_right(chunk.tables)
    )
    figures = {name: round(float(value), 3) for name, value in figures.items()}
    print(json.dumps(figures) if options.json else pd.Series(figures).to_string())


if __name__ == "__main__":
    main()
