"""Counts by name as horizontal bars, most first."""

import plotly.graph_objects as go

from pages.figures import look
from pages.wording.words import number


def counted(named: dict[str, int], language: str, tone: str, longest: int = 12) -> go.Figure:
    shown = sorted(named.items(), key=lambda item: -item[1])[:longest]
    most = max((count for _, count in shown), default=1)
    bars = go.Bar(
        orientation="h",
        y=list(range(len(shown))),
        x=[count for _, count in shown],
        width=0.66,
        marker={"color": look.ACCENT[tone]},
        text=[number(count, language, 0) for _, count in shown],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    layout = look.layout(tone, 22 * len(shown) + 16, left=170, top=4) | {
        "xaxis": {"visible": False, "range": [0, most * 1.18], "fixedrange": True},
        "yaxis": {
            "range": [len(shown) - 0.5, -0.5],
            "tickvals": list(range(len(shown))),
            "ticktext": [name if len(name) <= 26 else name[:25] + "…" for name, _ in shown],
            "tickfont": {"color": look.INK[tone]},
            "fixedrange": True,
        },
        "margin": {"l": 170, "r": 12, "t": 4, "b": 4},
    }
    return go.Figure([bars], layout)
