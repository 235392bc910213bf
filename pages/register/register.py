"""What was decided: filters, history, corrections as new rows, exports, and the check of the chain."""

import pandas as pd
import streamlit as st

from core.review.captions import captions
from core.review.register import reviews, verify
from core.schema import ERROR_TYPES, VERDICTS, WITHDRAWN
from pages.register.correction import correction
from pages.register.exports import exports
from pages.review.grid import together
from pages.shell.address import keep, recall
from pages.shell.badge import heading
from pages.shell.refusal import said, show_noted
from pages.shell.session import Session, guard
from pages.wording.words import MOST, capital, word

OPTIONAL = ("reason", "intervention_type", "outcome", "clinical_impact", "comment", "corrects")
SHOWN = (
    "review_id",
    "reviewed_at",
    "verdict",
    "error_type",
    "reason",
    "intervention_type",
    "reviewer",
    "stay_id",
    "outcome",
    "clinical_impact",
    "comment",
    "score_shown",
    "seconds_spent",
    "corrects",
    "counts",
)
CODED = {
    "verdict": "verdict",
    "error_type": "error_type",
    "reason": "reason",
    "intervention_type": "intervention",
    "outcome": "outcome",
    "clinical_impact": "clinical_impact",
}


def chain(session: Session) -> None:
    """Whether every row still follows from the one before."""
    found = verify(session.workspace)
    if found.broken is None:
        words = session.t("register.chain_whole", rows=found.rows, head=found.head[:12] or "–")
        st.badge(words, icon=":material/link:", color="green", help=session.t("register.chain_help"))
    else:
        st.error(session.t("register.chain_broken", row=found.broken), icon=":material/link_off:")


def filters(session: Session) -> tuple[dict, bool]:
    """Columns that must be equal, and whether only rows that count are wanted."""
    shown = {
        "verdict": lambda code: capital(word("verdict", code, session.language)),
        "error_type": lambda code: f"{code} · {word('error_type', code, session.language)}",
    }
    any_word = session.t("register.any")
    recall("verdict", ("", *VERDICTS, WITHDRAWN))
    verdict = st.selectbox(
        session.t("register.verdict"),
        ("", *VERDICTS, WITHDRAWN),
        key="verdict",
        format_func=lambda code: shown["verdict"](code) if code else any_word,
    )
    recall("type", ("", *ERROR_TYPES))
    kind = st.selectbox(
        session.t("register.type"),
        ("", *ERROR_TYPES),
        key="type",
        format_func=lambda code: shown["error_type"](code) if code else any_word,
    )
    recall("who")
    who = st.text_input(session.t("register.reviewer"), key="who", icon=":material/badge:")
    for name in ("verdict", "type", "who"):
        keep(name)
    wanted = {"verdict": verdict, "error_type": kind, "reviewer": who.strip()}
    counts = st.toggle(session.t("register.counts_only"), key="counts", help=session.t("register.counts_help"))
    return {name: value for name, value in wanted.items() if value}, counts


def in_words(session: Session, found: pd.DataFrame) -> pd.DataFrame:
    """Codes as words, the drugs beside them; columns that nobody has filled are left out."""
    language = session.language
    drugs = [together(one, language) if one["label"] else "–" for one in captions(session.workspace, found)]
    filled = [name for name in SHOWN if name not in OPTIONAL or found[name].notna().any()]
    rows = found[filled].copy()
    rows.insert(3, "drugs", drugs)
    for column, kind in ((column, kind) for column, kind in CODED.items() if column in rows):
        rows[column] = [word(kind, code, language) for code in rows[column]]
    if pair := [name for name in ("reason", "intervention_type") if name in rows]:  # a verdict has the one or the other
        rows.insert(5, "answer", [" · ".join(told for told in row if told != "–") for row in rows[pair].to_numpy()])
        rows = rows.drop(columns=pair)
    return rows.assign(seconds_spent=rows["seconds_spent"].round(), score_shown=rows["score_shown"].clip(upper=MOST).round(2))


session = guard()
heading(session, "register.title")
with said(session):
    with st.sidebar:
        wanted, counts_only = filters(session)
    show_noted()
    chain(session)
    found = reviews(session.workspace, wanted, effective=counts_only, limit=1000)
    chosen = None
    if found.empty:
        st.info(session.t("register.empty"), icon=":material/inbox:")
    else:
        rows = in_words(session, found)
        columns = {name: session.t(f"register.column.{name}") for name in rows.columns}
        columns["score_shown"] = st.column_config.NumberColumn(columns["score_shown"], format="percent")
        columns["seconds_spent"] = st.column_config.NumberColumn(columns["seconds_spent"], format="localized")
        columns["reviewed_at"] = st.column_config.DatetimeColumn(columns["reviewed_at"], format="DD/MM/YYYY HH:mm")
        picked = st.dataframe(
            rows,
            hide_index=True,
            column_config=columns,
            on_select="rerun",
            selection_mode="single-cell",
            key="reviews",
            height="content" if len(found) <= 12 else 420,
            placeholder="",
        )
        cells = picked.selection.cells
        chosen = found.iloc[cells[0][0]] if cells else None
        st.caption(session.t("register.history_hint"))
    left, right = st.columns([2, 1], gap="large")
    with left:
        correction(session, chosen)
    with right:
        exports(session, found, in_words)
