"""Plots of the report and of the page of models, in the colours of a light or a dark background."""

import textwrap

import plotly.graph_objects as go
import plotly.io

from core.detection import metrics
from core.report.palette import BAR, COLOURS, DASHES, GRID, GUIDE, INK, SYMBOLS
from core.report.words import number, t

LABEL = 22  # letters of a label of a bar on one line; a longer one has two, and stays whole on a narrow screen
MARK, CHAMPION, CAP = 9, 13, 9  # width of marks, half the height of the caps of intervals
ENTRY = 20  # height of an entry of the legend, which stands below


def name_of(model: str, language: str) -> str:
    return t(f"report.model.{model}.name", language)


def bold(words: str, really: bool) -> str:
    return f"<b>{words}</b>" if really else words


def drawn(figure: go.Figure, language: str, height: int = 380) -> str:
    """The fragment of a figure; the page carries plotly itself, once."""
    grid = {"gridcolor": GRID["light"], "zeroline": False}
    figure.update_layout(
        template="none",
        margin={"l": 70, "r": 20, "t": 30, "b": 55 + ENTRY * (len(figure.data) > 1)},
        font={"color": INK["light"], "size": 13},
        separators=", " if language == "fr" else ".,",
        **beneath(figure, height),
    )
    figure.update_xaxes(**grid).update_yaxes(**grid)
    config = {"displaylogo": False, "responsive": True, "displayModeBar": False}
    return plotly.io.to_html(figure, full_html=False, include_plotlyjs=False, config=config)


def beneath(figure: go.Figure, height: int) -> dict:
    """The legend below the plot, and a height that leaves it room on the narrowest screen: one entry a line."""
    entries = len(figure.data) if len(figure.data) > 1 else 0
    legend = {"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "x": 0, "xref": "container"}
    return {"height": height + ENTRY * entries, "legend": legend}


def error_bars(rows: list[tuple[float, float, float]], tone: str) -> dict:
    """From (value, low, high); plotly cannot take the colour of marks that have one each, so it is said."""
    return {
        "array": [high - value for value, _, high in rows],
        "arrayminus": [value - low for value, low, _ in rows],
        "thickness": 1.5,
        "color": INK[tone],
    }


def intervals(rows: list[dict], language: str, tone: str = "light", champion: str = "") -> go.Figure:
    """Average precision of each model with its interval, and the oracle's; the caps of a narrow one stand out of its mark.

    The champion's mark is the largest and its name in bold. Models that could not be measured, for want of an error, have no mark.
    """
    rows = sorted((row for row in rows if row["auprc"] is not None), key=lambda row: row["auprc"])
    most = max(
        (row[name] for row in rows for name in ("auprc_high", "oracle_auprc") if row.get(name) is not None), default=1.0
    )
    points = go.Scatter(
        x=[row["auprc"] for row in rows],
        y=[bold(name_of(row["model"], language), row["model"] == champion) for row in rows],
        mode="markers",
        marker={
            "size": [CHAMPION if row["model"] == champion else MARK for row in rows],
            "line": {"width": 1, "color": INK[tone]},
            "opacity": 1,
            "color": [COLOURS[tone][row["model"]] for row in rows],
            "symbol": [SYMBOLS[row["model"]] for row in rows],
        },
        error_x=error_bars([(row["auprc"], row["auprc_low"], row["auprc_high"]) for row in rows], tone) | {"width": CAP},
        showlegend=False,
    )
    figure = go.Figure(points)
    for key, dash in (("base_rate", "dot"), ("oracle_auprc", "dash")):
        if rows and rows[0].get(key) is not None:
            figure.add_vline(
                rows[0][key],
                line={"dash": dash, "color": GUIDE[tone]},
                annotation_text=t(f"report.figure.{key}", language),
                annotation_position="top",
            )
    return figure.update_xaxes(title=t("report.figure.auprc", language), range=[0, min(1.0, 1.1 * most)]).update_yaxes(
        automargin=True
    )


def lines(
    named: dict[str, list], x: int, y: int, titles: tuple[str, str], language: str, tone: str, hover: str = ""
) -> go.Figure:
    """One line a model through points; ``x`` and ``y`` are positions in each point, ``hover`` says what is third."""
    figure = go.Figure(
        [
            go.Scatter(
                x=[p[x] for p in points],
                y=[p[y] for p in points],
                name=name_of(model, language),
                mode="lines+markers",
                marker={"symbol": SYMBOLS[model], "size": 6},
                line={"color": COLOURS[tone][model], "dash": DASHES[model]},
                customdata=[p[-1] for p in points] if hover else None,
                hovertemplate=hover or None,
            )
            for model, points in named.items()
        ]
    )
    return figure.update_xaxes(title=titles[0]).update_yaxes(title=titles[1])


def found_by_alerts(named: dict[str, list], language: str, tone: str = "light") -> go.Figure:
    """Share of errors found against alerts per 100 lines."""
    titles = (t("report.figure.alerts", language), t("report.figure.recall", language))
    kept = {model: [p for p in points if p[0] <= 30] for model, points in named.items()}
    return lines(kept, 0, 2, titles, language, tone).update_yaxes(range=[0, 1.02])


def reliability(named: dict[str, list], language: str, tone: str = "light") -> go.Figure:
    """Share of errors among lines of a chance, with its interval: the diagonal is perfect; scarce bins are joined."""
    titles = (t("report.figure.chance", language), t("report.figure.share", language))
    bins = {model: metrics.gathered(found) for model, found in named.items()}
    points = {model: [(p["chance"], p["share"], number(p["lines"], language, 0)) for p in found] for model, found in bins.items()}
    figure = lines(points, 0, 1, titles, language, tone, t("report.figure.point", language))
    for trace, found in zip(figure.data, bins.values(), strict=True):
        rows = [(p["share"], p["low"], p["high"]) for p in found]
        trace.error_y = error_bars(rows, tone) | {"thickness": 1, "width": 0, "color": trace.line.color}
    return figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"dash": "dot", "color": GUIDE[tone]})


def learning(named: dict[str, list], language: str, tone: str = "light") -> go.Figure:
    """Mean of the average precisions of both scopes on validation after each pass (core.detection.training.watch)."""
    titles = (t("report.figure.epoch", language), t("report.figure.validation", language))
    passes = max((len(points) for points in named.values()), default=1)
    figure = lines(named, 0, 1, titles, language, tone).update_yaxes(rangemode="tozero")
    return figure.update_xaxes(tick0=0, dtick=1 + passes // 10)


def ablations(rows: list[tuple[str, float, float, float]], language: str, tone: str = "light") -> go.Figure:
    """Average precision without each idea, with its interval."""
    figure = go.Figure(
        go.Bar(
            x=[row[1] for row in rows],
            y=[textwrap.fill(row[0], LABEL).replace("\n", "<br>") for row in rows],
            orientation="h",
            marker={"color": BAR[tone]},
            error_x=error_bars([row[1:] for row in rows], tone),
        )
    )
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure.update_xaxes(title=t("report.figure.auprc", language))
