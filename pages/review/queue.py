"""What to read first: alerts or stays by risk, filtered, one click from the stay."""

import streamlit as st
from core.review.desk import claims, place
from core.review.worklist import count, progress, stay_list, worklist

from core.review.capacity import plan
from pages.review.filters import filters
from pages.review.grid import alert_rows, open_chosen, stay_rows
from pages.shell.badge import heading
from pages.shell.refusal import said
from pages.shell.session import guard
from pages.wording.words import number

SIZE = 200  # rows shown at once
session = guard()
heading(session, "queue.title")
with said(session):
    with st.sidebar:
        asked = filters(session)
        by = st.segmented_control(
            session.t("queue.by"), ("alert", "stay"), default="alert", required=True, key="by", bind="query-params",
            format_func=lambda code: session.t(f"queue.bys.{code}"),
        )  # fmt: skip
    total, done = count(session.workspace, asked), progress(session.workspace)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with right:
        minutes = st.slider(session.t("queue.capacity"), 5, 120, 45, 5, help=session.t("queue.capacity_help"))
    day = plan(session.workspace, minutes)
    left.markdown(
        session.t(
            "queue.capacity_text", minutes=minutes, read=day.read, left=day.left, seconds=round(day.seconds_each),
            found=number(day.found, session.language, 0), missed=number(day.missed, session.language, 0),
        )
    )  # fmt: skip
    before = place(session.workspace, session.reviewer)
    if before:
        left.page_link(
            "pages/review/stay.py", label=session.t("queue.resume"), icon=":material/bookmark:",
            query_params=session.link(stay=before[0], alert=before[1]),
        )  # fmt: skip
    if by == "stay":
        found = stay_list(session.workspace, asked.ward, size=SIZE)
        rows = stay_rows(session, found, claims(session.workspace))
    else:
        found = worklist(session.workspace, asked, size=SIZE)
        rows = alert_rows(session, found, claims(session.workspace))
    if found.empty:
        st.success(session.t("queue.none_open"), icon=":material/done_all:")
    else:
        open_chosen(session, found, rows)
        judged = sum(number for state, number in done.items() if state not in ("open", "retired"))
        told = [session.t("queue.open_hint"), session.t("queue.judged", count=judged)]
        st.caption(" · ".join(told + ([session.t("queue.more", count=SIZE)] if total > SIZE else [])))
