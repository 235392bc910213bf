"""The worklist as a grid whose rows open the stay."""

from collections import Counter

import pandas as pd
import streamlit as st

from core.knowledge.substances import substance
from core.review.desk import flags
from core.schema import SEPARATOR
from pages.shell.session import Session
from pages.wording.words import MOST, capital, day, instant, repeated, small, word

SHOWN_BETWEEN = " + "
WIDTHS = {  # pixels: the whole grid fits beside the filters at 1440
    "risk": 86, "lines": 212, "type": 190, "level": 74, "origin": 102, "ward": 128, "patient": 74, "at": 96,
    "others": 66, "alerts": 70, "stay": 220, "admitted": 120,
}  # fmt: skip


def line_name(label: str, language: str) -> str:
    """The substances of one line in the words of the language: ``paracétamol/tramadol``."""
    found = {key: substance(key) for key in label.strip().split(SEPARATOR)}
    words = [(item.name_fr if language == "fr" else item.name_en) if item else key for key, item in found.items()]
    return "/".join(small(name or key) for name, key in zip(words, found, strict=True))


def together(row: pd.Series, language: str) -> str:
    """Index line first, then its partners; a name on several lines once, with how often."""
    partners = str(row["partner_labels"]).split(SHOWN_BETWEEN) if pd.notna(row["partner_labels"]) else []
    found = Counter(line_name(label, language) for label in (str(row["label"]), *partners))
    return capital(SHOWN_BETWEEN.join(repeated(name, times) for name, times in found.items()))


def patient(row: pd.Series, language: str) -> str:
    """``F, 81 ans`` in the words of the language."""
    age = "–" if pd.isna(row["age_years"]) else f"{row['age_years']:.0f}"
    return f"{row['sex']}, {age}" + (" ans" if language == "fr" else "")


def others(session: Session, stay_id: str, open_by: dict[str, list[str]]) -> str:
    return ", ".join(name for name in open_by.get(stay_id, []) if name != session.reviewer)


def alert_rows(session: Session, found: pd.DataFrame, open_by: dict[str, list[str]]) -> pd.DataFrame:
    """One row an alert, in the words of the language."""
    language, flagged = session.language, flags(session.workspace)
    rows = [
        {
            "risk": None if row["origin"] == "rule" else round(100 * min(row["score"], MOST)),
            "lines": ("⚑ " if row["alert_id"] in flagged else "") + together(row, language),
            "type": word("error_type", row["error_type"], language),
            "level": word("level_short", row["level"], language),
            "origin": word("origin", row["origin"], language),
            "ward": word("ward", row["ward"], language),
            "patient": patient(row, language),
            "at": instant(row["at"], language),
            "others": others(session, row["stay_id"], open_by),
        }
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows)


def stay_rows(session: Session, found: pd.DataFrame, open_by: dict[str, list[str]]) -> pd.DataFrame:
    """One row a stay, by its riskiest alert."""
    language = session.language
    rows = [
        {
            "risk": round(100 * min(row["risk"], MOST)),
            "alerts": row["open_alerts"],
            "patient": patient(row, language),
            "ward": word("ward", row["ward"], language),
            "stay": row["stay_id"],
            "admitted": day(row["admitted_at"], language),
            "others": others(session, row["stay_id"], open_by),
        }
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows)


def open_chosen(session: Session, found: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Show the grid; a click on any cell freezes this order as the queue and opens the stay."""
    columns: dict = {
        name: st.column_config.Column(session.t(f"queue.column.{name}"), width=WIDTHS[name]) for name in rows.columns
    }
    columns["risk"] = st.column_config.ProgressColumn(
        session.t("queue.column.risk"), format="%d %%", min_value=0, max_value=100, width=WIDTHS["risk"]
    )
    picked = st.dataframe(
        rows,
        hide_index=True,
        column_config=columns,
        on_select="rerun",
        selection_mode="single-cell",
        key="worklist",
        height="content" if len(rows) <= 18 else 620,
        placeholder="",
    )
    cells = picked.selection.cells
    if cells:
        chosen = found.iloc[cells[0][0]]
        if "alert_id" in found:
            st.session_state["queue"] = list(zip(found["stay_id"], found["alert_id"], strict=True))
        alert = {"alert": chosen["alert_id"]} if "alert_id" in found else {}
        st.switch_page("pages/review/stay.py", query_params=session.link(stay=chosen["stay_id"], **alert))
