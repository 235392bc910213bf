"""Links between rows: what hangs on a stay or a line that is not there is set aside, and an intervention joins lines of its own stay."""

import re

import pandas as pd

from core.data.intake.notes import noted
from core.schema import INTERVENTIONS, LINES, OBSERVATION_TABLE, SEPARATOR, STAYS

PARTED = (r"\+", ";", r"\|", ",", r"[+;|,\s]")  # one sign before all of them, for an identifier may hold another


def orphans(tables: dict[str, pd.DataFrame], aside: list[pd.DataFrame]) -> None:
    """Set aside, in place, rows whose stay or line is not there, or whose line is of another stay."""
    needs = [(t.name, "stay_id", STAYS.name) for t in (LINES, OBSERVATION_TABLE, INTERVENTIONS)]
    for name, column, owner in [*needs, (INTERVENTIONS.name, "line_id", LINES.name)]:
        alone = ~tables[name][column].isin(tables[owner][column])
        left_out(tables, aside, name, alone, "unknown_stay" if owner == STAYS.name else "unknown_line", column)
    acts = tables[INTERVENTIONS.name]
    elsewhere = acts["line_id"].map(of_lines(tables, "stay_id")) != acts["stay_id"]
    left_out(tables, aside, INTERVENTIONS.name, elsewhere, "line_of_other_stay", "line_id")


def left_out(tables: dict[str, pd.DataFrame], aside: list[pd.DataFrame], name: str, rows: pd.Series, reason: str, column: str) -> None:
    aside.append(tables[name][rows].assign(table=name, reason=reason, column=column))
    tables[name] = tables[name][~rows]


def of_lines(tables: dict[str, pd.DataFrame], column: str) -> pd.Series:
    """A column of the lines by line_id."""
    return tables[LINES.name].set_index("line_id")[column]


def linked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Leave to each intervention, in place, the partners that are other lines of its stay; notes on what was not so."""
    acts, lines = tables[INTERVENTIONS.name], tables[LINES.name]
    mine = lines[lines["stay_id"].isin(acts["stay_id"])].groupby("stay_id")["line_id"].agg(set)
    written = zip(acts["partner_line_ids"].fillna(""), acts["stay_id"], acts["line_id"], strict=True)
    read = [partners_of(text, mine[stay] - {line}) for text, stay, line in written]
    kept = pd.Series([SEPARATOR.join(ids) or None for ids, _ in read], index=acts.index, dtype="str")
    lost = pd.Series([lost for _, lost in read], index=acts.index, dtype="bool").map({True: "partner_left_out"})
    tables[INTERVENTIONS.name] = acts.assign(partner_line_ids=kept)
    starts = of_lines(tables, "started_at").reindex(acts["line_id"]).set_axis(acts.index)  # map refuses times of no line at all
    early = before_line(acts["at"], starts).map({True: "before_line"})
    notes = [noted(acts, lost, "partner_line_ids"), noted(acts, early, "at")]
    return pd.concat(notes).assign(table=INTERVENTIONS.name)


def partners_of(written: str, others: set[str]) -> tuple[list[str], bool]:
    """The other lines that a cell names however it parts them, each once, and whether it names more than these."""
    ways = [[part.strip() for part in re.split(sign, written) if part.strip()] for sign in PARTED]
    names = max(ways, key=lambda way: sum(name in others for name in way))
    return [name for name in dict.fromkeys(names) if name in others], not others.issuperset(names)


def before_line(at: pd.Series, started_at: pd.Series) -> pd.Series:
    """Whether an instant lies before a line begins; midnight stands for a day written without its hour."""
    return at < started_at.where(at != at.dt.normalize(), started_at.dt.normalize())
