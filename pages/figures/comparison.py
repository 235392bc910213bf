"""Models side by side: average precision with its interval, the base rate and the oracle beside it."""

import plotly.graph_objects as go

from core.i18n import t
from pages.figures import look
from pages.wording.words import percent, risk, word

SCOPES = ("single", "several")
SHAPES = {"single": "", "several": "/"}


def comparison(rows: list[dict], language: str, tone: str) -> go.Figure:
    """Grouped bars by model: one line at fault, several lines at fault (hatched)."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    traces: list = [scope_bars(rows, models, scope, language, tone) for scope in SCOPES]
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


def scope_bars(rows: list[dict], models: list[str], scope: str, language: str, tone: str) -> go.Bar:
    """One scope over all models, with the interval where it was measured."""
    by_model = {row["model"]: row for row in rows if row["scope"] == scope}
    found = [by_model[model] for model in models if model in by_model]
    return go.Bar(
        name=word("scope", scope, language),
        orientation="h",
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
        text=[label(row, language) for row in found],
        textposition="inside",
        insidetextfont={"color": look.ON_ACCENT[tone] if scope == "several" else look.INK[tone], "size": 12},
        insidetextanchor="start",
        hoverinfo="skip",
    )


def label(row: dict, language: str) -> str:
    base = percent(row["base_rate"], language, 1)
    return t("figures.auprc_label", language, auprc=risk(row["auprc"], language), base=base)
