"""Numbers, ages, sexes and diagnoses of a table as the border reads them; an optional value that cannot be is left empty."""

import re

import pandas as pd

from core.data.check import as_text, faults, parsed
from core.data.intake.notes import How, noted
from core.data.intake.numbers import NUMBER, UNDECIDED, number, usual_mark
from core.knowledge.conditions import ICD10, codes_of
from core.knowledge.substances import key_of
from core.schema import SEPARATOR, Table

STRICT = ("dose", "ended_at")  # a dose has its own notes; a line whose end cannot be read would stay open for ever
PLAIN = r"[+-]?\d+(?:\.\d+)?"
SEXES = {  # 1 and 2 as INSEE numbers them
    "F": ("f", "femme", "feminin", "female", "fille", "2"), "M": ("m", "h", "homme", "masculin", "male", "garcon", "1"),
    "U": ("", "u", "i", "inconnu", "indetermine", "unknown"),
}  # fmt: skip
SEX = {word: sex for sex, words in SEXES.items() for word in words}
YEARS = {"a": 1, "an": 1, "y": 1, "year": 1, "mois": 1 / 12, "month": 1 / 12, "semaine": 7 / 365.25, "week": 7 / 365.25,
         "j": 1 / 365.25, "jour": 1 / 365.25, "d": 1 / 365.25, "day": 1 / 365.25}  # fmt: skip
AGE = re.compile(rf"({NUMBER})\s*([a-z]+)\.?", re.IGNORECASE)


def number_names(table: Table, frame: pd.DataFrame) -> list[str]:
    """Columns of numbers that came as text."""
    kinds = ("number", "integer")
    names = [column.name for column in table.columns if column.kind in kinds and column.name in frame]
    return [name for name in names if not pd.api.types.is_numeric_dtype(frame[name])]


def mark_of(table: Table, frame: pd.DataFrame) -> str:
    """The decimal sign that the numbers of the whole table show, empty when they do not."""
    return usual_mark(text for name in number_names(table, frame) for text in as_text(frame[name]).dropna().unique())


def plain_columns(table: Table, frame: pd.DataFrame, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Frame with numbers and sexes read, optional values that cannot be left empty, and notes on these."""
    read = {name: numbers(frame[name], how, name == "age_years") for name in number_names(table, frame) if name != "dose"}
    frame, notes = frame.assign(**read), []
    if "diagnoses" in table.names and "diagnoses" in frame:
        frame, found = diagnoses(frame)
        notes.append(found)
    if "sex" in table.names and "sex" in frame:
        written = frame["sex"].fillna("")
        sex = written.map({text: SEX.get(key_of(text)) for text in written.unique()})
        frame = frame.assign(sex=sex.fillna("U"))
        notes.append(noted(frame, sex.isna().map({True: "left_empty"}), "sex"))
    for column in table.columns:
        if column.required or column.name in STRICT or column.name not in frame:
            continue
        values = parsed(column, frame[column.name])
        wrong = pd.Series(False, index=frame.index)
        for _, some in faults(column, frame[column.name], values):
            wrong |= some.fillna(False).astype(bool)
        if wrong.any():
            notes.append(noted(frame, wrong.map({True: "left_empty"}), column.name))
            frame = frame.assign(**{column.name: frame[column.name].mask(wrong)})
    return frame, pd.concat([noted(frame.head(0), pd.Series(dtype="str"), ""), *notes])


def diagnoses(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ICD-10 codes of each cell as the schema joins them; what is no code is left out with a note, for no rule reads it."""
    said = frame["diagnoses"].map(codes_of, na_action="ignore")
    read = {text: text.split(SEPARATOR) for text in said.dropna().unique()}
    codes = {text: [part for part in parts if ICD10.fullmatch(part)] for text, parts in read.items()}
    other = {text: "not_an_icd10" for text in read if len(codes[text]) < len(list(filter(None, read[text])))}
    kept = said.map({text: SEPARATOR.join(found) for text, found in codes.items()})
    return frame.assign(diagnoses=kept), noted(frame, said.map(other), "diagnoses")


def numbers(written: pd.Series, how: How, of_age: bool) -> pd.Series:
    """Text that the border reads as numbers; what cannot be read stays, marked so that nothing reads it."""
    text = as_text(written)
    sure = text.str.fullmatch(PLAIN).fillna(False).astype(bool)
    if "." not in (how.decimal, how.usual if how.decimal == "auto" else ""):
        sure &= ~text.str.fullmatch(UNDECIDED).fillna(False).astype(bool)
    odd = text[~sure].dropna()
    known = {one: years(one, how) if of_age else plain_number(one, how) for one in odd.unique()}
    return text.where(sure, odd.map({one: f"{one} ?" if value is None else repr(value) for one, value in known.items()}))


def plain_number(text: str, how: How) -> float | None:
    """None for what is no number, and for 1.250 where nothing tells what its mark means."""
    return number(text, how.decimal, how.usual) if re.fullmatch(NUMBER, text) else None


def years(text: str, how: How) -> float | None:
    """'82 ans' is 82, '18 mois' 1.5."""
    found = AGE.fullmatch(text)
    unit = found[2].lower() if found else ""
    one = YEARS.get(unit, YEARS.get(unit.removesuffix("s")))
    value = plain_number(found[1] if one else text, how)
    return value if value is None else value * (one or 1)
