"""Filters of the worklist, kept in the address so that a link shows the same list."""

import streamlit as st

from core.review.worklist import EQUAL, Filters, choices
from pages.shell.session import Session
from pages.wording.words import capital, word

KINDS = {"ward": "ward", "error_type": "error_type", "level": "level", "origin": "origin", "model_id": "model"}
LABELS = {"ward": "ward", "error_type": "type", "level": "level", "origin": "origin", "model_id": "model"}
STATES = ("open", "confirmed", "rejected", "unsure", "disagreed")


def one_filter(session: Session, name: str, options: list[str]) -> str:
    """A choice among the values that exist; an address that names another value shows them all."""
    if st.session_state.get(name) not in ("", None, *options):
        st.session_state[name] = ""
    shown = lambda code: capital(word(KINDS[name], code, session.language)) if code else session.t("queue.any_m")  # noqa: E731
    label = session.t(f"queue.{LABELS[name]}")
    return st.selectbox(label, ["", *options], format_func=shown, key=name, bind="query-params") or ""


def filters(session: Session) -> Filters:
    """What the person has asked to see."""
    st.subheader(session.t("queue.filters"), divider="gray")
    search = st.text_input(
        session.t("queue.search"),
        key="search",
        bind="query-params",
        icon=":material/search:",
        placeholder=session.t("queue.search_hint"),
    )
    state = st.selectbox(
        session.t("queue.state"),
        STATES,
        key="state",
        bind="query-params",
        format_func=lambda code: capital(session.t(f"queue.states.{code}")),
    )
    there = choices(session.workspace, state)
    chosen = {name: one_filter(session, name, there[name]) for name in EQUAL}
    return Filters(**chosen, state=state, search=search.strip())
