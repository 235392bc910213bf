"""The models at hand: compared on what they have not seen, then a card each."""

import pandas as pd
import streamlit as st

from core.detection.cards import cards, figures
from core.report import words as report_words
from core.report.digest import of_workspace, shipped
from core.report.figures import name_of
from core.schema import INVENTED
from pages.figures import look
from pages.figures.comparison import comparison
from pages.models.compared import compared
from pages.shell.badge import heading
from pages.shell.refusal import said, say
from pages.shell.session import Session, guard
from pages.wording.words import number, percent, risk, word

PER_100 = "5"  # alerts for 100 lines: about what pharmacists intervene on


def table(session: Session, rows: list[dict]) -> pd.DataFrame:
    """The figures of the comparison in words, one row a model and scope."""
    language = session.language
    share = lambda value: report_words.percent(value, language)  # noqa: E731
    return pd.DataFrame(
        [
            {
                "model": row["model"],
                "scope": word("scope", row["scope"], language),
                "auprc": report_words.number(row["auprc"], language),
                "interval": report_words.between(row, language),
                "base_rate": share(row["base_rate"]),
                "oracle_ratio": share(row.get("oracle_ratio")),
                "precision": share((row.get("precision_at") or {}).get(PER_100)),
                "recall": share((row.get("recall_at") or {}).get(PER_100)),
                "culprit_first": share(row.get("culprit_first")),
                "ece": report_words.number(row.get("ece"), language, 4),
            }
            for row in rows
        ]
    )


def named(row: dict, language: str) -> str:
    """The name of a kind of model, as the comparison has it; one of this workspace by its folder too."""
    name = name_of(row["kind"], language)
    return name if row["shipped"] else f"{name} · {row['model']}"


def learned_from(session: Session, data: dict) -> str:
    """How many stays and lines, of which source."""
    source = word("source", data.get("source"), session.language)
    amounts = {name: number(data.get(f"train_{name}"), session.language, 0) for name in ("stays", "lines")}
    further = data.get("further_stays")
    amounts |= {"further": number(further, session.language, 0)} if further else {}
    return session.t("models.stays_and_further" if further else "models.stays", source=source, **amounts)


def facts(session: Session, card: dict) -> dict[str, str]:
    """What a card says of a model, by the key of its label; what it does not say is left out."""
    data, language = card.get("data", {}), session.language
    found = {"seed": str(card.get("seed", "–")), "weights": card.get("weights_sha256", "")[:16]}
    if data:
        found["trained_on"] = learned_from(session, data)
        if start := data.get("start"):
            found["start"] = f"{start.get('model', '–')} · {learned_from(session, start)}"
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
    with st.expander(f"{card['folder']} · {origin}", icon=":material/network_node:"):
        left, right = st.columns(2, gap="large")
        left.markdown(
            "\n".join(f"- {session.t(f'models.{name}')} : **{told}**" for name, told in facts(session, card).items())
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
    st.subheader(session.t("models.side_by_side"), anchor=False)
    own, left_out = of_workspace(session.workspace)
    for refusal in left_out:
        say(session, refusal)
    with said(session):
        race = own or shipped()
        told = {} if own else {"stays": number(race["made_by"]["stays"], session.language, 0)}
        st.markdown(session.t("models.same_effort" if own else "models.shipped_race", **told))
        compared(session, race)


session = guard()
heading(session, "models.title")
with said(session):
    found, damaged = cards(session.workspace)
    rows = [row | {"model": named(row, session.language)} for row in figures(found)]
    for refusal in damaged:
        say(session, refusal)
    if not found and not damaged:
        st.info(session.t("models.none"), icon=":material/inbox:")
    if rows:
        st.subheader(session.t("models.compared"), anchor=False)
        st.markdown(session.t("models.compared_why"))
        if any(card.get("data", {}).get("source") == INVENTED for card in found):
            st.warning(session.t("models.invented_figures"), icon=":material/science:")
        told = table(session, rows)
        names = {name: session.t(f"models.column.{name}") for name in told.columns}
        figure = comparison(rows, session.language, look.shade())
        st.plotly_chart(
            figure, config=look.config(session.language), key="comparison", alt=session.t("models.compared")
        )
        st.dataframe(told, hide_index=True, column_config=names, height="content")
    side_by_side(session)
    if found:
        st.subheader(session.t("models.cards"), anchor=False)
    for card in found:
        shown(session, card)
