"""What every figure shares: colours that hold on light and dark, French axes, quiet margins."""

import streamlit as st

INK = {"light": "#0d171a", "dark": "#e7eff1"}
PAGE = {"light": "rgba(255,255,255,0.85)", "dark": "rgba(17,25,28,0.85)"}  # behind words on a figure
ON_ACCENT = {"light": "#ffffff", "dark": "#11191c"}
MUTED = {"light": "#5a6b71", "dark": "#9fb1b7"}
GRID = {"light": "#e3eaec", "dark": "#2a383c"}
LINE = {"light": "#a9bac0", "dark": "#566a71"}
ACCENT = {"light": "#0b6473", "dark": "#6fc3cf"}
WARNING = {"light": "#b3461f", "dark": "#f0a07c"}
BAND = {"light": "rgba(11,100,115,0.10)", "dark": "rgba(111,195,207,0.14)"}
SERIES = {
    "light": ("#0b6473", "#b3461f", "#7a5fa8", "#7d8a1d", "#5a6b71"),
    "dark": ("#6fc3cf", "#f0a07c", "#bda6e6", "#c9d46b", "#9fb1b7"),
}

FRENCH = {
    "moduleType": "locale",
    "name": "fr",
    "dictionary": {
        "Autoscale": "Échelle automatique",
        "Download plot as a PNG": "Télécharger en PNG",
        "Pan": "Translation",
        "Reset axes": "Réinitialiser les axes",
        "Zoom": "Zoom",
        "Zoom in": "Agrandir",
        "Zoom out": "Réduire",
    },
    "format": {
        "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
        "months": [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        "shortMonths": [
            "janv.",
            "févr.",
            "mars",
            "avr.",
            "mai",
            "juin",
            "juil.",
            "août",
            "sept.",
            "oct.",
            "nov.",
            "déc.",
        ],
        "date": "%d/%m/%Y",
        "decimal": ",",
        "thousands": "\u202f",
        "grouping": [3],
    },
}


def shade() -> str:
    """``light`` or ``dark``, as the browser of this session shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def config(language: str, bar: bool = False) -> dict:
    """Options of plotly: its words and dates in the language, no logo, the bar of tools only when useful."""
    options = {"displaylogo": False, "displayModeBar": "hover" if bar else False, "scrollZoom": False}
    return options | ({"locale": "fr", "locales": {"fr": FRENCH}} if language == "fr" else {})


def layout(tone: str, height: int, left: int = 10, top: int = 8) -> dict:
    """Margins, fonts and separators that every figure starts from."""
    return {
        "height": height,
        "margin": {"l": left, "r": 12, "t": top, "b": 28},
        "font": {"size": 12, "color": INK[tone]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hoverlabel": {"align": "left"},
        "dragmode": "pan",
    }


def separators(language: str) -> str:
    """Decimal then thousands sign, as plotly's layout takes them."""
    return ",\u202f" if language == "fr" else ".,"
