"""A remedy tried on the alert: today beside tomorrow, and the intervention that it stands for."""

import pandas as pd
import streamlit as st

from core.detection.remedies import ADDED, INTERVENTION, ON_A_LINE, Remedy
from core.review.case import Case, active
from core.review.desk import save_draft
from core.review.trial import alternatives, correctors, tried
from core.schema import OBSERVATIONS, ROUTES
from pages.review.form import entered, short
from pages.review.gestures import forget
from pages.shell.refusal import said
from pages.shell.session import Session
from pages.wording.words import capital, chance, drug, number, word

PARAMETER = {"route": "route", "substance": "substance", "corrector": "substance", "monitor": "observation"}


@st.fragment
def whatif(session: Session, case: Case) -> None:
    """Nothing is computed before a remedy is chosen."""
    chosen = remedy(session, case)
    if chosen is None:
        return
    with said(session):
        found = tried(session.workspace, case.alert, chosen)
        compared(session, case, found)
        keep(session, case, found["intervention_type"])


def remedy(session: Session, case: Case) -> Remedy | None:
    """The remedy as chosen; None while something is missing."""
    name = lambda part: f"whatif:{case.alert['alert_id']}:{part}"  # noqa: E731
    kind = st.pills(
        session.t("whatif.remedy"),
        list(INTERVENTION),
        key=name("kind"),
        format_func=lambda code: session.t(f"whatif.kind.{code}"),
    )
    if not kind:
        st.caption(session.t("whatif.hint"))
        return None
    line_id = which_line(session, case, name("line")) if kind in ON_A_LINE else ""
    if kind not in PARAMETER:
        return Remedy(kind, line_id)
    options = choices(case, kind, line_id)
    if not options:
        st.caption(session.t("whatif.no_alternative"))
        return None
    words = lambda code: word(PARAMETER[kind], code, session.language)  # noqa: E731
    label = "corrector" if kind == "corrector" else PARAMETER[kind]
    value = st.selectbox(
        session.t(f"whatif.{label}"),
        options,
        key=name(f"{kind}:{line_id}"),
        format_func=capital if PARAMETER[kind] == "substance" else words,
    )
    return Remedy(kind, line_id, **{PARAMETER[kind]: value})


def which_line(session: Session, case: Case, key: str) -> str:
    """The lines of the problem first, then what else is active."""
    by_id = active(case).set_index("line_id")
    order = [line_id for line_id in dict.fromkeys([*case.culprits, *by_id.index]) if line_id in by_id.index]
    shown = lambda line_id: short(by_id.loc[line_id], session.language)  # noqa: E731
    return st.selectbox(session.t("whatif.line"), order, key=key, format_func=shown)


def choices(case: Case, kind: str, line_id: str) -> list[str]:
    if kind == "route":
        now = case.lines.set_index("line_id").loc[line_id, "route"]
        return [route for route in ROUTES if route != now]
    if kind == "substance":
        return alternatives(case, line_id)
    return correctors(case) if kind == "corrector" else list(OBSERVATIONS)


def compared(session: Session, case: Case, found: dict) -> None:
    """Risk, types, pairs and mg a day as one table, and what the reader must know beside it."""
    rows = [*risks(session, found), *pairs(session, case, found), *doses(session, found)]
    columns = [session.t(f"whatif.{name}") for name in ("measure", "today", "tomorrow")]
    st.table(pd.DataFrame(rows, columns=columns).set_index(columns[0]))
    for row in found["rises"]:
        where = label(session, case, row["line_id"])
        values = {day: chance(row[day], session.language) for day in ("today", "tomorrow")}
        st.warning(session.t("whatif.rises", drug=where, **values), icon=":material/trending_up:")
    if not found["seen_by_model"]:
        st.info(session.t("whatif.unseen"), icon=":material/visibility_off:")
    if found["remedy"] == "monitor":
        st.caption(session.t("whatif.assumed"))
    st.caption(session.t("whatif.of_model", model=found["model_id"]), help=session.t("whatif.risk_help"))


def risks(session: Session, found: dict) -> list[tuple[str, str, str]]:
    named = [(session.t("whatif.risk"), found["risk"])]
    named += [(session.t("whatif.type", type=word("error_type", row["error_type"], session.language)), row)
              for row in found["types"][:2]]  # fmt: skip
    return [(name, *(chance(row[day], session.language) for day in ("today", "tomorrow"))) for name, row in named]


def pairs(session: Session, case: Case, found: dict) -> list[tuple[str, str, str]]:
    """A pair with its score, and its level in the thesaurus where it is listed."""

    def told(row: dict, day: str) -> str:
        level = row[f"level_{day}"]
        words = f" · {word('level_short', level, session.language)}" if level else ""
        return chance(row[day], session.language) + words

    name = lambda row: session.t("whatif.pair", **{side: label(session, case, row[side]) for side in "ab"})  # noqa: E731
    return [(name(row), told(row, "today"), told(row, "tomorrow")) for row in found["pairs"][:3]]


def label(session: Session, case: Case, line_id: str) -> str:
    if line_id == ADDED:
        return session.t("whatif.added")
    return drug(case.lines.set_index("line_id").loc[line_id], 22)


def doses(session: Session, found: dict) -> list[tuple[str, str, str]]:
    rows = []
    for row in found["ledger"]:
        key = "whatif.ledger_maximum" if row["maximum"] else "whatif.ledger"
        title = session.t(key, drug=capital(row["substance"]), maximum=number(row["maximum"], session.language))
        rows.append((title, daily(session, row["today"]), daily(session, row["tomorrow"])))
    return rows


def daily(session: Session, amount: dict | None) -> str:
    """mg a day as a band; a line whose dose cannot be said makes it a least."""
    if amount is None:
        return session.t("whatif.nothing")
    low, high = (number(amount[end], session.language) for end in ("low", "high"))
    if not amount["known"]:
        return session.t("whatif.at_least", low=low)
    return high if low == high else session.t("whatif.band", low=low, high=high)


def keep(session: Session, case: Case, code: str) -> None:
    """Take the intervention into the verdict: into its draft, which the form reads again on the next run."""
    alert_id = case.alert["alert_id"]
    words = {"code": code, "intervention": word("intervention", code, session.language)}

    def take() -> None:
        save_draft(session.workspace, session.reviewer, alert_id, entered(alert_id) | {"intervention_type": code})
        forget(alert_id)
        st.session_state["ack"] = session.t("whatif.chosen", **words)

    clicked = st.button(
        session.t("whatif.choose", **words),
        key=f"whatif:{alert_id}:keep",
        on_click=take,
        disabled=not session.reviewer,
        icon=":material/assignment_turned_in:",
    )
    if clicked:
        st.rerun()
