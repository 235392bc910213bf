"""Colours, marks and dashes of the plots; each mark stands out from its background by three to one at least."""

TONES = ("light", "dark")
INK = {"light": "#1b2a2f", "dark": "#e7eff1"}  # words, error bars
GUIDE = {"light": "#5a6b71", "dark": "#9fb1b7"}  # base rate, oracle, diagonal
GRID = {"light": "#e3eaec", "dark": "#2a383c"}
BAR = {"light": "#7c9099", "dark": "#6b8088"}
COLOURS = {
    "light": {
        "gru": "#0b6473",
        "lstm": "#2f96a3",
        "transformer": "#7a5fa8",
        "plain_gru": "#b3461f",
        "plain_lstm": "#c9734a",
        "forest": "#7f8c91",
        "forest_context": "#5a6b71",
        "boosting_context": "#7d8a1d",
        "rules": "#1b2a2f",
    },
    "dark": {
        "gru": "#6fc3cf",
        "lstm": "#3f9fac",
        "transformer": "#bda6e6",
        "plain_gru": "#f0a07c",
        "plain_lstm": "#d07b52",
        "forest": "#8b9a9f",
        "forest_context": "#b9c7cc",
        "boosting_context": "#c9d46b",
        "rules": "#e7eff1",
    },
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
