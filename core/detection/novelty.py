"""Errors that training never showed: pairs never seen as positives, substances never seen at all."""

import numpy as np

from core.detection import features
from core.detection.sequences import Sequences
from core.detection.targets import Targets
from core.detection.vocabulary import UNKNOWN, Vocabulary

LEAST = 30  # errors below which no figure is given


def positive_pairs(seq: Sequences, wanted: Targets) -> tuple[tuple[int, int], ...]:
    """Codes of both substances, lower first, of every pair that a pharmacist held to be an error; sorted."""
    found = (pairs_of(seq, wanted, label) for label in np.flatnonzero(wanted.value > 0))
    return tuple(sorted(set().union(*found)))


def pairs_of(seq: Sequences, wanted: Targets, label: int) -> set[tuple[int, int]]:
    index, code = wanted.line[label], seq.substance
    return {tuple(sorted((int(code[index]), int(code[other])))) for other in wanted.partners[label]}


def populations(words: Vocabulary, seq: Sequences, wanted: Targets) -> dict[str, dict[str, np.ndarray]]:
    """By population and scope, which lines count (N,): lines without any error, and the errors that are new.

    ``unseen_pairs``: no pair of the error was positive in training. ``unseen_substances``: the line or a
    partner of it holds a substance that training never saw.
    """
    unknown = words.line.get(UNKNOWN, 0)
    seen, fresh = {pair for pair in words.pairs if unknown not in pair}, seq.substance == unknown
    calm = np.ones(len(seq.line_ids), dtype=bool)
    calm[wanted.line[wanted.value > 0]] = False
    new = {name: {scope: calm.copy() for scope in scopes} for name, scopes in
           {"unseen_pairs": ("several",), "unseen_substances": ("single", "several")}.items()}  # fmt: skip
    for label in np.flatnonzero(wanted.value > 0):
        line, several = wanted.line[label], wanted.type[label] in features.SEVERAL
        if several and wanted.partners[label] and not pairs_of(seq, wanted, label) & seen:
            new["unseen_pairs"]["several"][line] = True
        if fresh[line] or fresh[list(wanted.partners[label])].any():
            new["unseen_substances"]["several" if several else "single"][line] = True
    return new
