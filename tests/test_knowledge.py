"""The reference as facts: thesaurus both ways round, classes, doses."""

import json

import numpy as np
import pytest

from core.knowledge.doses import limits_by_key
from core.knowledge.interactions import between, level_matrix
from core.knowledge.matrix import substance_index
from core.knowledge.substances import all_substances, key_of, substance
from core.settings import ROOT

ANSM = ROOT.parent / "shared" / "data" / "ansm"
needs_thesaurus = pytest.mark.skipif(not ANSM.exists(), reason="the thesaurus lies in ../shared/data/ansm")
STARTS = {"contre": "ci", "association": "ad", "precaution": "pe", "a prendre": "apec", "il convient": "apec"}


LINES = {f"{key} :": code for key, code in (("contre-indication", "ci"), ("a prendre en compte", "apec"), ("precaution d'emploi", "pe"))}


def code_of(text: str) -> str:
    return next(code for start, code in STARTS.items() if key_of(text).startswith(start))


def levels_printed(entry: dict) -> set[str]:
    """Levels of an entry, and those that begin a line of its text: some partners have another than the heading's."""
    lines = [key_of(line).replace(":", " :").replace("  :", " :") for line in entry["description"].splitlines()]
    within = {code for line in lines for start, code in LINES.items() if line.startswith(start)}
    return {code_of(level["level"]) for level in entry["severity_levels"]} | within


@needs_thesaurus
def test_every_pair_of_the_thesaurus_is_answered_both_ways_round():
    for entry in json.loads((ANSM / "thesaurus-2020-10.json").read_text("utf-8")):
        expected = levels_printed(entry)
        for a, b in ((entry["main_drug"], entry["plus_drug"]), (entry["plus_drug"], entry["main_drug"])):
            exact = [found for found in between(a, b) if {found.a, found.b} == {key_of(a), key_of(b)}]
            assert [set(found.levels) for found in exact] == [expected], (a, b)


@needs_thesaurus
def test_every_substance_of_the_thesaurus_has_its_classes_and_an_atc_code():
    for entry in json.loads((ANSM / "substances-2020-10.json").read_text("utf-8")):
        known = substance(entry["substance"])
        assert known is not None and known.atc and known.listed
        assert {key_of(label) for label in entry["drug_classes"]} <= set(known.classes)


def test_a_pair_is_the_same_from_both_sides():
    keys = [item.key for item in all_substances()]
    levels = level_matrix(keys)
    assert (levels == levels.T).all() and not np.diag(levels).any()


def test_unknown_is_not_the_same_as_nothing_listed():
    levels = level_matrix(["paracetamol", "macrogol", "zzz"])
    assert levels[2, 0] == -1 and levels[0, 1] == 0
    assert substance_index(["zzz"]).tolist() == [-1]


def test_every_dose_names_a_known_substance_its_source_and_a_rising_range():
    for (key, _), found in limits_by_key().items():
        assert substance(key) is not None and found.source
        assert 0 < found.usual_low <= found.usual_high <= (found.maximum or found.usual_high), key
