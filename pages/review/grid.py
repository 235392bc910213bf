"""Drugs and patient of an alert in the worklist, in words."""

import pandas as pd

from pages.wording.drugs import BETWEEN, joined, line_name


def together(row: pd.Series, language: str) -> str:
    """Index line first, then its partners; a name on several lines once, with how often."""
    partners = str(row["partner_labels"]).split(BETWEEN) if pd.notna(row["partner_labels"]) else []
    return joined([line_name(keys, language) for keys in (str(row["label"]), *partners)])


def patient(row: pd.Series, language: str) -> str:
    """``F, 81 ans`` in the words of the language."""
    age = "–" if pd.isna(row["age_years"]) else f"{row['age_years']:.0f}"
    return f"{row['sex']}, {age}" + (" ans" if language == "fr" else "")
