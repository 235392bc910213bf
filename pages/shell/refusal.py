"""A refusal of the core becomes its sentence on the page, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import Refusal
from core.i18n import t
from pages.shell.session import Session


@contextmanager
def said(session: Session) -> Iterator[None]:
    """Run a piece of a page; what the core refuses is said where the piece would have stood."""
    try:
        yield
    except Refusal as refusal:
        say(session, refusal)


def say(session: Session, refusal: Refusal) -> None:
    """The sentence of a refusal, where it was not raised: what stands beside it is shown."""
    st.error(t(f"errors.{refusal.code}", session.language, **refusal.values), icon=":material/error:")


def noted(session: Session, refusal: Refusal) -> None:
    """Keep the sentence of a refusal raised in a callback until the page is drawn again."""
    st.session_state["refused"] = t(f"errors.{refusal.code}", session.language, **refusal.values)


def show_noted() -> None:
    """Say once what a callback could not do."""
    if sentence := st.session_state.pop("refused", None):
        st.error(sentence, icon=":material/error:")
