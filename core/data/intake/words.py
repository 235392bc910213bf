"""Words of a hospital for what the schema has codes for, by tables of usual French and English names."""

from functools import cache

import pandas as pd

from core.knowledge.substances import key_of, read_facts
from core.schema import INTERVENTIONS, OBSERVATION_TABLE, Table

FILES = {(OBSERVATION_TABLE.name, "kind"): "words/observations.csv", (INTERVENTIONS.name, "outcome"): "words/outcomes.csv"}


@cache
def written_as(table: Table, name: str) -> dict[str, str]:
    """Code of a column by what is written, as ``key_of`` has it."""
    rows = read_facts(FILES[table.name, name])
    return {key_of(row["written"]): row[name] for row in rows} | {key_of(code): code for code in table[name].codes}


def coded(table: Table, written: pd.Series) -> pd.Series:
    """Words of the column ``written.name`` as codes; a word that is not known stays, so that its row tells it."""
    known = written_as(table, written.name)
    return written.map({word: known.get(key_of(word), word) for word in written.dropna().unique()})


def in_codes(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with every column of words that has a table read."""
    names = [name for owner, name in FILES if owner == table.name and name in rows]
    return rows.assign(**{name: coded(table, rows[name]) for name in names})
