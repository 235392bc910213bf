"""Short names of the alerts in the queue: risk and drugs."""

import streamlit as st

from core.review.worklist import Filters, worklist
from pages.review.grid import together
from pages.shell.session import Session
from pages.wording.words import chance

LONGEST = 25


def queue_labels(session: Session) -> dict[str, str]:
    """By alert, made once for each queue and language."""
    held = st.session_state.get("queue_labels")
    order = tuple(alert_id for _, alert_id in st.session_state["queue"])
    if not held or held[0] != (order, session.language):
        found = worklist(session.workspace, Filters(state=""), size=10 * max(len(order), 1))
        wanted = found[found["alert_id"].isin(order)] if len(found) else found
        labels = {row["alert_id"]: label(session, row) for _, row in wanted.iterrows()}
        held = st.session_state["queue_labels"] = ((order, session.language), labels)
    return held[1]


def label(session: Session, row) -> str:  # noqa: ANN001
    drugs = together(row, session.language)
    short = drugs if len(drugs) <= LONGEST else drugs[: LONGEST - 1] + "…"
    return f"{'–' if row['origin'] == 'rule' else chance(row['score'], session.language)} · {short}"
