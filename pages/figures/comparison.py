"""Models side by side: average precision with its interval, the base rate and the oracle beside it."""

import plotly.graph_objects as go

from core.i18n import t
from pages.figures import look
from pages.wording.words import percent, risk, word

SCOPES = ("single", "several")
SHAPES = {"single": "", "several": "/"}
SHORT = 0.4  # a bar below has no room for its figures, which then stand beside its interval


def comparison(rows: list[dict], language: str, tone: str) -> go.Figure:
    """Grouped bars by model: one line at fault, several lines at fault (hatched)."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    drawn = {scope: of_scope(rows, models, scope) for scope in SCOPES}
    traces: list = [scope_bars(drawn[scope], scope, language, tone) for scope in SCOPES]
    traces += [figures_beside(drawn[scope], scope, language, tone) for scope in SCOPES]
    layout = look.layout(tone, 90 + 74 * len(models), left=150) | {
        "barmode": "group",
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "xaxis": {
            "range": [0, 1.02],
            "gridcolor": look.GRID[tone],
            "title": {"text": t("figures.auprc", language)},
            "fixedrange": True,
        },
        "yaxis": {"autorange": "reversed", "fixedrange": True, "automargin": True, "tickfont": {"color": look.INK[tone], "size": 13}},
        "separators": look.separators(language),
    }
    return go.Figure(traces, layout | {"margin": {"l": 150, "r": 20, "t": 40, "b": 44}})


def of_scope(rows: list[dict], models: list[str], scope: str) -> list[dict]:
    by_model = {row["model"]: row for row in rows if row["scope"] == scope}
    return [by_model[model] for model in models if model in by_model]


def scope_bars(found: list[dict], scope: str, language: str, tone: str) -> go.Bar:
    """One scope over all models, with the interval where it was measured."""
    return go.Bar(
        name=word("scope", scope, language),
        orientation="h",
        offsetgroup=scope,
        y=[row["model"] for row in found],
        x=[row["auprc"] for row in found],
        marker={
            "color": look.ACCENT[tone] if scope == "several" else look.LINE[tone],
            "pattern": {
                "shape": SHAPES[scope],
                "size": 6,
                "fillmode": "overlay",
                "fgcolor": look.PAGE[tone],
                "fgopacity": 0.35,
            },
        },
        error_x={
            "array": [row.get("auprc_high", row["auprc"]) - row["auprc"] for row in found],
            "arrayminus": [row["auprc"] - row.get("auprc_low", row["auprc"]) for row in found],
            "color": look.INK[tone],
            "thickness": 1,
        },
        text=["" if row["auprc"] < SHORT else label(row, language) for row in found],
        textposition="inside",
        insidetextfont={"color": look.ON_ACCENT[tone] if scope == "several" else look.INK[tone], "size": 12},
        insidetextanchor="start",
        hoverinfo="skip",
    )


def figures_beside(found: list[dict], scope: str, language: str, tone: str) -> go.Bar:
    """What is written of the short bars, where their intervals end."""
    short = [row for row in found if row["auprc"] < SHORT]
    return go.Bar(
        orientation="h",
        offsetgroup=scope,
        y=[row["model"] for row in short],
        x=[0] * len(short),
        base=[row.get("auprc_high", row["auprc"]) + 0.01 for row in short],
        text=[label(row, language) for row in short],
        textposition="outside",
        textfont={"color": look.INK[tone], "size": 12},
        hoverinfo="skip",
        showlegend=False,
    )


def label(row: dict, language: str) -> str:
    base = percent(row["base_rate"], language, 1)
    return t("figures.auprc_label", language, auprc=risk(row["auprc"], language), base=base)
