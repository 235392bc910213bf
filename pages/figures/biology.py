"""The biology of a stay as small curves under the lines, each with its usual band behind it."""

import pandas as pd
import plotly.graph_objects as go

from core.knowledge.bands import Band, band
from core.schema import OBSERVATIONS
from pages.figures import look
from pages.figures.shown import Shown
from pages.wording.words import number, word

PANEL_PX = 46  # height of one curve
SHOWN_FIRST = ("inr", "potassium", "egfr", "qtc", "sodium", "glucose", "creatinine", "temperature")


def kinds_of(observations: pd.DataFrame, wanted: tuple[str, ...]) -> list[str]:
    """The curves to draw: those wanted, or the first four measured at least twice or alone."""
    there = set(observations["kind"])
    return [kind for kind in (wanted or SHOWN_FIRST) if kind in there][: 9 if wanted else 4]


def said(kind: str, value: float, shown: Shown) -> str:
    """``Kaliémie 5,6 mmol/L``, the name in bold."""
    unit = word("unit", OBSERVATIONS[kind], shown.language)
    unit = "" if unit == "–" else unit
    return f"<b>{word('observation', kind, shown.language)}</b> {number(value, shown.language)} {unit}".rstrip()


def curve(values: pd.DataFrame, kind: str, axis: int, shown: Shown) -> go.Scatter:
    """One measurement over time; a value outside its band is a diamond, not only another colour."""
    normal = band(kind, shown.sex)
    inside = [normal is None or normal.holds(value) for value in values["value"]]
    return go.Scatter(
        x=values["observed_at"],
        y=values["value"],
        yaxis=f"y{axis}",
        mode="lines+markers",
        line={"color": look.MUTED[shown.tone], "width": 1.5},
        marker={
            "symbol": ["circle" if ok else "diamond" for ok in inside],
            "size": [5 if ok else 9 for ok in inside],
            "color": [(look.MUTED if ok else look.WARNING)[shown.tone] for ok in inside],
        },
        hovertext=[
            f"{said(kind, value, shown)}<br>{when:%d/%m %H:%M}"
            for value, when in zip(values["value"], values["observed_at"], strict=True)
        ],
        hoverinfo="text",
    )


def limits(values: pd.Series, normal: Band | None) -> tuple[float, float, list[float]]:
    """The range of a panel, with air, and the ticks: the edges of the band, else the extremes."""
    edges = [bound for bound in ((normal.low, normal.high) if normal else ()) if bound is not None]
    low, high = min([values.min(), *edges]), max([values.max(), *edges])
    air = (high - low) * 0.18 or abs(high) * 0.1 or 1
    return low - air, high + air, edges or sorted({values.min(), values.max()})


def axis_of(domain: list[float], values: pd.Series, kind: str, shown: Shown) -> dict:
    low, high, ticks = limits(values, band(kind, shown.sex))
    return {
        "domain": domain,
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [number(tick, shown.language, 1) for tick in ticks],
        "tickfont": {"size": 10, "color": look.MUTED[shown.tone]},
        "showgrid": False,
        "zeroline": False,
        "side": "right",
        "fixedrange": True,
        "anchor": "x",
    }


def band_behind(axis: int, values: pd.Series, kind: str, shown: Shown) -> list[dict]:
    """The usual band as a pale rectangle, open on the side where no source gives a bound."""
    normal = band(kind, shown.sex)
    if normal is None:
        return []
    low, high, _ = limits(values, normal)
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "yref": f"y{axis}",
            "y0": low if normal.low is None else normal.low,
            "y1": high if normal.high is None else normal.high,
            "fillcolor": look.BAND[shown.tone],
            "line": {"width": 0},
        }
    ]


def name_beside(domain: list[float], values: pd.Series, kind: str, shown: Shown) -> dict:
    """The measurement and its last value, left of its curve."""
    return {
        "xref": "paper",
        "x": -0.008,
        "xanchor": "right",
        "yref": "paper",
        "y": sum(domain) / 2,
        "yanchor": "middle",
        "text": said(kind, values.iloc[-1], shown),
        "showarrow": False,
        "font": {"size": 11, "color": look.INK[shown.tone]},
    }
