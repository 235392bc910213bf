"""What to read first, its lines, why, and the verdict, on one screen."""

import streamlit as st

from pages.review.bench import bench
from pages.shell.refusal import said
from pages.shell.session import guard

st.set_page_config(initial_sidebar_state="collapsed")  # the whole width for the work
session = guard()
with said(session):
    bench(session)
