"""Models side by side on the same stays: intervals, alerts against errors found, calibration, passes, ideas."""

import plotly.graph_objects as go
import streamlit as st

from core.detection import metrics
from core.report import champion, figures
from core.report.digest import POPULATIONS, SCOPES, WHOLE, best_first, narrowest, picked
from core.report.sections import variant
from core.report.words import t
from pages.figures import look
from pages.models.columns import figures_table
from pages.shell.session import Session
from pages.wording.words import capital

HEIGHT = 340
OF_RACE = ("model", "seeds", "auprc_interval", "auprc_sd", "base_rate", "oracle_ratio", "culprit_first", "alerts_to_rules", "ece")
OF_STAYS = ("model", "scope", "seeds", "stay_auprc", "stay_base_rate", "stay_oracle_ratio")


def draw(session: Session, name: str, figure: go.Figure, height: int = HEIGHT, of: str = "") -> None:
    """A figure of the report in the colours of the page, with its title in words above; ``of`` says whose it is."""
    tone, title = look.shade(), " · ".join(filter(None, (session.t(f"models.{name}"), of)))
    st.markdown(f"**{title}**")
    figure.update_layout(**look.layout(tone, height, left=60, top=30) | figures.beneath(figure, height)
                         | {"showlegend": len(figure.data) > 1, "dragmode": False},
                         separators=look.separators(session.language))  # fmt: skip
    figure.update_layout(margin={"b": 46})
    figure.update_xaxes(gridcolor=look.GRID[tone], zeroline=False).update_yaxes(
        gridcolor=look.GRID[tone], zeroline=False
    )
    config = look.config(session.language)
    st.plotly_chart(figure, config=config, key=f"compared:{name}:{of}", alt=title)


def chosen_so(session: Session, chosen: dict, rows: list[dict]) -> None:
    """Which model was chosen, by which criterion and why, how the rules stand, and what speaks against it."""
    st.markdown(session.t(f"report.criterion.{chosen['criterion']}"))
    st.info(champion.why(chosen, session.language), icon=":material/trophy:")
    for caution in champion.cautions(chosen, rows, session.language):
        st.warning(caution, icon=":material/warning:")
    st.markdown(champion.rules(chosen, rows, session.language))


def table(session: Session, rows: list[dict]) -> None:
    """Every model on the stays that are chosen, by scope, with its interval and its base rate; the best first."""
    there = [name for name in POPULATIONS if any(row["population"] == name for row in rows)]
    chosen = narrowest(rows)
    if len(there) > 1:
        chosen = st.segmented_control(
            session.t("models.population"), there, default=chosen, key="population",
            format_func=lambda name: session.t(f"models.populations.{name}"),
        ) or chosen  # fmt: skip
    for scope in SCOPES:
        if found := picked(rows, scope=scope, population=chosen):
            st.markdown(f"**{capital(t(f'report.scope.{scope}', session.language))}**")
            figures_table(session, sorted(found, key=best_first), OF_RACE)


def by_stay(session: Session, rows: list[dict]) -> None:
    """Whole stays: the only level at which a model of others, with one answer a stay, can stand beside ours."""
    rows = [row for row in rows if row["population"] == "test" and row.get("stay_auprc") is not None]
    if rows:
        st.markdown(f"**{session.t('models.by_stay')}**", help=session.t("models.by_stay_why"))
        figures_table(session, sorted(rows, key=lambda row: (SCOPES.index(row["scope"]), -row["stay_auprc"])), OF_STAYS)


def ablated(session: Session, rows: list[dict]) -> None:
    """Each model that was tried so, without each idea, with fewer labels, with interventions missing."""
    mine = [row for row in picked(rows, scope="several", population="test") if row["auprc"] is not None]
    for kind in sorted({row["model"] for row in mine if row["variant"] != WHOLE}):
        told = [(variant(row["variant"], session.language), row["auprc"], row["auprc_low"], row["auprc_high"])
                for row in sorted(picked(mine, model=kind), key=lambda row: -row["auprc"])]  # fmt: skip
        figure = figures.ablations(told, session.language, look.shade())
        draw(session, "ablations", figure, 90 + 36 * len(told), figures.name_of(kind, session.language))


def compared(session: Session, found: dict) -> None:
    """The whole comparison; several-line errors first."""
    language, tone, whole = session.language, look.shade(), picked(found["rows"], variant=WHOLE)
    chosen_so(session, found["chosen"], found["rows"])
    by_scope = dict(zip(SCOPES, st.columns(2, gap="large"), strict=True))
    for scope, column in by_scope.items():
        with column:
            population = narrowest(whole)
            name = f"intervals_{scope}" if population == "test" else f"intervals_{scope}_{population}"
            rows = picked(whole, scope=scope, population=population)
            draw(session, name, figures.intervals(rows, language, tone, found["chosen"]["champion"]))
            draw(session, f"found_{scope}", figures.found_by_alerts(found["curve"][scope], language, tone))
            draw(session, f"reliability_{scope}", figures.reliability(found["reliability"][scope], language, tone))
            st.caption(t("report.calibration.bins", language, least=metrics.LEAST))
    left, right = st.columns(2, gap="large")
    with left:
        draw(session, "learning", figures.learning(found["learning"], language, tone))
    with right:
        ablated(session, found["rows"])
    table(session, whole)
    by_stay(session, [*whole, *found.get("outside", [])])
