"""What came in, what was set aside and why, what is doubtful among what was kept."""

from collections import Counter

import pandas as pd
import streamlit as st

from core.data.describe import set_aside
from core.data.quality import Issue
from core.i18n import sentences
from core.schema import CSV_ENCODING
from pages.shell.session import Session
from pages.wording.words import capital, number


def said(session: Session, kind: str, code: str) -> str:
    """The sentence of a code of quality.toml, the code itself when it has none."""
    return capital(sentences(session.language).get(f"quality.{kind}.{code}", code))


def counted_table(session: Session, kind: str, counts: Counter) -> None:
    """Reasons, or (table, reason) pairs, with their rows, most first."""
    rows = [row_of(session, kind, code, rows) for code, rows in counts.most_common()]
    names = {name: session.t(f"data.{name}") for name in ("table", "reason", "count")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=names, height="content")


def row_of(session: Session, kind: str, code: str | tuple[str, str], rows: int) -> dict:
    table, reason = code if isinstance(code, tuple) else ("", code)
    place = {"table": session.t(f"data.{table}")} if table else {}
    return place | {"reason": said(session, kind, reason), "count": rows}


def imports(session: Session, reports: list[dict]) -> None:
    """One line an import, then the reasons over all of them, and the rows themselves."""
    st.subheader(session.t("data.imports"), anchor=False)
    if not reports:
        st.info(session.t("data.imports_none"), icon=":material/science:")
        return
    for one in reports:
        amounts = {name: number(one[name], session.language, 0) for name in ("rows", "lines", "set_aside")}
        at = one["imported_at"][:16].replace("T", " ")
        st.markdown("- " + session.t("data.import_line", file=one["file"], format=one["format"], at=at, **amounts))
    aside, notes = Counter(), Counter()
    for one in reports:
        for name, table in one["tables"].items():
            aside.update({(name, reason): rows for reason, rows in table["reasons"].items()})
        notes.update(one.get("notes", {}))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{session.t('data.set_aside')}**", help=session.t("data.set_aside_why"))
        if aside:
            counted_table(session, "reason", aside)
            st.download_button(
                session.t("data.set_aside_download"),
                lambda: set_aside(session.workspace).to_csv(index=False).encode(CSV_ENCODING),
                file_name="set-aside.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
        else:
            st.caption(session.t("data.set_aside_none"))
    if notes:
        right.markdown(f"**{session.t('data.notes')}**")
        with right:
            counted_table(session, "note", notes)


def doubtful(session: Session, issues: list[Issue]) -> None:
    """Checks that hold for some row, most rows first."""
    st.subheader(session.t("data.quality"), anchor=False)
    if not issues:
        st.success(session.t("data.quality_none"), icon=":material/task_alt:")
        return
    rows = [
        {
            "issue": said(session, "issue", issue.code),
            "rows": issue.rows,
            "examples": ", ".join(issue.examples[:3]),
        }
        for issue in issues
    ]
    names = {name: session.t(f"data.quality_{name}") for name in ("issue", "rows", "examples")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=names, height="content")
