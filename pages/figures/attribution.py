"""Signed shares in a score as horizontal bars: right raises the risk, left lowers it."""

import plotly.graph_objects as go

from pages.figures import look
from pages.wording.words import number

ROW_PX = 20


def attribution(named: list[tuple[str, float]], language: str, tone: str, longest: int = 8) -> go.Figure:
    """The ``longest`` strongest shares, strongest at the top, each with its signed value beside it."""
    shown = sorted(named, key=lambda item: -abs(item[1]))[:longest]
    reach = max((abs(value) for _, value in shown), default=1.0) or 1.0
    bars = go.Bar(
        orientation="h",
        y=list(range(len(shown))),
        x=[value for _, value in shown],
        width=0.6,
        marker={"color": [(look.ACCENT if value > 0 else look.LINE)[tone] for _, value in shown]},
        text=[("+" if value > 0 else "−") + number(abs(value), language) for _, value in shown],
        textposition="outside",
        textfont={"size": 11, "color": look.INK[tone]},
        cliponaxis=False,
        hoverinfo="skip",
    )
    layout = look.layout(tone, len(shown) * ROW_PX + 16, left=150, top=4) | {
        "xaxis": {"range": [-reach * 1.35, reach * 1.35], "visible": False, "fixedrange": True},
        "yaxis": {
            "range": [len(shown) - 0.5, -0.5],
            "tickvals": list(range(len(shown))),
            "ticktext": [name for name, _ in shown],
            "tickfont": {"size": 11, "color": look.INK[tone]},
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
        "shapes": [
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": look.MUTED[tone], "width": 1},
            }
        ],
    }
    return go.Figure([bars], layout | {"margin": {"l": 150, "r": 12, "t": 4, "b": 4}})
