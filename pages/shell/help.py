"""The keys, as a panel beside the alert and not in front of it."""

import streamlit as st

from pages.shell.keys import KEYS
from pages.shell.session import Session


def key_table(session: Session) -> str:
    rows = "".join(f"| **{shown}** | {session.t(f'guide.keys.{name}')} |\n" for name, shown in KEYS.items())
    return f"| {session.t('guide.key')} | {session.t('guide.effect')} |\n|---|---|\n{rows}"


def help_panel(session: Session) -> None:
    if st.session_state.get("help"):
        with st.container(border=True):
            st.markdown(key_table(session))
            st.caption(session.t("guide.keys_note"))
