"""What happens once, when the server starts and before anybody opens a page."""

import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import plotly.graph_objects  # noqa: F401
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

import core.review.explaining
import core.review.labels
import core.review.moments
import core.review.worklist  # noqa: F401  (loaded before the freeze, with all they stand on)
from core.data.sources import sources
from core.errors import Refusal
from core.i18n import t
from core.review.aside import make_ready
from core.review.case import listed, open_case
from core.review.gaps import unmeasured
from core.settings import default_workspace
from pages.shell.session import language
from pages.shell.start import ready


def said_plainly(error: Exception) -> bool:
    """A fault of ours: the traceback to the log, a sentence to the person; True, so that Streamlit adds nothing."""
    logging.getLogger("pharmiage").error("page failed", exc_info=error)
    st.error(t("app.unexpected", language()), icon=":material/error:")
    return True


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Only st.navigation says what a page is; what is loaded by now is set apart from the garbage collector.

    Without the first, Streamlit takes the folder ``pages/`` for its own way of making pages until a first
    session has run: a script there would be served without app.py, and a deep link answers 'page not found'.
    Without the second, each gesture waits some 180 ms for a collection.
    """
    PagesManager.uses_pages_directory = False
    gc.collect()
    gc.freeze()
    threading.Thread(target=warm, daemon=True).start()
    yield


def warm() -> None:
    """Read one alert as a person would, so that facts and network are in memory before anybody waits for them."""
    from core.review.moments import moments
    from core.review.worklist import worklist

    workspace = default_workspace()
    if not ready():
        return
    try:
        for first in worklist(workspace, size=1).to_dict("records"):
            case = open_case(workspace, first["stay_id"], first["alert_id"])
            sources(workspace), listed(case), unmeasured(case), moments(workspace, case.alert)
            make_ready(workspace, case.alert)
    except Refusal as refusal:  # said again, in words, to whoever opens the page
        logging.getLogger("pharmiage").info("not warmed: %s", refusal.code)
    gc.freeze()
