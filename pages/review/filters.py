"""Filters of the worklist, kept in the address so that a link shows the same list."""

import streamlit as st

from core.review.worklist import EQUAL, Filters, choices
from pages.shell.address import keep, recall
from pages.shell.session import Session
from pages.wording.words import capital, word

KINDS = {"ward": "ward", "error_type": "error_type", "level": "level", "origin": "origin", "model_id": "model"}
LABELS = {"ward": "ward", "error_type": "type", "level": "level", "origin": "origin", "model_id": "model"}
STATES = ("open", "confirmed", "rejected", "unsure", "disagreed")


def one_filter(session: Session, name: str, options: list[str]) -> str:
    """A choice among the values that exist; an address that names another value shows them all."""

    def shown(code: str) -> str:
        return capital(word(KINDS[name], code, session.language)) if code else session.t("queue.any_m")

    recall(name, ["", *options])
    label = session.t(f"queue.{LABELS[name]}")
    chosen = st.selectbox(label, ["", *options], format_func=shown, key=name, persist_state="session")
    keep(name)
    return chosen or ""


def filters(session: Session) -> Filters:
    """What the person has asked to see."""
    st.subheader(session.t("queue.filters"), divider="gray", anchor=False)
    recall("search")
    hint = session.t("queue.search_hint")
    search = st.text_input(
        session.t("queue.search"), key="search", icon=":material/search:", placeholder=hint, persist_state="session"
    )
    keep("search")
    recall("state", STATES, STATES[0])
    state = st.selectbox(
        session.t("queue.state"),
        STATES,
        key="state",
        persist_state="session",
        format_func=lambda code: capital(session.t(f"queue.states.{code}")),
    )
    keep("state", STATES[0])
    there = choices(session.workspace, state)
    chosen = {name: one_filter(session, name, there[name]) for name in EQUAL}
    return Filters(**chosen, state=state, search=search.strip())
