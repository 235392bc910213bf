"""How to read a screen, what the product is for, what it does not know, the keys."""

import streamlit as st

from pages.shell.keys import KEYS
from pages.shell.session import guard

session = guard()
st.title(session.t("guide.title"))
left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown(session.t("guide.reads"))
    st.markdown(session.t("guide.limits"))
with right:
    st.markdown(session.t("guide.use"))
    st.markdown(f"#### {session.t('guide.keys_title')}")
    rows = "".join(f"| **{shown}** | {session.t(f'guide.keys.{name}')} |\n" for name, shown in KEYS.items())
    st.markdown(f"| {session.t('guide.key')} | {session.t('guide.effect')} |\n|---|---|\n{rows}")
    st.caption(session.t("guide.keys_note"))
