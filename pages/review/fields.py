"""The fields of a verdict: their codes in order, and a review made of them."""

from core.schema import (
    ANALYSIS_LEVELS,
    CLINICAL_IMPACTS,
    ERROR_TYPES,
    INTERVENTION_TYPES,
    OTHER_IMPACTS,
    OUTCOMES,
    SEPARATOR,
)
from pages.shell.session import Session
from pages.wording.words import word

REASONS = ("intended", "monitored", "adapted", "switch", "prn_not_taken", "wrong_data", "minor", "prescriber", "other")
CHOICES = {  # column of a review: kind of its words, codes, sentence of its label
    "intervention_type": ("intervention", INTERVENTION_TYPES, "intervention"),
    "outcome": ("outcome", OUTCOMES, "outcome"),
    "clinical_impact": ("clinical_impact", CLINICAL_IMPACTS, "clinical"),
    "economic_impact": ("other_impact", OTHER_IMPACTS, "economic"),
    "organisational_impact": ("other_impact", OTHER_IMPACTS, "organisational"),
    "analysis_level": ("analysis_level", ANALYSIS_LEVELS, "level"),
}
TAKEN = ("error_type", "lines", "reason", *CHOICES, "comment")


def codes(session: Session) -> dict:
    """Every list that the form offers: code and words."""
    words = lambda kind, list_of: [[code, word(kind, code, session.language)] for code in list_of]  # noqa: E731
    more = {name: {"label": session.t(f"stay.form.{label}"), "codes": words(kind, list_of)}
            for name, (kind, list_of, label) in CHOICES.items()}  # fmt: skip
    types = [[code, f"{code} · {word('error_type', code, session.language)}"] for code in ERROR_TYPES]
    return {"error_type": types, "reason": words("reason", REASONS), "more": more}


def as_review(fields: dict, line_id: str) -> dict:
    """The fields as columns of a review; the line of the alert stays the index line while it is ticked."""
    fields = {name: fields[name] for name in TAKEN if fields.get(name) not in (None, "")}
    if "lines" not in fields:  # then the alert says which
        return fields
    lines = fields.pop("lines") or [line_id]
    index = line_id if line_id in lines else lines[0]
    return fields | {"line_id": index, "partner_line_ids": SEPARATOR.join(one for one in lines if one != index)}
