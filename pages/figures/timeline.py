"""The lines of a stay and its biology on one time axis, the culprits tied together at the alert."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go

from core.i18n import t
from pages.figures import look
from pages.figures.biology import PANEL_PX, axis_of, band_behind, curve, kinds_of, name_beside
from pages.figures.rows import Row, in_scope, rows_of, span, spoken
from pages.figures.shown import Shown
from pages.wording.words import chance

DAY_MS = 86_400_000
TICKS = [  # days, or hours when a stay is short
    {"dtickrange": [None, DAY_MS - 1], "value": "%d/%m %Hh"},
    {"dtickrange": [DAY_MS, None], "value": "%d/%m"},
]
LABELS_PX = 268  # room on the left for drug, dose and route


def bars(rows: list[Row], end: pd.Timestamp, shown: Shown) -> go.Bar:
    """Every line as one trace: one bar with its base, hatched when it is taken only as needed."""
    placed = [(place, row.line, row.culprit) for place, row in enumerate(rows) if row.line is not None]
    hours = [(line["ended_at"] if pd.notna(line["ended_at"]) else end) - line["started_at"] for _, line, _ in placed]
    return go.Bar(
        orientation="h",
        y=[place for place, _, _ in placed],
        base=[line["started_at"] for _, line, _ in placed],
        x=[max(length.total_seconds(), 1800) * 1000 for length in hours],
        width=0.62,
        marker={
            "color": [(look.ACCENT if culprit else look.LINE)[shown.tone] for _, _, culprit in placed],
            "pattern": {
                "shape": ["/" if line["prn"] else "" for _, line, _ in placed],
                "size": 5,
                "fillmode": "overlay",
                "fgcolor": look.INK[shown.tone],
                "fgopacity": 0.55,
            },
        },
        hovertext=[spoken(line, shown.language) for _, line, _ in placed],
        hoverinfo="text",
    )


def bend(reach: pd.Timedelta, shown: Shown, share: float) -> pd.Timestamp:
    """Where an arc stands at a share of its way: out to ``reach`` right of the cursor in the middle."""
    return shown.at + reach * (4 * share * (1 - share))


def arc(ends: tuple[int, int], reach: pd.Timedelta, shown: Shown) -> go.Scatter:
    """A curve right of the cursor from one culprit row to the other."""
    steps = [i / 16 for i in range(17)]
    return go.Scatter(
        x=[bend(reach, shown, step) for step in steps],
        y=[ends[0] + (ends[1] - ends[0]) * step for step in steps],
        mode="lines",
        line={"color": look.WARNING[shown.tone], "width": 2.5},
        hoverinfo="skip",
    )


def pair_label(ends: tuple[int, int], reach: pd.Timedelta, score: float, shown: Shown) -> dict:
    """The score of a pair on its arc, nearer to the partner, so that two arcs do not share a place."""
    return {
        "x": bend(reach, shown, 0.72),
        "y": ends[0] + (ends[1] - ends[0]) * 0.72,
        "xanchor": "left",
        "xshift": 5,
        "text": f"<b>{chance(score, shown.language)}</b>",
        "showarrow": False,
        "font": {"color": look.WARNING[shown.tone], "size": 12},
        "bgcolor": look.PAGE[shown.tone],
        "borderpad": 1,
    }


def arcs(rows: list[Row], length: pd.Timedelta, shown: Shown) -> tuple[list[go.Scatter], list[dict]]:
    """An arc from the index line to each other culprit, further out for each, and the scores of the pairs."""
    place = {row.line["line_id"]: number for number, row in enumerate(rows) if row.line is not None}
    index, *partners = shown.culprits or ("",)
    if shown.at is None or index not in place:
        return [], []
    curves, labels = [], []
    for n, other in enumerate(one for one in partners if one in place):
        ends, reach = (place[index], place[other]), length * (0.07 + 0.03 * n)
        curves.append(arc(ends, reach, shown))
        if (score := shown.pair_scores.get(other)) is not None:
            labels.append(pair_label(ends, reach, score, shown))
    return curves, labels


def cursor(shown: Shown) -> tuple[list, list]:
    """The instant of the alert: a dotted line over everything, named at the top."""
    if shown.at is None:
        return [], []
    stroke = {"color": look.WARNING[shown.tone], "width": 1.5, "dash": "dot"}
    line = {"type": "line", "x0": shown.at, "x1": shown.at, "yref": "paper", "y0": 0, "y1": 1, "line": stroke}
    words = t("figures.alert_at", shown.language, at=f"{shown.at:%d/%m %H:%M}")
    place = {"x": shown.at, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    return [line], [place | {"text": words, "font": {"size": 11, "color": look.WARNING[shown.tone]}}]


def row_height(rows: int) -> int:
    """Pixels of a row: few lines breathe, eighty still fit."""
    return 19 if rows <= 34 else 16 if rows <= 60 else 14


def axes(rows: list[Row], span: tuple, bottom: float, shown: Shown) -> dict:
    """The axis of time and the axis of lines, first row at the top."""
    return {
        "xaxis": {
            "type": "date",
            "range": list(span),
            "gridcolor": look.GRID[shown.tone],
            "tickformatstops": TICKS,
            "nticks": 8,
            "anchor": "free",
            "position": 0,
        },
        "yaxis": {
            "domain": [bottom, 1],
            "range": [max(len(rows), 3) - 0.5, -0.5],
            "fixedrange": True,
            "tickvals": list(range(len(rows))),
            "ticktext": [row.label for row in rows],
            "tickfont": {"size": 11 if len(rows) <= 34 else 10, "color": look.INK[shown.tone]},
            "showgrid": False,
            "zeroline": False,
        },
    }


def timeline(stay: pd.Series, lines: pd.DataFrame, observations: pd.DataFrame, shown: Shown) -> go.Figure:
    """Lines above, biology below, one time axis."""
    shown, culprits = replace(shown, sex=stay["sex"]), list(shown.culprits)
    rows = rows_of(in_scope(lines, shown.at, culprits, shown.scope), culprits, shown.order, shown.language)
    kinds = kinds_of(observations, shown.kinds)
    low, high = span(stay, lines, observations)
    inner = max(len(rows), 3) * row_height(len(rows)) + len(kinds) * PANEL_PX
    share = PANEL_PX / inner
    layout = look.layout(shown.tone, inner + 52, left=LABELS_PX, top=24)
    layout |= axes(rows, (low, high), (len(kinds) + 0.3 * bool(kinds)) * share, shown)
    shapes, notes = cursor(shown)
    curves, labels = arcs(rows, high - low, shown)
    traces, notes = [bars(rows, high, shown), *curves], notes + labels
    for place, kind in enumerate(kinds):
        axis, top = place + 2, (len(kinds) - place) * share
        domain = [top - 0.88 * share, top - 0.06 * share]
        values = observations[observations["kind"] == kind].sort_values("observed_at")
        layout[f"yaxis{axis}"] = axis_of(domain, values["value"], kind, shown)
        shapes += band_behind(axis, values["value"], kind, shown)
        notes.append(name_beside(domain, values["value"], kind, shown))
        traces.append(curve(values, kind, axis, shown))
    return go.Figure(traces, layout | {"shapes": shapes, "annotations": notes})
