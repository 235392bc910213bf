"""The register and its labels as files, made when they are asked for."""

import io
from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.review.captions import with_drugs
from core.review.labels import labels
from core.schema import CSV_ENCODING
from pages.shell.session import Session


def as_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode(CSV_ENCODING)


def as_text(value: object) -> object:
    """What a person wrote as text also where it begins like a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def as_sheet(session: Session, rows: pd.DataFrame) -> bytes:
    """Rows in words as a spreadsheet of the language opens them: in French parts between semicolons, a comma in numbers, and
    no text taken for a formula ('- arrêté')."""
    words = rows.assign(**{name: rows[name].map(as_text, na_action="ignore") for name in rows.select_dtypes(["object", "str"])})
    called = words.rename(columns={name: session.t(f"register.column.{name}") for name in rows.columns})
    between, point = {"fr": (";", ",")}.get(session.language, (",", "."))
    return called.to_csv(index=False, sep=between, decimal=point, date_format="%d/%m/%Y %H:%M").encode(CSV_ENCODING)


def as_parquet(frame: pd.DataFrame) -> bytes:
    held = io.BytesIO()
    frame.to_parquet(held, index=False)
    return held.getvalue()


def exports(session: Session, found: pd.DataFrame, in_words: Callable[[Session, pd.DataFrame], pd.DataFrame]) -> None:
    """What the filters show as CSV or Parquet; all the labels, whatever the filters."""
    st.subheader(session.t("register.export"), anchor=False)
    files = (
        ("export_sheet", "registre.csv" if session.language == "fr" else "register-in-words.csv", "text/csv",
         lambda: as_sheet(session, in_words(session, found))),
        ("export_csv", "register.csv", "text/csv", lambda: as_csv(with_drugs(session.workspace, found))),
        ("export_parquet", "register.parquet", "application/octet-stream", lambda: as_parquet(with_drugs(session.workspace, found))),
        ("export_labels", "labels.csv", "text/csv", lambda: as_csv(labels(session.workspace))),
    )  # fmt: skip
    for name, file, kind, make in files:
        st.download_button(
            session.t(f"register.{name}"),
            make,
            file_name=file,
            mime=kind,
            key=name,
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
            disabled=found.empty,
        )
