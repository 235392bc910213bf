"""Stays with what pharmacists said of their alerts, beside the interventions that came with them.

A label belongs to the part of the split in which its stay stands: it teaches where that is the training part, and is
truth to calibrate with and to be measured on elsewhere.
"""

from dataclasses import replace

import pandas as pd

from core.data.store import Tables
from core.detection.splits import Split, taken
from core.errors import Refusal

AFTER = pd.Timedelta(days=1)  # a verdict may be written down once the patient has left


def labelled(tables: Tables, labels: pd.DataFrame) -> tuple[Tables, pd.DataFrame]:
    """The tables with labels among their interventions, which gain ``label`` and ``weight``, and the labels of their lines.

    Where nobody recorded interventions, only the stays that a label speaks of: of silence elsewhere nobody knows
    whether a pharmacist looked.
    """
    here = labels[labels["line_id"].isin(tables.lines["line_id"])]
    if here.empty:
        raise Refusal("labels_of_others", labels=len(labels))
    refuse_misplaced(here, tables)
    if tables.interventions.empty:
        frames = {name: getattr(tables, name) for name in ("stays", "lines", "observations")}
        told = set(here["stay_id"])
        tables = replace(tables, **{name: frame[frame["stay_id"].isin(told)] for name, frame in frames.items()})
    said = tables.interventions.assign(label=1.0, weight=1.0)
    return replace(tables, interventions=pd.concat([said, here], ignore_index=True)), here


def refuse_misplaced(labels: pd.DataFrame, tables: Tables) -> None:
    """Refuse labels whose stay is not that of their line, and those of an instant that is outside it."""
    stay = labels["line_id"].map(tables.lines.drop_duplicates("line_id").set_index("line_id")["stay_id"]).astype(object)
    strange = labels[stay != labels["stay_id"].astype(object)]
    if len(strange):
        raise Refusal("labels_other_stay", count=len(strange), line=strange["line_id"].iloc[0])
    begin, end = (stay.map(bound) for bound in spans(taken(tables, frozenset(stay))))
    late = labels[(labels["at"] < begin) | (labels["at"] > end)]
    if len(late):
        raise Refusal("labels_outside_stay", count=len(late), line=late["line_id"].iloc[0], at=late["at"].iloc[0])


def spans(tables: Tables) -> tuple[pd.Series, pd.Series]:
    """By stay, the first and the last instant at which something may be said of it: from admission to a day after discharge
    (NaT while the patient is there), or as far as its lines and results go, which models read too."""
    stays = tables.stays.drop_duplicates("stay_id").set_index("stay_id")
    times = [stays["admitted_at"], stays["discharged_at"] + AFTER, tables.observations.set_index("stay_id")["observed_at"]]
    times += [tables.lines.set_index("stay_id")[name] for name in ("started_at", "ended_at")]
    by_stay = pd.concat([each.dropna() for each in times]).groupby(level=0)
    return by_stay.min(), by_stay.max().reindex(stays.index).where(stays["discharged_at"].notna())


def errors(interventions: pd.DataFrame) -> int:
    """How many of them say that something is wrong; a label may say that nothing is."""
    return int((interventions["label"] > 0).sum()) if "label" in interventions else len(interventions)


def parted(labels: pd.DataFrame, parts: Split) -> dict[str, int]:
    """How many labels teach, calibrate and measure, and how many are of stays that stand in no part: their patient
    comes back later. Refused where none teaches."""
    found = {name: int(labels["stay_id"].isin(getattr(parts, name)).sum()) for name in ("train", "valid", "test")}
    if not found["train"]:
        raise Refusal("labels_too_late", labels=len(labels), **found)
    return found | {"aside": len(labels) - sum(found.values())}
