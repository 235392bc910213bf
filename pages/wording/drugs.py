"""Drugs as a person reads them: by their names in the language of the page, beside what was written."""

import re
from collections import Counter

import pandas as pd

from core.i18n import LANGUAGES
from core.knowledge.phrases import in_usual_order, label, small
from core.knowledge.substances import key_of
from core.schema import SEPARATOR
from pages.wording.words import capital, dosage, instant

BETWEEN = " + "


def line_name(joined: str, language: str) -> str:
    """The substances of one line in the words of the language: ``paracétamol/tramadol``."""
    keys = list(dict.fromkeys(joined.strip().split(SEPARATOR)))
    return "/".join(small(label(key, language)) for key in in_usual_order(keys))


def drug(line: pd.Series, language: str) -> str:
    """The drug of a line, with a capital: by its name in the language, and beside it what was written where that is no mere name.

    ``Kétoprofène injectable`` says its substance in French; in English it is ``Ketoprofen (Kétoprofène injectable)``. A
    line whose substances are not known is named as it was written.
    """
    written, keys = capital(str(line["drug"]).strip()), line["substances"]
    if pd.isna(keys) or not keys:
        return written
    name, said = line_name(keys, language), words_of(written)
    if all(word in said or key_of(word) in said for word in words_of(name)):  # often written without accents
        return written
    mere = [words_of(key_of(one)) for one in (keys, *(line_name(keys, each) for each in LANGUAGES))]
    return capital(name) if words_of(key_of(written)) in mere else f"{capital(name)} ({written})"


def whole_line(line: pd.Series, language: str) -> str:
    """``Paracétamol · 1 000 mg × 4/j · orale · 12 mars, 08:00``: a line told from another of the same drug."""
    return f"{drug(line, language)} · {dosage(line, language)} · {instant(line['started_at'], language)}"


def words_of(text: str) -> list[str]:
    """The words of a name in alphabetical order."""
    return sorted(re.findall(r"\w+", text.lower()))


def repeated(name: str, times: int) -> str:
    return name if times == 1 else f"{name} × {times}"


def joined(found: list[str]) -> str:
    """``Warfarine + amiodarone``; one that comes several times is said once, with how often."""
    return capital(BETWEEN.join(repeated(name, times) for name, times in Counter(found).items()))


def names(line_ids: list[str], lines: pd.DataFrame, language: str) -> str:
    """The drugs of the lines in the order given."""
    by_id = lines.set_index("line_id")
    return joined([small(drug(by_id.loc[line_id], language)) for line_id in line_ids if line_id in by_id.index]) or "–"
