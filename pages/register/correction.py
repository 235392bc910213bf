"""A correction: one more row that takes the place of another, whose history stays readable."""

import pandas as pd
import streamlit as st

from core.errors import Refusal
from core.review.register import correct, history
from core.schema import ERROR_TYPES, VERDICTS
from pages.shell.refusal import noted
from pages.shell.session import Session
from pages.wording.words import capital, word


def correction(session: Session, chosen: pd.Series | None) -> None:
    """The history of the row chosen in the grid, then the fields of its correction."""
    if told := st.session_state.pop("corrected", None):
        st.success(told, icon=":material/task_alt:")
    if chosen is not None:
        past(session, chosen)
    st.subheader(session.t("register.correct"), anchor=False)
    keep = session.t("register.correct_keep")
    if chosen is not None and st.session_state.get("chosen_row") != int(chosen["review_id"]):
        st.session_state["chosen_row"] = st.session_state["correct_number"] = int(chosen["review_id"])
    row = st.container(horizontal=True, vertical_alignment="bottom")
    number = row.number_input(
        session.t("register.correct_number"), min_value=1, value=None, step=1, key="correct_number", width=150
    )
    verdict = row.selectbox(
        session.t("register.correct_verdict"),
        ["", *VERDICTS],
        key="correct_verdict",
        width=200,
        format_func=lambda code: capital(word("verdict", code, session.language)) if code else keep,
    )
    kind = row.selectbox(
        session.t("register.correct_type"),
        ["", *ERROR_TYPES],
        key="correct_type",
        width=280,
        format_func=lambda code: f"{code} · {word('error_type', code, session.language)}" if code else keep,
    )
    comment = st.text_input(session.t("register.correct_comment"), key="correct_comment", max_chars=500)
    changes = {"verdict": verdict, "error_type": kind, "comment": comment.strip()}
    changes = {name: value for name, value in changes.items() if value}
    st.button(
        session.t("register.correct_save"),
        key="correct_save",
        icon=":material/edit_note:",
        on_click=save,
        args=(session, number, changes),
        disabled=not (number and changes and session.reviewer),
    )


def save(session: Session, number: int, changes: dict) -> None:
    try:
        written = correct(session.workspace, int(number), changes, session.reviewer)
    except Refusal as refusal:
        noted(session, refusal)
        return
    st.session_state["corrected"] = session.t("register.corrected", number=written)
    for name in ("correct_verdict", "correct_type", "correct_comment"):
        st.session_state[name] = ""


def past(session: Session, chosen: pd.Series) -> None:
    """Every row ever written on the alert of this one, and the way to its stay."""
    st.subheader(session.t("register.history"), anchor=False)
    rows = history(session.workspace, chosen["alert_id"]) if pd.notna(chosen["alert_id"]) else chosen.to_frame().T
    for _, row in rows.iterrows():
        words = [
            f"**{row['review_id']}**",
            f"{row['reviewed_at']:%d/%m/%Y %H:%M} UTC",
            str(row["reviewer"]),
            word("verdict", row["verdict"], session.language),
            word("error_type", row["error_type"], session.language),
        ]
        st.markdown("- " + " · ".join(words))
    alert = {"alert": chosen["alert_id"]} if pd.notna(chosen["alert_id"]) else {}
    link = session.link(stay=chosen["stay_id"], **alert)
    words = session.t("register.open_stay")
    st.page_link("pages/review/stay.py", label=words, icon=":material/view_timeline:", query_params=link)
