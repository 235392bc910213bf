"""Figures as columns: one wording and one definition a column, wherever a table of models stands."""

import streamlit as st

from core.report import terms
from core.report.figures import name_of
from core.report.words import EMPTY, between, counted, number, percent, spread
from pages.shell.session import Session
from pages.wording.words import word

PER_100 = "5"  # alerts for 100 lines: about what pharmacists intervene on
CELLS = {
    "model": lambda row, language: row.get("named") or name_of(row["model"], language),
    "scope": lambda row, language: word("scope", row["scope"], language),
    "seeds": lambda row, language: number(row["seeds"], language, 0),
    "auprc_interval": lambda row, language: f"{number(row['auprc'], language)} ({between(row, language)})",
    "auprc_sd": spread,
    "base_rate": lambda row, language: percent(row["base_rate"], language),
    "oracle_ratio": lambda row, language: percent(row.get("oracle_ratio"), language),
    "precision": lambda row, language: percent((row.get("precision_at") or {}).get(PER_100), language),
    "recall": lambda row, language: percent((row.get("recall_at") or {}).get(PER_100), language),
    "culprit_first": lambda row, language: counted(row.get("culprit_first"), row.get("culprit_first_count"), language),
    "alerts_to_rules": lambda row, language: percent(row.get("alerts_to_rules"), language, 0),
    "ece": lambda row, language: number(row.get("ece"), language, 4),
    "stay_auprc": lambda row, language: number(row["stay_auprc"], language),
    "stay_base_rate": lambda row, language: percent(row["stay_base_rate"], language),
    "stay_oracle_ratio": lambda row, language: percent(row.get("stay_oracle_ratio"), language),
}  # fmt: skip


def figures_table(session: Session, rows: list[dict], names: tuple[str, ...]) -> None:
    """Rows in words, one column a name, with its definition as help; a column that says nothing of any row is left out."""
    language = session.language
    told = {name: [CELLS[name](row, language) for row in rows] for name in names}
    told = {name: cells for name, cells in told.items() if set(cells) != {EMPTY}}
    heads = {
        name: st.column_config.Column(
            terms.name(name, language), help=terms.what(name.removesuffix("_interval"), language)
        )
        for name in told
    }
    st.dataframe(told, hide_index=True, column_config=heads, height="content" if len(rows) <= 12 else 420)
