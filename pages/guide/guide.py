"""How to read a screen, what the product is for, what it does not know, the keys."""

import streamlit as st

from core.report.terms import OF_PAGES, listed
from pages.shell.badge import heading
from pages.shell.help import key_table
from pages.shell.session import guard

session = guard()
heading(session, "guide.title")
left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown(session.t("guide.reads"))
    st.markdown(session.t("guide.limits"))
    st.markdown(f"#### {session.t('terms.title')}")
    st.markdown(listed(OF_PAGES, session.language))
with right:
    st.markdown(session.t("guide.use"))
    st.markdown(f"#### {session.t('guide.keys_title')}")
    st.markdown(key_table(session))
    st.caption(session.t("guide.keys_note"))
