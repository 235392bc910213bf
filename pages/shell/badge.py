"""The heading of a page, with a sign wherever the data are invented."""

import streamlit as st

from core.data.sources import sources
from core.schema import INVENTED
from pages.shell.session import Session


def heading(session: Session, key: str) -> None:
    """Title on the left; 'invented data' beside it when any stay of the workspace is."""
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    row.title(session.t(key), width="content")
    invented_badge(session, row)


def invented_badge(session: Session, where) -> None:  # noqa: ANN001
    there = sources(session.workspace)
    if INVENTED in there:
        label = session.t("app.invented" if there == {INVENTED} else "app.mixed")
        where.badge(label, icon=":material/science:", color="orange", help=session.t("app.invented_help"))
