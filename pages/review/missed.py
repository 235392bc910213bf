"""An error that no detector flagged, entered on any line of the stay."""

import streamlit as st

from core.errors import Refusal
from core.review.case import Case
from core.review.register import record
from core.schema import ERROR_TYPES, SEPARATOR
from pages.shell.refusal import noted
from pages.shell.session import Session
from pages.wording.words import dosage, drug, word


def missed(session: Session, case: Case) -> None:
    """A closed panel; its form writes a review without an alert, at the start of the line."""
    with st.expander(session.t("stay.missed"), icon=":material/add_alert:"), st.form(f"missed:{case.stay['stay_id']}"):
        by_id = case.lines.set_index("line_id")
        names = {
            line_id: f"{drug(by_id.loc[line_id])} {dosage(by_id.loc[line_id], session.language)}"
            for line_id in by_id.index
        }
        st.caption(session.t("stay.missed_why"))
        line = st.selectbox(
            session.t("stay.missed_line"), list(names), index=None, format_func=names.get, placeholder=""
        )
        partners = st.multiselect(session.t("stay.missed_with"), list(names), format_func=names.get, placeholder="")
        kind = st.selectbox(
            session.t("stay.form.type"),
            ERROR_TYPES,
            index=None,
            placeholder="",
            format_func=lambda code: f"{code} · {word('error_type', code, session.language)}",
        )
        comment = st.text_area(
            session.t("stay.form.comment"), max_chars=2000, placeholder=session.t("stay.form.comment_hint")
        )
        sent = st.form_submit_button(
            session.t("stay.missed_save"), icon=":material/save:", disabled=not session.reviewer
        )
    if sent and (not line or not kind):
        st.warning(session.t("stay.missed_incomplete"), icon=":material/edit:")
    elif sent:
        keep(session, case, {"line_id": line, "error_type": kind, "comment": comment.strip() or None}, partners)


def keep(session: Session, case: Case, review: dict, partners: list[str]) -> None:
    lines = case.lines.set_index("line_id")
    together = [line_id for line_id in partners if line_id != review["line_id"]]
    at = max(lines.loc[line_id, "started_at"] for line_id in (review["line_id"], *together))
    whole = review | {
        "stay_id": case.stay["stay_id"],
        "partner_line_ids": SEPARATOR.join(together),
        "at": at,
        "verdict": "confirmed",
        "reviewer": session.reviewer,
    }
    try:
        number = record(session.workspace, whole)
        st.success(session.t("stay.missed_saved", number=number), icon=":material/task_alt:")
    except Refusal as refusal:
        noted(session, refusal)
        st.rerun()
