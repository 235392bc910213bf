"""The first start, shown while it is made; a workspace that is there is opened at once."""

import time

import streamlit as st

from core.i18n import t
from core.review.first_start import last_words, launch, watch
from core.settings import default_workspace

GIVE_UP_S = 60.0  # a builder that somebody else launched, and that holds no lock for so long, has stopped


def ready() -> bool:
    return watch(default_workspace()).ready


def wait_for_demo(language: str) -> None:
    """Show the making of the demo until it is done; several browsers watch the same one being made."""
    workspace = default_workspace()
    st.title(t("app.first_start_title", language))
    st.write(t("app.first_start_why", language))
    bar = st.progress(0.0, t("app.first_start_step.waiting", language))
    idle_since = time.monotonic()
    builder = None if watch(workspace).building else launch(workspace, language)
    while not (state := watch(workspace)).ready:
        if state.building:
            idle_since = time.monotonic()
            bar.progress(state.share, t(f"app.first_start_step.{state.step}", language))
        elif not ready() and ((builder and builder.poll()) or time.monotonic() - idle_since > GIVE_UP_S):
            stopped(last_words(workspace), language)
        time.sleep(0.2)
    st.rerun()


def stopped(failure: str, language: str) -> None:
    """Say that nothing was made and offer to start again."""
    st.error(t("app.first_start_stopped", language, why=failure or "–"), icon=":material/error:")
    if st.button(t("app.first_start_again", language), icon=":material/refresh:"):
        st.rerun()
    st.stop()
