"""Where a model was wrong, line by line: what it missed and what it raised for nothing."""

import numpy as np
import pandas as pd

from core.detection import features
from core.detection.evaluation import judged
from core.detection.model import Model, calibrated
from core.detection.predict import LineScores, score_lines
from core.detection.sequences import Sequences, prepare
from core.detection.targets import Targets, targets
from core.schema import SEPARATOR


def failures(model: Model, tables, oracle: pd.DataFrame | None, count: int) -> list[dict]:
    """The ``count`` missed lines with the lowest chance, below the model's threshold, and as many alerts without intervention
    with the highest; fewer where there are not as many."""
    seq = prepare(tables, model.words)
    wanted = targets(seq, tables.interventions)
    found, lines = score_lines(model, seq), judged(seq, tables, wanted, oracle)
    chance = calibrated(model, "any", found.any)
    hit = lines.truth["single"] | lines.truth["several"]
    alerted = chance >= model.card["threshold"]["score"]
    missed, raised = np.flatnonzero(hit & seq.named & ~alerted), np.flatnonzero(~hit & seq.named & alerted)
    missed = missed[np.argsort(chance[missed], kind="stable")[:count]]
    raised = raised[np.argsort(-chance[raised], kind="stable")[:count]]
    known = 1 - np.prod([1 - each for each in lines.oracle.values()], 0) if lines.oracle else None
    rows = [("missed", int(line), said(seq, wanted, int(line))) for line in missed]
    rows += [("raised", int(line), claimed(seq, found, int(line))) for line in raised]
    frame = tables.lines.set_index("line_id")
    return [
        {
            "failure": kind,
            "stay_id": stay_of(seq, line),
            "chance": round(float(chance[line]), 4),
            "oracle": None if known is None else round(float(known[line]), 4),
            "drug": described(frame.loc[seq.line_ids[line]]),
            "error_type": error_type,
            "partners": [described(frame.loc[seq.line_ids[other]]) for other in partners],
        }
        for kind, line, (error_type, partners) in rows
    ]


def stay_of(seq: Sequences, line: int) -> str:
    return str(seq.stay_ids[np.searchsorted(seq.stay_lines, line, side="right") - 1])


def said(seq: Sequences, wanted: Targets, line: int) -> tuple[str, list[int]]:
    """What the pharmacist said of the line: error type and partners."""
    label = int(np.searchsorted(wanted.line, line))
    return features.TYPES[int(wanted.type[label])], list(wanted.partners[label])


def claimed(seq: Sequences, found: LineScores, line: int) -> tuple[str, list[int]]:
    """What the model says of the line: its likeliest type, and its strongest partner for a several-line error."""
    kind = int(found.types[line].argmax())
    low, high = np.searchsorted(found.partner_of, [line, line + 1])
    if kind not in features.SEVERAL or low == high:
        return features.TYPES[kind], []
    column = features.SEVERAL.index(kind)
    return features.TYPES[kind], [int(found.partner[low:high][found.pair[low:high, column].argmax()])]


def described(line: pd.Series) -> dict:
    """Name, dose, unit and route of a line; None for what is not known."""
    known = {name: None if pd.isna(line[name]) else line[name] for name in ("substances", "dose", "unit", "route")}
    return {"name": str(known["substances"] or line["drug"]).replace(SEPARATOR, " + "),
            **{name: known[name] for name in ("dose", "unit", "route")}}  # fmt: skip
