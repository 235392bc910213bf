"""The bar at the foot of a stay: verdicts, moves, and the acknowledgement of the last gesture."""

import streamlit as st

from core.review.case import Case
from pages.review.gestures import act
from pages.shell.keys import KEYS, ONCE, listen
from pages.shell.refusal import show_noted
from pages.shell.session import Session

BUTTONS = (
    ("confirm", "primary", ":material/check_circle:"),
    ("reject", "secondary", ":material/cancel:"),
    ("unsure", "secondary", ":material/help:"),
    ("previous", "tertiary", ":material/arrow_upward:"),
    ("next", "tertiary", ":material/arrow_downward:"),
    ("undo", "tertiary", ":material/undo:"),
    ("flag", "tertiary", ":material/flag:"),
    ("help", "tertiary", ":material/keyboard:"),
)
VERDICTS = ("confirm", "reject", "unsure")


def bar(session: Session, case: Case) -> None:
    """Buttons that show their key; a press of the key does what the button does."""
    alert_id = case.alert["alert_id"]

    def pressed(name: str, digit: int, token: str) -> None:
        if token == case.token or name not in ONCE:
            act(session, case, name, digit)

    with st.bottom:
        show_noted()
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        for name, kind, icon in BUTTONS:
            row.button(
                f"{session.t(f'stay.form.{name}')} **{KEYS[name]}**",
                key=f"{name}:button:{alert_id}",
                type=kind,
                icon=icon,
                on_click=act,
                args=(session, case, name),
                disabled=name in VERDICTS and not session.reviewer,
            )
        if told := st.session_state.pop("ack", None):
            row.badge(told, icon=":material/task_alt:", color="green")
        if not session.reviewer:
            row.caption(session.t("app.reviewer_missing"))
        listen(case.token, pressed)
