"""The pieces of the frame that app.py puts together."""

from urllib.parse import unquote

import streamlit as st

from core.i18n import LANGUAGES, t
from pages.shell.address import keep, recall
from pages.shell.remember import remember
from pages.shell.session import COOKIE, LANGUAGE_COOKIE, signed_in

PAGES = (
    ("queue", "pages/review/queue.py", "a-revoir", ":material/checklist:"),
    ("stay", "pages/review/stay.py", "sejour", ":material/view_timeline:"),
    ("register", "pages/register/register.py", "registre", ":material/history_edu:"),
    ("models", "pages/models/models.py", "modeles", ":material/network_node:"),
    ("data", "pages/data/data.py", "donnees", ":material/database:"),
    ("interactions", "pages/knowledge/interactions.py", "interactions", ":material/compare_arrows:"),
    ("guide", "pages/guide/guide.py", "guide", ":material/menu_book:"),
)
FIRST_REVIEWER = "pharmacien-a"  # the same person whichever the language the app is opened in


def language_choice() -> str:
    """French or English, one click away, kept in the address on every page and by the browser for an address without it."""
    known = st.context.cookies.get(LANGUAGE_COOKIE)
    recall("lang", LANGUAGES, known if known in LANGUAGES else LANGUAGES[0])
    with st.sidebar:
        st.segmented_control(
            "Langue · Language",
            LANGUAGES,
            required=True,
            key="lang",
            format_func={"fr": "Français", "en": "English"}.get,
            label_visibility="collapsed",
            width="stretch",
        )
    keep("lang", LANGUAGES[0])
    return st.session_state["lang"]


def navigation(language: str):  # noqa: ANN201  (streamlit's Page)
    """Every page at an address of its own; the queue opens first, at /."""
    pages = [
        st.Page(
            path,
            title=t(f"app.page.{name}", language),
            icon=icon,
            url_path=url,
            default=name == "queue",
            visibility="hidden" if name == "stay" else "visible",
        )
        for name, path, url, icon in PAGES
    ]
    return st.navigation(pages, position="top")


def identity(language: str) -> None:
    """Who reviews: the name of the account behind a sign-in, otherwise a pseudonym that the browser keeps."""
    if "reviewer" not in st.session_state:
        known = st.user.get("email") if st.user.get("is_logged_in") else st.context.cookies.get(COOKIE)
        st.session_state["reviewer"] = unquote(known) if isinstance(known, str) else FIRST_REVIEWER
    if not signed_in():
        return
    with st.sidebar:
        st.text_input(
            t("app.reviewer", language),
            key="reviewer",
            max_chars=40,
            icon=":material/badge:",
            persist_state="session",
            help=t("app.reviewer_help", language),
            disabled=bool(st.user.get("is_logged_in")),
        )
        remember(COOKIE, st.session_state["reviewer"])
        remember(LANGUAGE_COOKIE, language)
