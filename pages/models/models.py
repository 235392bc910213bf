"""The models at hand: compared on what they have not seen, then a card each."""

from collections.abc import Iterator

import streamlit as st

from core.detection.cards import cards, figures
from core.report import words as report_words
from core.report.digest import SCOPES, of_workspace, shipped
from core.report.figures import name_of
from core.report.terms import OF_PAGES, listed
from core.schema import INVENTED
from pages.figures import look
from pages.figures.comparison import comparison
from pages.models.columns import figures_table
from pages.models.compared import compared
from pages.shell.badge import heading
from pages.shell.refusal import said, say
from pages.shell.session import Session, guard
from pages.wording.words import capital, number, percent, risk, word

OF_CARDS = ("model", "auprc_interval", "base_rate", "oracle_ratio", "precision", "recall", "culprit_first", "ece")


def measured(session: Session, found: list[dict], rows: list[dict]) -> None:
    """What each card says of its own test part: no race, and said so."""
    st.subheader(session.t("models.compared"), anchor=False)
    st.markdown(session.t("models.compared_why"))
    if any((card.get("data") or {}).get("source") == INVENTED for card in found):
        st.warning(session.t("models.invented_figures"), icon=":material/science:")
    bars = [row | {"model": bar(session, row)} for row in rows]
    figure = comparison(bars, session.language, look.shade())
    st.plotly_chart(figure, config=look.config(session.language), key="comparison", alt=session.t("models.compared"))
    for scope in SCOPES:
        if of_scope := [row for row in rows if row["scope"] == scope]:
            st.markdown(f"**{capital(report_words.t(f'report.scope.{scope}', session.language))}**")
            figures_table(session, of_scope, OF_CARDS)


def bar(session: Session, row: dict) -> str:
    """The label of the bars of a model: its name, whose it is, of how many stays it learned, on how many lines it is measured."""
    told = {"name": row["named"], "origin": session.t("models.shipped" if row["shipped"] else "models.own")}
    told |= {name: number(row[name], session.language, 0) for name in ("learned", "lines")}
    return session.t("models.bar", **told)


def named(row: dict, language: str) -> str:
    """The name of the model of a card or a row, as the comparison has it; one of this workspace by its folder too."""
    name = name_of(row["model"], language)
    return name if row["shipped"] else f"{name} · {row['folder']}"


def learned_from(session: Session, data: dict) -> str:
    """How many stays and lines, of which source."""
    source = word("source", data.get("source"), session.language)
    amounts = {name: number(data.get(f"train_{name}"), session.language, 0) for name in ("stays", "lines")}
    further = data.get("further_stays")
    amounts |= {"further": number(further, session.language, 0)} if further else {}
    return session.t("models.stays_and_further" if further else "models.stays", source=source, **amounts)


def chain(start: dict) -> Iterator[dict]:
    """What a model started from, what that one started from, and so on to the first."""
    while start:
        yield start
        start = start.get("start") or {}


def facts(session: Session, card: dict) -> dict[str, str]:
    """What a card says of a model, by the key of its label; what it does not say is left out."""
    data, language = card.get("data") or {}, session.language
    found = {"seed": str(card.get("seed", "–")), "weights": card["weights_sha256"][:16]}
    if data:
        found["trained_on"] = learned_from(session, data)
        if start := data.get("start"):
            found["start"] = session.t("models.before").join(f"{one.get('model', '–')} · {learned_from(session, one)}" for one in chain(start))
        if home := card.get("adapted"):
            counted = {name: number(home.get(name), session.language, 0) for name in ("drugs", "lines")}
            found["adapted"] = session.t("models.adapted_from", model=home.get("from", "–"), **counted)
            if home.get("lowered"):
                shares = {name: percent(home[name]["any"], language) for name in ("announced", "expected")}
                found["adapted"] += session.t("models.adapted_lowered", **shares)
        found["period"] = f"{data.get('from', '–')} → {data.get('to', '–')}"
    if card.get("size_bytes"):
        kilobytes = number(card["size_bytes"] / 1024, language, 0)
        found["size"] = session.t("models.kilobytes", kilobytes=kilobytes)
    if limit := card.get("threshold"):
        alerts = number(limit.get("alerts_per_100_lines"), language)
        found["threshold"] = session.t("models.threshold_value", score=risk(limit["score"], language), alerts=alerts)
    return found


def shown(session: Session, card: dict) -> None:
    """One card, closed; its own words first, the whole of it last."""
    origin = session.t("models.shipped" if card["shipped"] else "models.own")
    with st.expander(f"{named(card, session.language)} · {origin}", icon=":material/network_node:"):
        left, right = st.columns(2, gap="large")
        left.markdown(
            "\n".join(session.t("models.fact", title=session.t(f"models.{name}"), told=told) for name, told in facts(session, card).items())
        )
        for name, place in (("intended_use", "use"), ("limits", "limits")):
            if words := card.get(name):
                words = words.get(session.language, "") if isinstance(words, dict) else words
                words = "\n".join(f"- {line}" for line in words) if isinstance(words, list) else words
                right.markdown(f"**{session.t(f'models.{place}')}**\n\n{words}")
        if card.get("command"):
            st.caption(session.t("models.command"))
            st.code(card["command"], language="bash", wrap_lines=True)
        if st.toggle(session.t("models.whole_card"), key=f"card:{card['folder']}:{card['shipped']}"):
            st.json(card, expanded=1)


def side_by_side(session: Session) -> None:
    """The comparison of the workspace; the one that comes with the product where there is none, or none to be read."""
    own, left_out = of_workspace(session.workspace)
    st.subheader(session.t("models.own_race" if own else "models.shipped_race"), anchor=False)
    for refusal in left_out:
        say(session, refusal)
    with said(session):
        race = own or shipped()
        told = {} if own else {"stays": number(race["made_by"]["stays"], session.language, 0)}
        st.markdown(session.t("models.own_race_why" if own else "models.shipped_race_why", **told))
        if fresh := race.get("fresh_stays"):
            st.markdown(session.t("models.fresh_stays", stays=number(fresh, session.language, 0)))
        compared(session, race)


session = guard()
heading(session, "models.title")
with said(session):
    found, damaged = cards(session.workspace)
    rows = [row | {"named": named(row, session.language)} for row in figures(found)]
    for refusal in damaged:
        say(session, refusal)
    if not found and not damaged:
        st.info(session.t("models.none"), icon=":material/inbox:")
    if rows:
        measured(session, found, rows)
    side_by_side(session)
    with st.expander(session.t("terms.title"), icon=":material/menu_book:"):
        st.markdown(listed(OF_PAGES, session.language))
    if found:
        st.subheader(session.t("models.cards"), anchor=False)
    for card in found:
        shown(session, card)
