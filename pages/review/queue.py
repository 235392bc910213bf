"""What to read first: alerts or stays by risk, filtered, one click from the stay."""

import streamlit as st

from core.review.capacity import plan
from core.review.desk import claims, place
from core.review.worklist import count, progress, stay_list, worklist
from pages.review.filters import filters
from pages.review.grid import alert_rows, open_chosen, stay_rows
from pages.shell.address import keep, recall
from pages.shell.badge import heading
from pages.shell.refusal import said
from pages.shell.session import Session, guard
from pages.wording.words import number

SIZE = 200  # rows shown at once
MINUTES = (5, 120, 45, 5)
BY = ("alert", "stay")


def capacity(session: Session) -> None:
    """The time there is, and what it lets one find."""
    left, right = st.columns([1, 2.4], vertical_alignment="center", gap="medium")
    minutes = left.slider(session.t("queue.capacity"), *MINUTES, key="minutes", help=session.t("queue.capacity_help"))
    day = plan(session.workspace, minutes)
    expected = {
        name: number(value, session.language, 0) for name, value in (("found", day.found), ("missed", day.missed))
    }
    told = {"minutes": minutes, "read": day.read, "left": day.left, "seconds": round(day.seconds_each)}
    right.markdown(session.t("queue.capacity_text", **told, **expected))


def above_the_list(session: Session) -> str:
    """How to rank, and the way back to where one stopped; answers ``alert`` or ``stay``."""
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    recall("by", BY, BY[0])
    by = row.segmented_control(
        session.t("queue.by"),
        BY,
        required=True,
        key="by",
        format_func=lambda code: session.t(f"queue.bys.{code}"),
        label_visibility="collapsed",
    )
    keep("by", BY[0])
    before = place(session.workspace, session.reviewer)
    if before:
        link = session.link(stay=before["stay_id"], alert=before["alert_id"])
        words = session.t("queue.resume")
        row.page_link("pages/review/stay.py", label=words, icon=":material/bookmark:", query_params=link)
    return by


session = guard()
heading(session, "queue.title")
with said(session):
    with st.sidebar:
        asked = filters(session)
    capacity(session)
    by = above_the_list(session)
    open_by = claims(session.workspace)
    if by == "stay":
        found = stay_list(session.workspace, asked.ward, size=SIZE)
        rows = stay_rows(session, found, open_by)
    else:
        found = worklist(session.workspace, asked, size=SIZE)
        rows = alert_rows(session, found, open_by)
    if found.empty:
        st.success(session.t("queue.none_open"), icon=":material/done_all:")
    else:
        open_chosen(session, found, rows)
    judged = sum(alerts for state, alerts in progress(session.workspace).items() if state not in ("open", "retired"))
    told = [session.t("queue.open_hint"), session.t("queue.judged", count=judged)]
    more = [session.t("queue.more", count=SIZE)] if count(session.workspace, asked) > SIZE else []
    st.caption(" · ".join(told + more))
