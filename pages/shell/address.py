"""Choices kept in the address as codes, so that a link shows the same in either language."""

from collections.abc import Sequence

import streamlit as st


def recall(name: str, options: Sequence[str] | None = None, first: str = "") -> None:
    """Before a widget with this key: its value from the session, else from the address, else the first.

    A value that the options do not know gives way to the first.
    """
    value = st.session_state.get(name)
    value = st.query_params.get(name, first) if value is None else value
    st.session_state[name] = value if options is None or value in options else first


def keep(name: str, first: str = "") -> None:
    """After the widget: its value into the address, nothing when it is the first."""
    value = st.session_state[name]
    if value in (None, first):
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
