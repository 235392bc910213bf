"""Drugs and patient of an alert in the worklist, in words."""

from collections import Counter

import pandas as pd

from core.knowledge.phrases import label
from core.schema import SEPARATOR
from pages.wording.words import capital, repeated, small

SHOWN_BETWEEN = " + "


def line_name(joined: str, language: str) -> str:
    """The substances of one line in the words of the language: ``paracétamol/tramadol``."""
    return "/".join(small(label(key, language)) for key in dict.fromkeys(joined.strip().split(SEPARATOR)))


def together(row: pd.Series, language: str) -> str:
    """Index line first, then its partners; a name on several lines once, with how often."""
    partners = str(row["partner_labels"]).split(SHOWN_BETWEEN) if pd.notna(row["partner_labels"]) else []
    found = Counter(line_name(keys, language) for keys in (str(row["label"]), *partners))
    return capital(SHOWN_BETWEEN.join(repeated(name, times) for name, times in found.items()))


def patient(row: pd.Series, language: str) -> str:
    """``F, 81 ans`` in the words of the language."""
    age = "–" if pd.isna(row["age_years"]) else f"{row['age_years']:.0f}"
    return f"{row['sex']}, {age}" + (" ans" if language == "fr" else "")
