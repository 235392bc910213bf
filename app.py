"""The frame: page config, language, who reviews, first start, navigation; nothing else."""

import streamlit as st

from pages.shell.frame import identity, keep_imports, language_choice, navigation
from pages.shell.start import ready, wait_for_demo

st.set_page_config(page_title="PharmIAge", page_icon=":material/medication:", layout="wide", initial_sidebar_state=272)
keep_imports()
language = language_choice()
page = navigation(language)
st.logo("assets/logo.svg", size="large")
if not ready():
    wait_for_demo(language)
identity(language)
page.run()
