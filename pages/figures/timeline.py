"""The lines of a stay and its biology on one time axis, the culprits tied together at the alert."""

from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from core.i18n import t
from core.knowledge.bands import band
from core.schema import OBSERVATIONS
from pages.figures import look
from pages.figures.rows import Row, in_scope, rows_of, span, spoken
from pages.wording.words import number, risk, word

PANEL_PX = 54  # one curve of biology
SHOWN_FIRST = ("inr", "potassium", "egfr", "qtc", "sodium", "glucose", "creatinine", "temperature")


@dataclass(frozen=True)
class Shown:
    """What the person has asked to see on the timeline."""

    at: pd.Timestamp | None = None
    culprits: tuple[str, ...] = ()  # the index line first
    pair_scores: dict[str, float] = field(default_factory=dict)  # by partner line
    order: str = "class"
    scope: str = "active"
    kinds: tuple[str, ...] = ()  # observations, the first four that exist when empty
    language: str = "fr"
    tone: str = "light"


def kinds_of(observations: pd.DataFrame, wanted: tuple[str, ...]) -> list[str]:
    """The curves to draw: those wanted, or the first four measured at least twice or alone."""
    there = set(observations["kind"])
    return [kind for kind in (wanted or SHOWN_FIRST) if kind in there][: 9 if wanted else 4]


def bars(rows: list[Row], end: pd.Timestamp, shown: Shown) -> go.Bar:
    """Every line as one trace: one bar with its base, hatched when it is taken only as needed."""
    placed = [(i, row) for i, row in enumerate(rows) if row.line is not None]
    stops = [row.line["ended_at"] if pd.notna(row.line["ended_at"]) else end for _, row in placed]
    return go.Bar(
        orientation="h",
        y=[i for i, _ in placed],
        base=[row.line["started_at"] for _, row in placed],
        x=[max((stop - row.line["started_at"]).total_seconds(), 1800) * 1000 for stop, (_, row) in zip(stops, placed)],
        width=0.62,
        marker={
            "color": [(look.ACCENT if row.culprit else look.LINE)[shown.tone] for _, row in placed],
            "pattern": {"shape": ["/" if row.line["prn"] else "" for _, row in placed], "size": 5,
                        "fillmode": "overlay", "fgcolor": look.INK[shown.tone], "fgopacity": 0.55},
        },
        hovertext=[spoken(row.line, end, shown.language) for _, row in placed],
        hoverinfo="text",
    )  # fmt: skip


def arc(
    first: int, second: int, at: pd.Timestamp, reach: pd.Timedelta, score: float | None, shown: Shown
) -> go.Scatter:
    """A curve to the right of the cursor from one culprit row to the other, with the score of the pair."""
    steps = [i / 16 for i in range(17)]
    x = [at + reach * (4 * s * (1 - s)) for s in steps]
    y = [first + (second - first) * s for s in steps]
    text = [""] * 17
    text[8] = f" <b>{risk(score, shown.language)}</b>" if score is not None else ""
    return go.Scatter(
        x=x, y=y, mode="lines+text", text=text, textposition="middle right", hoverinfo="skip",
        line={"color": look.ACCENT[shown.tone], "width": 2.5}, textfont={"color": look.ACCENT[shown.tone], "size": 13},
    )  # fmt: skip


def arcs(rows: list[Row], low: pd.Timestamp, high: pd.Timestamp, shown: Shown) -> list[go.Scatter]:
    place = {row.line["line_id"]: i for i, row in enumerate(rows) if row.line is not None}
    index, *partners = shown.culprits or ("",)
    if shown.at is None or index not in place:
        return []
    reach = (high - low) * 0.07
    return [
        arc(place[index], place[other], shown.at, reach * (1 + 0.4 * n), shown.pair_scores.get(other), shown)
        for n, other in enumerate(partners) if other in place
    ]  # fmt: skip


def curve(observations: pd.DataFrame, kind: str, axis: int, sex: str, shown: Shown) -> go.Scatter:
    """One measurement over time; a value outside its band is a diamond, not only another colour."""
    values = observations[observations["kind"] == kind].sort_values("observed_at")
    normal = band(kind, sex)
    inside = [normal is None or normal.holds(value) for value in values["value"]]
    unit = word("unit", OBSERVATIONS[kind], shown.language)
    return go.Scatter(
        x=values["observed_at"], y=values["value"], yaxis=f"y{axis}", mode="lines+markers",
        line={"color": look.MUTED[shown.tone], "width": 1.5},
        marker={
            "symbol": ["circle" if ok else "diamond" for ok in inside], "size": [5 if ok else 9 for ok in inside],
            "color": [(look.MUTED if ok else look.WARNING)[shown.tone] for ok in inside],
        },
        hovertext=[
            f"{word('observation', kind, shown.language)} {number(value, shown.language)} {unit}<br>{when:%d/%m %H:%M}"
            for value, when in zip(values["value"], values["observed_at"])
        ],
        hoverinfo="text",
    )  # fmt: skip


