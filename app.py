"""The frame: page config, language, who reviews, first start, navigation; nothing else."""

import streamlit as st

from pages.review.leftovers import leftovers
from pages.shell.frame import identity, language_choice, navigation
from pages.shell.server import lifespan, said_plainly
from pages.shell.start import ready, wait_for_demo

SIDEBAR = 272  # pixels

if __name__ == "__main__":  # Streamlit runs this file for each gesture
    st.logo("assets/logo.svg", size="large")
    language = language_choice()
    page = navigation(language)
    wide = SIDEBAR if page.url_path else "collapsed"  # the queue has the whole width; said once, or each gesture would open it again
    st.set_page_config("PharmIAge", "assets/icon.svg", layout="wide", initial_sidebar_state=wide)
    if not ready():
        wait_for_demo(language)
    identity(language)
    if page.url_path:
        leftovers()
    page.run()
else:  # and imports it once to serve it
    app = st.App(__file__, lifespan=lifespan, on_script_error=said_plainly)
