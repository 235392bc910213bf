"""The lines of a stay: as a timeline or as a table that says the same."""

import json

import pandas as pd
import streamlit as st

from core.knowledge.bands import band
from core.review.case import Case, active
from pages.figures import look
from pages.figures.biology import kinds_of
from pages.figures.rows import ORDERS, SCOPES
from pages.figures.shown import Shown
from pages.figures.timeline import timeline
from pages.shell.address import keep, recall
from pages.shell.session import Session
from pages.wording.words import capital, dosage, drug, instant, word

VIEWS = ("timeline", "table")


def pair_scores(case: Case) -> dict[str, float]:
    """Score of each partner with the index line, from the detail of the alert."""
    detail = case.alert["detail"] if case.alert else {}
    detail = json.loads(detail) if isinstance(detail, str) else detail
    return {pair["line_id"]: pair["score"] for pair in detail.get("pairs", []) if "line_id" in pair}


def lines_view(session: Session, case: Case) -> None:
    """Three choices on one row, then the picture or the table."""
    there = {"active": len(active(case)), "all": len(case.lines)}
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        scope = choice(session, "scope", SCOPES, lambda code: session.t(f"stay.scopes.{code}", count=there[code]))
        order = choice(session, "order", ORDERS, lambda code: session.t(f"stay.orders.{code}"))
        view = choice(session, "view", VIEWS, lambda code: session.t(f"stay.views.{code}"))
    if view == "table":
        table(session, case)
        return
    shown = Shown(
        at=case.at,
        culprits=case.culprits,
        pair_scores=pair_scores(case),
        order=order,
        scope=scope,
        language=session.language,
        tone=look.shade(),
    )
    figure = timeline(case.stay, case.lines, case.observations, shown)
    st.plotly_chart(
        figure, config=look.config(session.language, bar=True), key="timeline", alt=session.t("stay.timeline_alt")
    )
    sources = [found.source for kind in kinds_of(case.observations, ()) if (found := band(kind, case.stay["sex"]))]
    if sources:
        st.caption(session.t("stay.bands", sources=" ; ".join(dict.fromkeys(sources))))


def choice(session: Session, name: str, codes: tuple[str, ...], words) -> str:  # noqa: ANN001
    recall(name, codes, codes[0])
    st.segmented_control(
        session.t(f"stay.{name}"),
        codes,
        required=True,
        key=name,
        format_func=words,
        label_visibility="collapsed",
        persist_state="session",
    )
    keep(name, codes[0])
    return st.session_state[name]


def table(session: Session, case: Case) -> None:
    """Every line as text, the culprits first."""
    language, running = session.language, set(active(case)["line_id"])
    lines = case.lines.assign(first=~case.lines["line_id"].isin(case.culprits)).sort_values(
        ["first", "atc", "started_at"]
    )
    sign = lambda holds: "◆" if holds else ""  # noqa: E731
    rows = [
        {
            "culprit": sign(line["line_id"] in case.culprits),
            "drug": drug(line, 60),
            "dosage": dosage(line, language),
            "start": instant(line["started_at"], language),
            "end": instant(line["ended_at"], language),
            "active": session.t("stay.yes" if line["line_id"] in running else "stay.no"),
            "class": word("atc", (line["atc"] or "")[:1] or "unknown", language) if pd.notna(line["atc"]) else "–",
        }
        for _, line in lines.iterrows()
    ]
    names = {name: capital(session.t(f"stay.column.{name}")) for name in rows[0]} if rows else {}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=names, height="content")
