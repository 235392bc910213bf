"""A workspace as large as a hospital group's year: 100,000 stays, 3,000,000 lines, 200,000 alerts.

All invented. Simulated stays, two put together to make a long one, are scored by the shipped network and the rules,
and the riskiest alerts explained; these stays are then laid down again and again under other names, on other days, each copy's
scores moved by a hair so that the list mixes. So the content of the 100,000 stays repeats, their number does not: what
is measured on them is where data lie and how they are found, not the network. Made once and resumed where it stopped.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.store import Tables, append, counts
from core.data.workspace import parts
from core.detection import model as models
from core.detection.explain import explain_many
from core.detection.scoring import score
from core.detection.splits import taken
from core.review.alerts import keep_alerts
from core.schema import TABLES
from core.settings import Workspace
from core.simulator import HOSPITALS, simulate

SIMULATED, SAMPLE, LINES_A_STAY = 4000, 500, 30
LINES_AN_ALERT = 15  # of the alerts that stays put together give, so many that a pharmacy could read them
STAYS = 100_000
COPIES_A_PART = 20
EXPLAINED = 300  # alerts of the sample that come with their explanation, the riskiest
HAIR = 0.05  # of logit, by which the score of a copy is moved
Tell = Callable[[str], None]


def sample(folder: Path, tell: Tell) -> tuple[Tables, pd.DataFrame, dict[str, dict]]:
    """The stays that are copied, their alerts and explanations; kept in the folder."""
    if not (folder / "explanations.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        tell("simulating")
        tables, model = long_stays(), models.shipped()
        tell(f"scoring {len(tables.lines)} lines")
        alerts = score(tables, model).alerts
        alerts = alerts.sample(len(tables.lines) // LINES_AN_ALERT, random_state=0)
        alerts = alerts.sort_values("score", ascending=False, ignore_index=True)
        tell(f"explaining {EXPLAINED} of {len(alerts)} alerts")
        made = explain_many(tables, alerts[alerts["origin"] != "rule"].head(EXPLAINED), model)
        why = {found.alert_id: found.content for found in made}
        for table in TABLES:
            getattr(tables, table.name).to_parquet(folder / f"{table.name}.parquet")
        alerts.to_parquet(folder / "alerts.parquet")
        (folder / "explanations.json").write_text(json.dumps(why), "utf-8")
    tables = Tables(**{table.name: pd.read_parquet(folder / f"{table.name}.parquet") for table in TABLES})
    why = json.loads((folder / "explanations.json").read_text("utf-8"))
    return tables, pd.read_parquet(folder / "alerts.parquet"), why


def long_stays() -> Tables:
    """SAMPLE stays, each the lines of two simulated stays put together, LINES_A_STAY lines a stay at the mean."""
    chunks = [chunk.tables for chunk in simulate(HOSPITALS["main"], SIMULATED, 31)]
    whole = Tables(**{t.name: pd.concat([getattr(c, t.name) for c in chunks], ignore_index=True) for t in TABLES})
    size = whole.lines.groupby("stay_id").size().sort_values(kind="stable")
    middle = int(np.searchsorted(size.rolling(2 * SAMPLE).mean().to_numpy()[2 * SAMPLE - 1 :], LINES_A_STAY / 2))
    first, second = np.random.default_rng(0).permutation(size.index[middle : middle + 2 * SAMPLE]).reshape(2, SAMPLE)
    return together(
        taken(whole, frozenset(first)), taken(whole, frozenset(second)), dict(zip(second, first, strict=True))
    )


def together(mine: Tables, others: Tables, into: dict[str, str]) -> Tables:
    """Stays with the lines of others beside their own, begun on the same day; nothing else of the others."""
    begun = mine.stays.set_index("stay_id")["admitted_at"]
    other_begun = others.stays.set_index("stay_id")["admitted_at"]
    host = others.lines["stay_id"].map(into)
    moved = host.map(begun) - others.lines["stay_id"].map(other_begun)
    more = others.lines.assign(
        stay_id=host, line_id=host + "-B" + others.lines["line_id"].str[-3:],
        started_at=others.lines["started_at"] + moved, ended_at=others.lines["ended_at"] + moved,
    )  # fmt: skip
    return replace(mine, lines=pd.concat([mine.lines, more], ignore_index=True))


def copied(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """Rows of a table for one copy: other identifiers, other days."""
    found = frame.copy()
    for name in found.columns:
        if name.endswith("_id") and name not in ("alert_id", "model_id"):
            found[name] = tag(number) + found[name]
    for name in found.select_dtypes("datetime"):
        found[name] = found[name] - pd.Timedelta(days=number)
    return found


def tag(number: int) -> str:
    return f"{number * 2654435761 % 4096:03x}"  # copies interleave in the order of identifiers, as pseudonyms do


def copied_alerts(alerts: pd.DataFrame, number: int, why: dict[str, dict]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Alerts of one copy and those of their explanations that there are."""
    found, text = copied(alerts, number), tag(number)
    names = {row.stay_id: text + row.stay_id for row in alerts.itertuples()}
    found["partner_line_ids"] = [
        None if not lines else "+".join(text + line for line in lines.split("+"))
        for lines in alerts["partner_line_ids"].fillna("")
    ]
    found["alert_id"] = text + alerts["alert_id"].str[3:]
    found["detail"] = [d.replace(s, names[s]) for d, s in zip(alerts["detail"], alerts["stay_id"], strict=True)]
    noise = np.random.default_rng(number).normal(0, HAIR, len(found))
    odds = alerts["score"] / (1 - alerts["score"]).clip(lower=1e-6) * np.exp(noise)
    found["score"] = odds / (1 + odds)
    explained = {
        text + old[3:]: json.dumps(why[old]).replace(s, names[s])
        for old, s in zip(alerts["alert_id"], alerts["stay_id"], strict=True) if old in why
    }  # fmt: skip
    return found, explained


def fill(workspace: Workspace, stays: int = STAYS, tell: Tell = lambda said: None) -> dict[str, int]:
    """Make what is not there yet; rows by table."""
    tables, alerts, why = sample(workspace.path / "sample", tell)
    done = workspace.path / "kept.json"
    numbers = range(stays // SAMPLE)
    kept = json.loads(done.read_text("utf-8")) if done.exists() else []
    for low in numbers[::COPIES_A_PART]:
        name, some = f"made{low:04d}", numbers[low : low + COPIES_A_PART]
        if name in kept:
            continue
        tell(f"{low * SAMPLE} of {stays} stays")
        if not any(part["import_id"] == name for part in parts(workspace)):
            append(workspace, Tables(**{t.name: pd.concat([copied(getattr(tables, t.name), n) for n in some])
                                        for t in TABLES}), name)  # fmt: skip
        made = [copied_alerts(alerts, number, why) for number in some]
        explained = {key: text for _, texts in made for key, text in texts.items()}
        keep_alerts(workspace, pd.concat([rows for rows, _ in made]), explained, run="made", retire=False)
        kept.append(name)
        done.write_text(json.dumps(kept), "utf-8")
    return counts(workspace)


def lent(workspace: Workspace, folder: Path) -> Workspace:
    """The same hospital with a register of its own, so that what a benchmark decides stays out of the one kept."""
    other = Workspace(folder)
    folder.mkdir(parents=True)
    other.data.symlink_to(workspace.data.resolve())
    with sqlite3.connect(workspace.register) as source, sqlite3.connect(other.register) as target:
        source.backup(target)
    target.execute("PRAGMA journal_mode = WAL")
    source.close()
    target.close()
    return other
