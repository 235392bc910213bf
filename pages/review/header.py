"""Who is in the bed, where the queue stands, and the alerts of the stay."""

import pandas as pd
import streamlit as st

from core.review.case import Case
from core.review.desk import flags
from pages.review.gestures import go, queue
from pages.shell.badge import invented_badge
from pages.shell.session import Session
from pages.wording.words import capital, chance, day, names, word

AHEAD = 9  # alerts of the queue shown beside the stay


def who(session: Session, case: Case) -> str:
    stay, language = case.stay, session.language
    sex = word("sex", stay["sex"], language)
    age = stay["age_years"]
    person = (
        session.t("stay.who_age_unknown", sex=sex) if pd.isna(age) else session.t("stay.who", sex=sex, age=f"{age:.0f}")
    )
    since = session.t("stay.admitted", day=day(stay["admitted_at"], language))
    number = (case.at.normalize() - stay["admitted_at"].normalize()).days + 1 if case.at is not None else None
    parts = [person, word("ward", stay["ward"], language), since]
    return " · ".join(parts + ([session.t("stay.day_of_stay", day=number)] if number and number > 0 else []))


def header(session: Session, case: Case, others: list[str]) -> None:
    """One line for the patient, the badge, and who else is here."""
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    row.subheader(who(session, case), width="content", anchor=False)
    signs = row.container(horizontal=True, width="content", vertical_alignment="center")
    if others:
        signs.badge(session.t("stay.others_here", who=", ".join(others)), icon=":material/group:", color="blue")
    if case.alert and case.alert["alert_id"] in flags(session.workspace):
        signs.badge(session.t("stay.form.flag"), icon=":material/flag:", color="violet")
    invented_badge(session, signs)


def caption(session: Session, case: Case, alert: dict) -> str:
    """``0,91 Warfarine + amiodarone`` and the sign of what was decided."""
    lines = [alert["line_id"], *(alert["partner_line_ids"] or "").split("+")]
    score = "–" if alert["origin"] == "rule" else chance(alert["score"], session.language)
    return f"{score} · {names(lines, case.lines)}"


def alert_choice(session: Session, case: Case) -> None:
    """The alerts of this stay; choosing one puts it on the screen."""
    if len(case.alerts) < 2:
        return
    by_id = {alert["alert_id"]: alert for alert in case.alerts}
    key = f"alert_choice:{case.alert['alert_id']}"

    def change() -> None:
        go(case.stay["stay_id"], st.session_state[key])

    here = list(by_id).index(case.alert["alert_id"])
    st.selectbox(
        session.t("stay.alerts_of_stay"),
        list(by_id),
        index=here,
        key=key,
        on_change=change,
        format_func=lambda alert_id: caption(session, case, by_id[alert_id]) + state(session, by_id[alert_id]),
    )


def state(session: Session, alert: dict) -> str:
    return "" if alert["state"] in ("open", "retired") else f" · {word('state', alert['state'], session.language)}"


def queue_beside(session: Session, case: Case, labels: dict[str, str]) -> None:
    """What comes next, in the side bar: one click away."""
    order = queue(session)
    here = next((place for place, (_, alert_id) in enumerate(order) if alert_id == case.alert["alert_id"]), None)
    with st.sidebar:
        place = session.t("stay.position", place=here + 1 if here is not None else "–", total=len(order))
        st.subheader(f"{session.t('stay.queue')} · {place}", divider="gray", anchor=False)
        start = max(0, (here or 0) - 2)
        for stay_id, alert_id in order[start : start + AHEAD]:
            st.button(
                labels.get(alert_id, alert_id),
                key=f"jump:{alert_id}",
                on_click=go,
                args=(stay_id, alert_id),
                width="stretch",
                type="secondary" if alert_id == case.alert["alert_id"] else "tertiary",
            )


def judged(session: Session, case: Case) -> None:
    """What was decided on this alert so far, one line a verdict that counts."""
    found = case.reviews
    found = found[(found["alert_id"] == case.alert["alert_id"]) & found["counts"] & (found["verdict"] != "withdrawn")]
    for _, row in found.iterrows():
        told = word("verdict", row["verdict"], session.language)
        when = f"{row['reviewed_at']:%d/%m/%Y %H:%M} UTC"
        st.caption(
            f":material/history: {capital(session.t('stay.judged', verdict=told, who=row['reviewer'], at=when))}"
        )
