"""Why an alert was raised: shares of lines and features, pairs, and what was not checked."""

import streamlit as st

from core.review.case import Case, unchecked
from core.review.explaining import explain_now
from pages.figures import look
from pages.figures.attribution import attribution
from pages.shell.session import Session
from pages.wording.words import drug, number, word


def explained(session: Session, case: Case) -> None:
    """Bars when the explanation passed its checks, otherwise a sentence."""
    if case.alert["origin"] == "rule":
        st.info(session.t("stay.why.rule_only"), icon=":material/rule:")
        return
    why = case.explanation
    if not why:
        with st.spinner(session.t("stay.why.computing")):
            why = explain_now(session.workspace, case.alert)
    if not why["trusted"]:
        reason = word("gate", why.get("reason"), session.language)
        st.warning(session.t("stay.why.untrusted", reason=reason), icon=":material/visibility_off:")
    else:
        bars(session, case, why)


def bars(session: Session, case: Case, why: dict) -> None:
    lines = case.lines.set_index("line_id")
    name = {line_id: drug(lines.loc[line_id], 22) for line_id in lines.index}
    mark = lambda line_id: ("◆ " if line_id in case.culprits else "") + name[line_id]  # noqa: E731
    shares = [(mark(one["line_id"]), one["attribution"]) for one in why["lines"] if one["line_id"] in name]
    features = [(word("feature", one["name"], session.language), one["attribution"]) for one in why["features"]]
    draw(session, session.t("stay.why.lines"), shares, "lines")
    draw(session, session.t("stay.why.features", drug=name[case.alert["line_id"]]), features, "features")
    for part in ("lines", "features"):
        if reason := why.get(f"{part}_reason"):
            st.caption(session.t(f"whatif.{part}_withheld", reason=word("gate", reason, session.language)))
    pairs = [one for one in why.get("pairs", []) if one["a"] in name and one["b"] in name]
    if pairs:
        st.markdown(f"**{session.t('stay.why.pairs')}**", help=session.t("stay.why.pairs_help"))
        for one in pairs[:4]:
            st.markdown(f"- {name[one['a']]} + {name[one['b']]} : **{number(one['effect'], session.language)}**")
    if why.get("relative_delta") is not None:
        st.caption(session.t("stay.why.delta", delta=number(why["relative_delta"], session.language, 3)))


def draw(session: Session, title: str, named: list[tuple[str, float]], key: str) -> None:
    if not named:
        return
    st.markdown(f"**{title}**")
    figure = attribution(named, session.language, look.shade(), 5)
    told = "; ".join(f"{name} {number(value, session.language)}" for name, value in named[:5])
    st.plotly_chart(figure, config=look.config(session.language), key=f"why_{key}", alt=f"{title}: {told}")


def not_checked(session: Session, case: Case) -> None:
    """Lines that the thesaurus does not know, biology that was never measured."""
    lines, kinds = unchecked(case)
    by_id = case.lines.set_index("line_id")
    for name in dict.fromkeys(drug(by_id.loc[line_id]) for line_id in lines):
        st.markdown("- " + session.t("stay.unchecked.unknown", drug=name))
    if not lines:
        st.markdown("- " + session.t("stay.unchecked.none"))
    for kind in kinds:
        name = word("observation", kind, session.language)
        st.markdown("- " + session.t("stay.unchecked.no_biology", kind=name))
