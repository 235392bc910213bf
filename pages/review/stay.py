"""The address that a stay had when it was a page of its own: links to it open the same alert on the workbench."""

import streamlit as st

from pages.shell.session import guard

session = guard()
asked = {name: st.query_params[name] for name in ("stay", "alert") if name in st.query_params}
st.switch_page("pages/review/queue.py", query_params=session.link(**asked))
