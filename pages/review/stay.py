"""One stay: its lines and biology on a time axis, the alert and why, the verdict."""

import time

import streamlit as st

from core.review.case import open_case
from core.review.desk import enter
from pages.review.bar import bar
from pages.review.form import form, summary
from pages.review.gestures import go, queue
from pages.review.header import alert_choice, header, judged, queue_beside
from pages.review.labels import queue_labels
from pages.review.lines import lines_view
from pages.review.missed import missed
from pages.review.reference import reference
from pages.review.sentence import sentence
from pages.review.whatif import whatif
from pages.review.why import explained, not_checked
from pages.shell.help import help_panel
from pages.shell.refusal import said
from pages.shell.session import guard

session = guard()
with said(session):
    asked = st.query_params.get("stay"), st.query_params.get("alert")
    order = queue(session)
    if not asked[0] and order:
        go(*order[0])
        asked = order[0]
    if not asked[0]:
        st.info(session.t("stay.none"), icon=":material/inbox:")
        st.stop()
    st.session_state.setdefault("shown_since", time.time())
    case = open_case(session.workspace, *asked)
    others = enter(session.workspace, session.reviewer, case.stay["stay_id"], asked[1] or "")
    header(session, case, others)
    left, right = st.columns([2.05, 1], gap="medium")
    with left:
        lines_view(session, case)
        missed(session, case)
    if case.alert is None:
        right.info(session.t("stay.no_alert"), icon=":material/inbox:")
        st.stop()
    with right:
        alert_choice(session, case)
        st.markdown(sentence(session, case))
        judged(session, case)
        help_panel(session)
        why, remedies, details, source, holes = st.tabs(
            [
                session.t(f"{tab}.title")
                for tab in ("stay.why", "whatif", "stay.form", "stay.reference", "stay.unchecked")
            ]
        )
        with remedies:
            whatif(session, case)
        with details:
            form(session, case)
        summary(session, case, why)
        with source:
            reference(session, case)
        with holes:
            not_checked(session, case)
    queue_beside(session, case, queue_labels(session))
    bar(session, case)
    with why, said(session):
        explained(session, case)
