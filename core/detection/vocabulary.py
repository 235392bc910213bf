"""The codes a model knows: those seen in its training lines, nothing that it would read as noise."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from core.detection import features, habits
from core.detection.habits import Habits
from core.knowledge.substances import substance
from core.schema import SEPARATOR

UNKNOWN = f"{features.CODES[len(features.ATC_LENGTHS) - 1]}:?"  # a substance that training never saw
LEAST = 3  # a code seen on fewer lines is unknown: its embedding would be noise


@dataclass(frozen=True)
class Vocabulary:
    """Code to id, 0 kept for padding; ``atc5:?`` stands for an unknown code of the fifth level.

    ``without`` names ideas whose inputs the model never sees (core.detection.withheld); ``pairs`` are the
    substances, by id, that training showed as an error together (core.detection.novelty); ``habits`` are the doses
    and routes that its lines usually have.
    """

    line: dict[str, int] = field(default_factory=dict)
    stay: dict[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    habits: Habits = field(default_factory=Habits)

    @property
    def unknown(self) -> dict[int, int]:
        """Place of a code among the codes of a line to the id that stands for an unknown one."""
        return {i: self.line[f"{kind}:?"] for i, kind in enumerate(features.CODES)}

    @property
    def digest(self) -> str:
        """Hash of the codes, the habits and the names of every input and output."""
        names = (features.TYPES, features.LINE_NUMBERS, features.STATE, features.RELATIONS, features.CODES,
                 features.LIMITS, features.EXPOSURE)  # fmt: skip
        text = json.dumps([self.line, self.stay, asdict(self.habits), names, *self.without], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def components(substances: object) -> list[str]:
    return substances.split(SEPARATOR) if isinstance(substances, str) and substances else []


def atc_of(atc: object, substances: object) -> str:
    """The line's own ATC code, else that of its first substance that has one, else empty."""
    if isinstance(atc, str) and atc:
        return atc.split(SEPARATOR)[0]
    known = (found.atc for key in components(substances) if (found := substance(key)) and found.atc)
    return next(known, "").split(SEPARATOR)[0]


def line_codes(atc: object, substances: object, route: object, unit: object, ward: object) -> list[str]:
    """Codes of one line: five levels of ATC, route, unit, ward, then the classes of its substances."""
    known = [found for key in components(substances) if (found := substance(key))]
    atc = atc_of(atc, substances)
    levels = [
        f"atc{level}:{atc[:length] if len(atc) >= length else '?'}"
        for level, length in enumerate(features.ATC_LENGTHS, 1)
    ]
    classes = sorted({name for found in known for name in found.classes})[: features.CLASSES]
    return [*levels, f"route:{route}", f"unit:{unit}", f"ward:{ward}", *(f"class:{name}" for name in classes)]


def substance_code(atc: object, substances: object) -> list[str]:
    """What tells the substance of a line from others: its ATC code to the deepest level that is written; none without ATC."""
    atc = atc_of(atc, substances)
    level = sum(len(atc) >= length for length in features.ATC_LENGTHS)
    return [f"atc{level}:{atc[: features.ATC_LENGTHS[level - 1]]}"] if level else []


def stay_codes(ward: object, sex: object, diagnoses: object) -> list[str]:
    """Codes of one stay: ward, sex and its diagnoses by their first three characters."""
    found = sorted({code[:3] for code in components(diagnoses)})[: features.DIAGNOSES]
    return [f"ward:{ward}", f"sex:{sex}", *(f"icd:{code}" for code in found)]


def ids(codes: list[str], known: dict[str, int], width: int) -> list[int]:
    """Ids padded to ``width``; an unknown code takes the unknown of its kind, or 0 where there is none."""
    found = [known.get(code, known.get(f"{code.partition(':')[0]}:?", 0)) for code in codes]
    return found + [0] * (width - len(found))


def table(frame: pd.DataFrame, columns: list[str], codes_of, known: dict[str, int], width: int) -> np.ndarray:
    """(rows, width) ids, each distinct combination of ``columns`` looked up once."""
    numbers = [pd.factorize(frame[column], use_na_sentinel=False) for column in columns]
    joint = np.zeros(len(frame), dtype=np.int64)
    for number, values in numbers:
        joint = joint * max(len(values), 1) + number
    _, first, inverse = np.unique(joint, return_index=True, return_inverse=True)
    distinct = zip(*(frame[column].to_numpy(dtype=object)[first] for column in columns), strict=True)
    found = [ids(codes_of(*values), known, width) for values in distinct]
    return np.array(found, dtype=np.int64).reshape(-1, width)[inverse]


LINE_COLUMNS, STAY_COLUMNS = ["atc", "substances", "route", "unit", "ward"], ["ward", "sex", "diagnoses"]


def line_ids(lines: pd.DataFrame, vocabulary: Vocabulary) -> np.ndarray:
    return table(lines, LINE_COLUMNS, line_codes, vocabulary.line, len(features.CODES) + features.CLASSES)


def substance_ids(lines: pd.DataFrame, vocabulary: Vocabulary) -> np.ndarray:
    """(N,) the code of each line's substance, ``atc5:?`` where its fifth level is one that the vocabulary lacks; one that is
    written less far (A12AX, calcium with a vitamin D) is no unknown one. 0 without ATC."""
    return table(lines, LINE_COLUMNS[:2], substance_code, vocabulary.line, 1)[:, 0]


def stay_ids(stays: pd.DataFrame, vocabulary: Vocabulary) -> np.ndarray:
    return table(stays, STAY_COLUMNS, stay_codes, vocabulary.stay, 2 + features.DIAGNOSES)


def counted(frame: pd.DataFrame, columns: list[str], codes_of) -> Counter:
    """How many rows of ``frame`` carry each code."""
    found: Counter = Counter()
    groups = frame[columns].astype(object).groupby(columns, dropna=False).size()
    for values, size in groups.items():
        found.update(dict.fromkeys(codes_of(*values), int(size)))
    return found


def numbered(found: Counter, kinds: tuple[str, ...]) -> dict[str, int]:
    """Ids from 1: an unknown for each kind, then every code seen often enough, in order of name."""
    kept = sorted(code for code, size in found.items() if size >= LEAST and not code.endswith(":?"))
    return {code: i for i, code in enumerate([*(f"{kind}:?" for kind in kinds), *kept], 1)}


def learn(lines: pd.DataFrame, stays: pd.DataFrame) -> Vocabulary:
    """The vocabulary of the training lines and stays."""
    return Vocabulary(
        numbered(counted(lines, LINE_COLUMNS, line_codes), features.CODES),
        numbered(counted(stays, STAY_COLUMNS, stay_codes), ("ward", "icd")),
        habits=habits.learn(lines),
    )
