"""What is in the workspace: counts, distributions, what came in and what was set aside."""

import streamlit as st

from pages.data.arrivals import doubtful, imports
from pages.data.facts import facts
from pages.figures import look
from pages.figures.counted import counted
from pages.shell.badge import heading
from pages.shell.refusal import said
from pages.shell.session import Session, guard
from pages.wording.drugs import line_name
from pages.wording.words import capital, day, number, percent, word

TABLES = ("stays", "lines", "observations", "interventions")


def totals(session: Session, found: dict) -> None:
    """Rows of each table, and two medians that say how dense the prescriptions are."""
    language, low_high = session.language, found.get("lines_per_stay", {}).get("lines")
    cells = st.columns(len(TABLES) + 2)
    for cell, name in zip(cells, TABLES, strict=False):
        cell.metric(session.t(f"data.{name}"), number(found["counts"][name], language, 0), border=True)
    if low_high:
        bounds = {"low": number(low_high["p10"], language, 0), "high": number(low_high["p90"], language, 0)}
        words = session.t("data.median_lines_help", **bounds)
        median = number(low_high["p50"], language, 1)
        cells[-2].metric(session.t("data.median_lines"), median, border=True, help=words)
        at_once = found["concomitant_lines"]
        words = session.t("data.concomitant_help", high=number(at_once["p90"], language, 0))
        cells[-1].metric(session.t("data.concomitant"), number(at_once["p50"], language, 1), border=True, help=words)


def period(session: Session, found: dict) -> str:
    spoken = found["period"]
    first, last = (day(spoken[name], session.language) for name in ("first_admission", "last_admission"))
    sources = ", ".join(word("source", code, session.language) for code in found["sources"])
    days = number(spoken["median_days"], session.language, 1)
    return session.t("data.period", first=first, last=last, days=days, sources=sources)


def chart(session: Session, key: str, named: dict[str, int]) -> None:
    if not named:
        return
    st.markdown(f"**{session.t(f'data.{key}')}**")
    told = ", ".join(f"{name} {count}" for name, count in named.items())
    figure = counted(named, session.language, look.shade())
    st.plotly_chart(figure, config=look.config(session.language), key=key, alt=told)


def worded(session: Session, kind: str, counts: dict[str, int]) -> dict[str, int]:
    return {capital(word(kind, code, session.language)): count for code, count in counts.items()}


session = guard()
heading(session, "data.title")
with said(session):
    found, issues = facts(session.workspace)
    totals(session, found)
    if "period" in found:
        st.caption(period(session, found))
        left, right = st.columns(2, gap="large")
        drugs = {capital(line_name(one["substances"], session.language)): one["lines"] for one in found["top_drugs"]}
        with left:
            chart(session, "wards", worded(session, "ward", found["wards"]))
            chart(session, "routes", worded(session, "route", found["routes"]))
        with right:
            chart(session, "drugs", drugs)
            chart(session, "kinds", worded(session, "observation", found["observations"]))
    imports(session, found["imports"])
    doubtful(session, issues)
    if gaps := {name: share for name, share in found.get("missing", {}).items() if share}:
        st.markdown(f"**{session.t('data.missing')}**")
        told = [
            f"{session.t(f'data.field.{name}')} {percent(share, session.language, 1)}" for name, share in gaps.items()
        ]
        st.caption(" · ".join(told))
    if unknown := found.get("unknown_drugs", {}).get("names"):
        with st.expander(session.t("data.unknown", lines=found["unknown_drugs"]["lines"])):
            chart(session, "drugs_unknown", {one["drug"]: one["lines"] for one in unknown})
