"""What every page knows before it lays out anything; ``guard`` stands on the first line of each."""

import os
from dataclasses import dataclass

import streamlit as st

from core.i18n import LANGUAGES, t
from core.settings import Workspace, default_workspace

COOKIE, LANGUAGE_COOKIE = "pharmiage_reviewer", "pharmiage_language"


@dataclass(frozen=True)
class Session:
    """Where, in which language and by whom a page is read; without a reviewer it is read only."""

    workspace: Workspace
    language: str
    reviewer: str

    def t(self, key: str, **values: object) -> str:
        return t(key, self.language, **values)

    def link(self, **parameters: str) -> dict[str, str]:
        """Parameters of an address within the app, with the language when it is not the first."""
        return parameters | ({"lang": self.language} if self.language != LANGUAGES[0] else {})


def language() -> str:
    """The language chosen, from the address on a fresh session, French otherwise."""
    wanted = st.session_state.get("lang") or st.query_params.get("lang")
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def signed_in() -> bool:
    """True where no identity provider is asked for, or when the person came through it."""
    return os.environ.get("PHARMIAGE_SIGN_IN") != "oidc" or bool(st.user.get("is_logged_in"))


def guard() -> Session:
    """The session of this page; stops the script before anything shows when nobody has signed in."""
    if not signed_in():
        st.title(t("app.sign_in_title", language()))
        st.button(t("app.sign_in", language()), icon=":material/login:", on_click=st.login)
        st.stop()
    return Session(default_workspace(), language(), st.session_state.get("reviewer", "").strip())
