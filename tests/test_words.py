"""Every code that may show on a screen has words in both languages."""

import re

import pandas as pd
import pytest

from core.detection import features
from core.detection.explain.attribution import GROUPS
from core.detection.explain.known import THINGS
from core.i18n import LANGUAGES, sentences
from core.knowledge.redundancy import groups
from core.review.telling import RULED
from core.schema import (
    CLINICAL_IMPACTS,
    ERROR_TYPES,
    INTERVENTION_TYPES,
    LEVELS,
    OBSERVATIONS,
    ORIGINS,
    OUTCOMES,
    ROUTES,
    SEXES,
    VERDICTS,
    WITHDRAWN,
)  # fmt: skip
from core.simulator.hospital import WARDS
from pages.review.fields import REASONS
from pages.wording.words import amounts_between, capital, chance, dose, single_dose

OF_STAY = ("atc", "route", "unit", "line_ward", "classes", "ward", "sex", "diagnoses")
CODES = {
    "error_type": ERROR_TYPES,
    "level": LEVELS,
    "origin": ORIGINS,
    "verdict": (*VERDICTS, WITHDRAWN),
    "route": ROUTES,
    "sex": SEXES,
    "observation": OBSERVATIONS,
    "unit": OBSERVATIONS.values(),
    "intervention": INTERVENTION_TYPES,
    "outcome": OUTCOMES,
    "clinical_impact": CLINICAL_IMPACTS,
    "reason": REASONS,
    "ward": WARDS,
    "group": groups(),
    "feature": {
        *OF_STAY,
        *THINGS,
        *features.LINE_NUMBERS,
        *features.LIMITS,
        *(GROUPS.get(n, n.rsplit("_", 1)[0]) for n in features.STATE),
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_words(kind, language):
    known = sentences(language)
    assert [code for code in CODES[kind] if f"codes.{kind}.{code}" not in known] == []


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0, 4000, "0 à 4\u202f000"), (9000, 9000, "9\u202f000"), (3.75, 3.75, "3,75"), (0, 0.0625, "0 à 0,0625")]
)  # fmt: skip
def test_a_dose_is_said_whole_and_once(low, high, said):
    assert amounts_between(low, high, "fr") == said


@pytest.mark.parametrize(
    ("written", "said"), [(0.125, "0,125 mg"), (0.0625, "0,0625 mg"), (3.125, "3,125 mg"), (5.0, "5 mg"),
     (0.1 + 0.2, "0,3 mg"), (1000, "1\u202f000 mg")]
)  # fmt: skip
def test_a_single_dose_is_said_as_it_was_written(written, said):
    line = pd.Series({"dose": written, "unit": "mg", "times_per_day": 1.0})
    assert single_dose(line, "fr") == said and dose(line, "fr") == f"{said} × 1/j"


def test_pieces_of_a_line_are_counted_in_words():
    line = pd.Series({"dose": 2.0, "unit": "gelule", "times_per_day": 3.0})
    assert (dose(line, "fr"), dose(line, "en")) == ("2 gélules × 3/j", "2 capsules × 3/d")


@pytest.mark.parametrize(
    ("score", "french", "english"),
    [(0.0, "<\u202f1\u202f%", "<1%"), (0.0049, "<\u202f1\u202f%", "<1%"), (0.006, "1\u202f%", "1%"), (0.999, "99\u202f%", "99%")]
)  # fmt: skip
def test_a_chance_is_never_none_and_never_certain(score, french, english):
    assert (chance(score, "fr"), chance(score, "en")) == (french, english)


def test_a_word_with_a_capital_inside_stays_as_it_is_written():
    assert [capital(word) for word in ("eGFR", "potassium", "INR", "é", "")] == ["eGFR", "Potassium", "INR", "É", ""]


def test_english_percentages_have_no_space():
    assert [key for key, words in sentences("en").items() if re.search(r"[\d}] %", words)] == []


def test_every_rule_that_is_told_has_error_types_that_it_agrees_with():
    told = {key.rsplit(".", 1)[1] for key in sentences("fr") if key.startswith("stay.rule.")}
    own = {"interaction", "by_weight", "never_together", "usual", "usual_one", "usual_from", "held", "contra_indicated_first",
           "diagnosed_unsure", "capped"}  # fmt: skip  # of a part of a rule, or of none
    assert told - own == RULED.keys()
