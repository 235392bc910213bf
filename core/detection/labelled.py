"""Stays with what pharmacists said of their alerts, beside the interventions that came with them.

A label belongs to the part of the split in which its stay stands: it teaches where that is the training part, and is
truth to calibrate with and to be measured on elsewhere.
"""

from dataclasses import replace

import pandas as pd

from core.data.store import Tables
from core.detection.splits import Split
from core.errors import Refusal


def labelled(tables: Tables, labels: pd.DataFrame) -> tuple[Tables, pd.DataFrame]:
    """The tables with labels among their interventions, which gain ``label`` and ``weight``, and the labels of their lines.

    Where nobody recorded interventions, only the stays that a label speaks of: of silence elsewhere nobody knows
    whether a pharmacist looked.
    """
    here = labels[labels["line_id"].isin(tables.lines["line_id"])]
    if here.empty:
        raise Refusal("labels_of_others", labels=len(labels))
    if tables.interventions.empty:
        frames = {name: getattr(tables, name) for name in ("stays", "lines", "observations")}
        told = set(here["stay_id"])
        tables = replace(tables, **{name: frame[frame["stay_id"].isin(told)] for name, frame in frames.items()})
    said = tables.interventions.assign(label=1.0, weight=1.0)
    return replace(tables, interventions=pd.concat([said, here], ignore_index=True)), here


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
