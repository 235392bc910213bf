"""The worklist as a grid whose rows open the stay."""

import pandas as pd
import streamlit as st

from core.knowledge.substances import substance
from core.schema import SEPARATOR
from pages.shell.session import Session
from pages.wording.words import capital, day, instant, word


def named(label: object, language: str) -> str:
    """Substance keys of a caption in the words of the language: ``Warfarine + amiodarone``."""
    keys = [key.strip() for key in str(label).split(SEPARATOR)] if pd.notna(label) and label else []
    found = [substance(key) for key in keys]
    words = [
        (item.name_fr if language == "fr" else item.name_en) if item else key
        for item, key in zip(found, keys, strict=True)
    ]
    return " + ".join(word or key for word, key in zip(words, keys, strict=True))


def together(row: pd.Series, language: str) -> str:
    """Index line first, then its partners, each substance once."""
    parts = [named(row["label"], language), named(row["partner_labels"], language)]
    once = dict.fromkeys(name.lower() for part in parts for name in part.split(" + ") if name)
    return capital(" + ".join(once))


def patient(row: pd.Series, language: str) -> str:
    """``F, 81 ans`` in the words of the language."""
    age = "–" if pd.isna(row["age_years"]) else f"{row['age_years']:.0f}"
    return f"{row['sex']}, {age}" + (" ans" if language == "fr" else "")


def others(session: Session, stay_id: str, open_by: dict[str, list[str]]) -> str:
    return ", ".join(name for name in open_by.get(stay_id, []) if name != session.reviewer)


def alert_rows(session: Session, found: pd.DataFrame, open_by: dict[str, list[str]]) -> pd.DataFrame:
    """One row an alert, in the words of the language."""
    language = session.language
    rows = [
        {
            "risk": round(row["score"], 2),
            "lines": together(row, language),
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
            "risk": round(row["risk"], 2),
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
    columns: dict = {name: session.t(f"queue.column.{name}") for name in rows.columns}
    columns["risk"] = st.column_config.ProgressColumn(
        columns["risk"], format="localized", min_value=0, max_value=1, width="small"
    )
    columns |= {name: st.column_config.Column(columns[name], width="large") for name in ("lines",) if name in rows}
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
