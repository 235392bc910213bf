"""Plots of the report, each an HTML fragment."""

import plotly.graph_objects as go
import plotly.io

from core.i18n import t

COLOURS = {
    "gru": "#0b6473",
    "lstm": "#2f9aa8",
    "transformer": "#7a5fa8",
    "plain_gru": "#b3461f",
    "plain_lstm": "#d98a63",
    "forest": "#9aa5a9",
    "forest_context": "#5a6b71",
    "boosting_context": "#7d8a1d",
    "rules": "#1b2a2f",
}
DASHES = {
    "gru": "solid",
    "lstm": "dash",
    "transformer": "dot",
    "plain_gru": "dashdot",
    "plain_lstm": "longdash",
    "forest": "longdashdot",
    "forest_context": "solid",
    "boosting_context": "dash",
    "rules": "dot",
}
SYMBOLS = {
    "gru": "circle",
    "lstm": "square",
    "transformer": "diamond",
    "plain_gru": "cross",
    "plain_lstm": "x",
    "forest": "triangle-up",
    "forest_context": "triangle-down",
    "boosting_context": "star",
    "rules": "hexagon",
}


def name_of(model: str, language: str) -> str:
    return t(f"report.model.{model}.name", language)


def drawn(figure: go.Figure, language: str, height: int = 380) -> str:
    """The fragment of a figure; the page carries plotly itself, once."""
    grid = {"gridcolor": "#e3eaec", "zeroline": False}
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 70, "r": 20, "t": 30, "b": 55},
        font={"color": "#1b2a2f", "size": 13},
        separators=", " if language == "fr" else ".,",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(**grid).update_yaxes(**grid)
    config = {"displaylogo": False, "responsive": True, "displayModeBar": False}
    return plotly.io.to_html(figure, full_html=False, include_plotlyjs=False, config=config)


def intervals(rows: list[dict], language: str) -> go.Figure:
    """Average precision of each model with its interval, and the oracle's; marks small enough that narrow ones stand out."""
    rows = sorted(rows, key=lambda row: row["auprc"] or 0)
    most = max(value for row in rows for value in (row["auprc_high"], row.get("oracle_auprc")) if value is not None)
    points = go.Scatter(
        x=[row["auprc"] for row in rows],
        y=[name_of(row["model"], language) for row in rows],
        mode="markers",
        marker={
            "size": 7,
            "color": [COLOURS[row["model"]] for row in rows],
            "symbol": [SYMBOLS[row["model"]] for row in rows],
        },
        error_x={
            "array": [row["auprc_high"] - row["auprc"] for row in rows],
            "arrayminus": [row["auprc"] - row["auprc_low"] for row in rows],
            "thickness": 1.5,
            "width": 7,
        },
        showlegend=False,
    )
    figure = go.Figure(points)
    for key, dash in (("base_rate", "dot"), ("oracle_auprc", "dash")):
        if rows[0].get(key) is not None:
            figure.add_vline(
                rows[0][key],
                line={"dash": dash, "color": "#5a6b71"},
                annotation_text=t(f"report.figure.{key}", language),
                annotation_position="top",
            )
    return figure.update_xaxes(title=t("report.figure.auprc", language), range=[0, min(1.0, 1.1 * most)]).update_yaxes(
        automargin=True
    )


def lines(named: dict[str, list], x: int, y: int, titles: tuple[str, str], language: str) -> go.Figure:
    """One line a model through points; ``x`` and ``y`` are positions in each point."""
    figure = go.Figure(
        [
            go.Scatter(
                x=[p[x] for p in points],
                y=[p[y] for p in points],
                name=name_of(model, language),
                mode="lines+markers",
                marker={"symbol": SYMBOLS[model], "size": 6},
                line={"color": COLOURS[model], "dash": DASHES[model]},
            )
            for model, points in named.items()
        ]
    )
    return figure.update_xaxes(title=titles[0]).update_yaxes(title=titles[1])


def found_by_alerts(named: dict[str, list], language: str) -> go.Figure:
    """Share of errors found against alerts per 100 lines."""
    titles = (t("report.figure.alerts", language), t("report.figure.recall", language))
    kept = {model: [p for p in points if p[0] <= 30] for model, points in named.items()}
    return lines(kept, 0, 2, titles, language).update_yaxes(range=[0, 1.02])


def reliability(named: dict[str, list], language: str) -> go.Figure:
    """Share of errors among lines of a chance: the diagonal is perfect."""
    titles = (t("report.figure.chance", language), t("report.figure.share", language))
    points = {model: [(point["chance"], point["share"]) for point in found] for model, found in named.items()}
    figure = lines(points, 0, 1, titles, language)
    return figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"dash": "dot", "color": "#5a6b71"})


def learning(named: dict[str, list], language: str) -> go.Figure:
    """Average precision on validation after each pass."""
    return lines(named, 0, 1, (t("report.figure.epoch", language), t("report.figure.validation", language)), language)


def ablations(rows: list[tuple[str, float, float, float]], language: str) -> go.Figure:
    """Average precision without each idea, with its interval."""
    figure = go.Figure(
        go.Bar(
            x=[row[1] for row in rows],
            y=[row[0] for row in rows],
            orientation="h",
            marker={"color": "#a9bac0"},
            error_x={
                "array": [row[3] - row[1] for row in rows],
                "arrayminus": [row[1] - row[2] for row in rows],
                "thickness": 1.5,
            },
        )
    )
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure.update_xaxes(title=t("report.figure.auprc", language))
