"""What the workspace holds, described once for each state of its parts."""

import streamlit as st

from core.data.describe import describe
from core.data.quality import Issue, quality
from core.data.store import parts
from core.settings import Workspace


@st.cache_data(max_entries=4, show_spinner=False)
def _facts(workspace: Workspace, names: tuple[str, ...]) -> tuple[dict, list[Issue]]:
    return describe(workspace), quality(workspace)


def facts(workspace: Workspace) -> tuple[dict, list[Issue]]:
    """The description and the doubtful rows; read again when a part has been added."""
    return _facts(workspace, tuple(part["name"] for part in parts(workspace)))