def panel(
    kind: str, axis: int, domain: list[float], values: pd.Series, sex: str, shown: Shown
) -> tuple[dict, list, dict]:
    """The axis of one curve, its band and its name with the last value."""
    normal = band(kind, sex)
    low, high = values.min(), values.max()
    edges = [bound for bound in ((normal.low, normal.high) if normal else ()) if bound is not None]
    low, high = min([low, *edges]), max([high, *edges])
    air = (high - low) * 0.18 or abs(high) * 0.1 or 1
    axes = {
        "domain": domain, "range": [low - air, high + air], "tickvals": edges or [low, high], "showgrid": False, "zeroline": False,
        "ticktext": [number(v, shown.language, 1) for v in edges or [low, high]], "tickfont": {"size": 10, "color": look.MUTED[shown.tone]},
        "side": "right", "fixedrange": True, "anchor": "x",
    }  # fmt: skip
    shape = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": f"y{axis}", "layer": "below", "line": {"width": 0},
        "y0": normal.low if normal and normal.low is not None else low - air,
        "y1": normal.high if normal and normal.high is not None else high + air, "fillcolor": look.BAND[shown.tone],
    }  # fmt: skip
    unit = word("unit", OBSERVATIONS[kind], shown.language)
    note = {
        "xref": "paper", "x": -0.008, "xanchor": "right", "yref": "paper", "y": sum(domain) / 2, "yanchor": "middle", "align": "right",
        "text": f"<b>{word('observation', kind, shown.language)}</b> {number(values.iloc[-1], shown.language)} {unit}",
        "showarrow": False, "font": {"size": 11},
    }  # fmt: skip
    return axes, [shape] if normal else [], note


def cursor(top: float, shown: Shown) -> tuple[list, list]:
    """The instant of the alert: a dotted line over everything, named at the top."""
    if shown.at is None:
        return [], []
    line = {"type": "line", "x0": shown.at, "x1": shown.at, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": look.WARNING[shown.tone], "width": 1.5, "dash": "dot"}}  # fmt: skip
    words = t("figures.alert_at", shown.language, at=f"{shown.at:%d/%m %H:%M}")
    note = {"x": shown.at, "yref": "paper", "y": top, "yanchor": "bottom", "text": words, "showarrow": False,
            "font": {"size": 11, "color": look.WARNING[shown.tone]}}  # fmt: skip
    return [line], [note]


def timeline(stay: pd.Series, lines: pd.DataFrame, observations: pd.DataFrame, shown: Shown) -> go.Figure:
    """Lines above, biology below, one time axis; rows shrink from 21 to 14 pixels as they grow in number."""
    rows = rows_of(
        in_scope(lines, shown.at, list(shown.culprits), shown.scope), list(shown.culprits), shown.order, shown.language
    )
    kinds = kinds_of(observations, shown.kinds)
    low, high = span(stay, lines, observations)
    row_px = 21 if len(rows) <= 34 else 16 if len(rows) <= 60 else 14
    inner = max(len(rows), 3) * row_px + len(kinds) * PANEL_PX
    share = PANEL_PX / inner
    bottom = len(kinds) * share
    figure_layout = look.layout(shown.tone, inner + 52, left=268, top=24)
    shapes, notes = cursor(1, shown)
    layout: dict = {
        "xaxis": {"type": "date", "range": [low, high], "gridcolor": look.GRID[shown.tone], "tickformat": "%d/%m", "anchor": "free", "position": 0},
        "yaxis": {
            "domain": [bottom + (0.3 * share if kinds else 0), 1], "range": [max(len(rows), 3) - 0.5, -0.5], "fixedrange": True,
            "tickvals": list(range(len(rows))), "ticktext": [row.label for row in rows], "showgrid": False, "zeroline": False,
            "tickfont": {"size": 11 if row_px > 16 else 10, "color": look.INK[shown.tone]}, "ticklabelstandoff": 4,
        },
    }  # fmt: skip
    traces: list = [bars(rows, high, shown), *arcs(rows, low, high, shown)]
    for n, kind in enumerate(kinds):
        domain = [bottom - (n + 0.88) * share, bottom - (n + 0.06) * share]
        values = observations[observations["kind"] == kind].sort_values("observed_at")["value"]
        layout[f"yaxis{n + 2}"], bands, note = panel(kind, n + 2, domain, values, stay["sex"], shown)
        shapes, notes = shapes + bands, [*notes, note]
        traces.append(curve(observations, kind, n + 2, stay["sex"], shown))
    return go.Figure(
        traces,
        figure_layout
        | layout
        | {"shapes": shapes, "annotations": notes, "separators": look.separators(shown.language)},
    )
