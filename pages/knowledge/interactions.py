"""A list of drugs typed or pasted: pairs by level, what a day brings, what the patient forbids, what is unknown."""

import streamlit as st

from core.knowledge.answer import answer, excesses
from core.knowledge.conditions import codes_of
from core.knowledge.interactions import BOUNDS, Patient
from core.knowledge.several import parted
from core.knowledge.written import read
from core.report.doses import cap, excess
from core.report.words import edition_day
from pages.knowledge import rows
from pages.review.reference import rule_words
from pages.shell.session import guard
from pages.wording.words import capital

session = guard()
st.title(session.t("interactions.title"))
left, right = st.columns([2, 5], gap="large")
with left:
    typed = st.text_area(
        session.t("interactions.typed"), value=session.t("interactions.example"), height=260, key="interactions_typed",
        help=session.t("interactions.typed_help"), persist_state="session",
    )  # fmt: skip
    age = st.number_input(session.t("interactions.age"), *BOUNDS["age"], value=None, key="interactions_age")
    egfr = st.number_input(session.t("interactions.egfr"), *BOUNDS["egfr"], value=None, key="interactions_egfr")
    potassium = st.number_input(session.t("interactions.potassium"), *BOUNDS["potassium"], value=None, key="interactions_potassium")
    icd = codes_of(st.text_input(session.t("interactions.diagnoses"), key="interactions_diagnoses"))
known = {"age_years": age, "egfr": egfr, "potassium": potassium}
found = answer(
    [read(part) for line in typed.splitlines() if line.strip() for part in parted(line)],
    Patient(**{name: float(value) for name, value in known.items() if value is not None}, diagnoses=icd),
)
with right:
    st.caption(session.t("interactions.edition", edition=edition_day(found["edition"], session.language)))
    if found["unknown"]:
        st.warning(session.t("interactions.unknown", names=rows.unknown(found, session)), icon=":material/help:")
    for rule in found["unsuited"]:
        for told in rule_words(session, rule):
            st.error(told, icon=":material/block:")
    for rule in found["diagnosed"]:
        for told in rule_words(session, rule):
            if rule["sure"]:
                st.error(told, icon=":material/block:")
            else:
                st.warning(told, icon=":material/warning:")
    for pair in found["redundant"]:
        if pair["never"]:
            st.error(rows.redundant(pair, session), icon=":material/block:")
    for rule in found["capped"]:
        if rule["above"]:
            st.warning(capital(cap(rule, session.language)), icon=":material/warning:")
    for row in excesses(found):
        if row["above"]:
            st.error(excess(row, session.language), icon=":material/block:")
        else:
            st.warning(excess(row, session.language), icon=":material/warning:")
    entries = sum(len(pair["entries"]) for pair in found["pairs"])
    st.subheader(session.t("interactions.pairs", count=len(found["pairs"]), entries=entries))
    if found["pairs"]:
        shown = rows.pairs(found, session)
        st.dataframe(shown, hide_index=True, column_config=rows.columns(shown, session))
        for told in rows.conditions(found, session):
            st.caption(told)
        with st.expander(session.t("interactions.entries")):
            for told in rows.entries(found, session):
                st.caption(told)
    else:
        st.info(session.t("interactions.none"), icon=":material/check:")
    for row in found["repeated"]:
        st.warning(rows.repeated(row, session), icon=":material/content_copy:")
    for pair in found["redundant"]:
        if not pair["never"]:
            st.warning(rows.redundant(pair, session), icon=":material/content_copy:")
    st.subheader(session.t("interactions.doses"))
    shown = rows.doses(found, session)
    st.dataframe(shown, hide_index=True, column_config=rows.columns(shown, session), height="content")
    for told in rows.caveats(found, session) + rows.sources(found, session):
        st.caption(told)
st.subheader(session.t("interactions.read"))
for told in rows.parted_lines(typed, session):
    st.caption(told)
shown = rows.drugs(found, session)
st.dataframe(shown, hide_index=True, column_config=rows.columns(shown, session), height="content")
