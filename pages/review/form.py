"""The verdict in fields: proposed by the alert, changed by the pharmacist, kept as a draft."""

import pandas as pd
import streamlit as st

from core.review.case import Case, active
from core.review.desk import draft, save_draft
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
from pages.wording.words import drug, number, word

REASONS = ("intended", "monitored", "adapted", "switch", "prn_not_taken", "wrong_data", "minor", "prescriber", "other")
CHOICES = {  # column of a review: kind of its words, codes, sentence of its label
    "intervention_type": ("intervention", INTERVENTION_TYPES, "intervention"),
    "outcome": ("outcome", OUTCOMES, "outcome"),
    "clinical_impact": ("clinical_impact", CLINICAL_IMPACTS, "clinical"),
    "economic_impact": ("other_impact", OTHER_IMPACTS, "economic"),
    "organisational_impact": ("other_impact", OTHER_IMPACTS, "organisational"),
    "analysis_level": ("analysis_level", ANALYSIS_LEVELS, "level"),
}
FIELDS = ("error_type", "lines", "reason", *CHOICES, "comment")


def key(field: str, alert_id: str) -> str:
    """Widgets are bound to their alert: what is typed for one never shows on another."""
    return f"{field}:{alert_id}"


def proposed(case: Case) -> dict:
    """What the form says before anybody has touched it."""
    return {"error_type": case.alert["error_type"], "lines": list(case.culprits), "comment": ""}


def fill(session: Session, case: Case) -> None:
    """Proposal and draft into the fields, once for each time an alert comes to the screen."""
    alert_id = case.alert["alert_id"]
    if key("error_type", alert_id) in st.session_state:
        return
    values = proposed(case) | draft(session.workspace, session.reviewer, alert_id)
    there = set(case.lines["line_id"])
    values["lines"] = [line_id for line_id in values["lines"] if line_id in there]
    for field in FIELDS:
        st.session_state[key(field, alert_id)] = values.get(field)


def entered(alert_id: str) -> dict:
    """The fields of an alert as they stand."""
    return {field: st.session_state.get(key(field, alert_id)) for field in FIELDS}


def as_review(case: Case) -> dict:
    """The fields as columns of a review; the line of the alert stays the index line while it is ticked."""
    fields = entered(case.alert["alert_id"])
    lines = fields.pop("lines") or [case.alert["line_id"]]
    index = case.alert["line_id"] if case.alert["line_id"] in lines else lines[0]
    partners = SEPARATOR.join(line_id for line_id in lines if line_id != index)
    fields["comment"] = (fields["comment"] or "").strip() or None
    return fields | {"line_id": index, "partner_line_ids": partners}


def short(line: pd.Series, language: str) -> str:
    """Drug and dose, short enough for a chip."""
    dose = f" {number(line['dose'], language)} {line['unit'] or ''}".rstrip() if pd.notna(line["dose"]) else ""
    return drug(line, 18) + dose


def form(session: Session, case: Case) -> None:
    """Error type, lines and reason in sight; the rest one click away."""
    alert_id, language = case.alert["alert_id"], session.language
    fill(session, case)

    def keep() -> None:
        save_draft(session.workspace, session.reviewer, alert_id, entered(alert_id))

    numbered = {code: place for place, code in enumerate(REASONS, 1)}
    by_id = case.lines.set_index("line_id")
    concerned = list(dict.fromkeys([*case.culprits, *active(case)["line_id"]]))
    st.selectbox(
        session.t("stay.form.type"),
        ERROR_TYPES,
        key=key("error_type", alert_id),
        on_change=keep,
        format_func=lambda code: f"{code} · {word('error_type', code, language)}",
    )
    st.multiselect(
        session.t("stay.form.lines"),
        [line_id for line_id in concerned if line_id in by_id.index],
        key=key("lines", alert_id),
        format_func=lambda line_id: short(by_id.loc[line_id], language),
        on_change=keep,
    )
    st.pills(
        session.t("stay.form.reason"),
        REASONS,
        key=key("reason", alert_id),
        on_change=keep,
        format_func=lambda code: f"{numbered[code]} {word('reason', code, language)}",
    )
    with st.expander(session.t("stay.form.more")):
        for field, (kind, codes, label) in CHOICES.items():
            st.selectbox(
                session.t(f"stay.form.{label}"),
                codes,
                key=key(field, alert_id),
                on_change=keep,
                index=None,
                format_func=lambda code, kind=kind: word(kind, code, language),
                placeholder=session.t("stay.form.none"),
            )
        st.text_area(
            session.t("stay.form.comment"),
            key=key("comment", alert_id),
            on_change=keep,
            max_chars=2000,
            placeholder=session.t("stay.form.comment_hint"),
        )


def summary(session: Session, case: Case, where) -> None:  # noqa: ANN001
    """What a verdict would record as the fields stand, in one line."""
    fields = entered(case.alert["alert_id"])
    kind = f"{fields['error_type']} {word('error_type', fields['error_type'], session.language)}"
    lines = session.t("stay.form.line_count", count=len(fields["lines"] or [case.alert["line_id"]]))
    reason = word("reason", fields["reason"], session.language)
    where.caption(session.t("stay.form.summary", type=kind, lines=lines, reason=reason))
