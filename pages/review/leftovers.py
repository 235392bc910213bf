"""Gestures that the workbench could not send before its page was left: sent from whichever page comes next."""

import streamlit as st

from core.settings import default_workspace
from pages.review.answers import reply
from pages.shell.session import Session, language, signed_in

JS = """
export default function ({ data, setTriggerValue }) {
  const box = `pharmiage-outbox-${data.reviewer}`;
  const kept = JSON.parse(sessionStorage.getItem(box) || '[]').filter((gesture) => !data.done.includes(gesture.token));
  sessionStorage.setItem(box, JSON.stringify(kept));
  if (kept.length) setTriggerValue('sent', { gestures: kept });
}
"""
KEY = "leftovers"
_component = st.components.v2.component("pharmiage_leftovers", js=JS)


def leftovers() -> None:
    """Nothing to see; nothing is sent where nothing was left, nor by somebody who has not signed in."""
    session = Session(default_workspace(), language(), st.session_state.get("reviewer", "").strip())
    if not signed_in() or not session.reviewer:
        return

    def heard() -> None:
        if message := st.session_state.get(KEY, {}).get("sent"):
            st.session_state["leftovers_done"] = list(reply(session, message, {})["acks"])

    done = st.session_state.pop("leftovers_done", [])
    with st.sidebar:
        _component(key=KEY, data={"reviewer": session.reviewer, "done": done}, on_sent_change=heard, height=1)
