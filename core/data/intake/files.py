"""Text tables as files hold them: every row in hand with its place, nothing interpreted yet."""

import csv
import gzip
import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from core.errors import Refusal

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1")


@dataclass(frozen=True)
class Raw:
    """What a format module read.

    ``tables``: text columns by name of core.schema, a column ``row`` naming the place in the file.
    ``originals``: the rows as they were, by table, indexed by ``row``. ``set_aside``: rows that could not even be
    read, with row, reason and column.
    """

    tables: dict[str, pd.DataFrame]
    originals: dict[str, pd.DataFrame]
    set_aside: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """One file: ``frame`` with text columns and ``row`` (line number), ``broken`` rows with their reason."""

    frame: pd.DataFrame
    broken: pd.DataFrame


def content(path: Path) -> bytes:
    """Bytes of a file, unpacked when it ends in .gz."""
    try:
        packed = path.read_bytes()
        return gzip.decompress(packed) if path.suffix == ".gz" else packed
    except FileNotFoundError as error:
        raise Refusal("file_missing", path=path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal("file_unreadable", path=path, why=error) from error


def decoded(path: Path, encoding: str) -> str:
    """Text of a file in the encoding that was declared; Refusal when it is another one.

    UTF-8 read as a one-byte encoding raises no error, only nonsense, so it is looked for.
    """
    raw = content(path)
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refusal("wrong_encoding", path=path, encoding=encoding, line=line, known=", ".join(ENCODINGS)) from error
    if encoding != "utf-8" and not text.isascii() and is_utf8(raw):
        raise Refusal("wrong_encoding", path=path, encoding=encoding, line=1, known=", ".join(ENCODINGS))
    return text


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_table(path: Path, encoding: str = "utf-8") -> Read:
    """A delimited file with a header; the separator is the one that the header holds most of."""
    text = decoded(path, encoding)
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        rows = [(number, row) for number, row in numbered(text, separator) if row]
    except csv.Error as error:
        raise Refusal("file_unreadable", path=path, why=error) from error
    if len(rows) < 2:
        raise Refusal("empty_file", path=path)
    names = [name.strip() for name in rows[0][1]]
    refuse_twice(path, names)
    good = [[number, *row] for number, row in rows[1:] if len(row) == len(names)]
    bad = [(number, "field_count", "", separator.join(row)) for number, row in rows[1:] if len(row) != len(names)]
    frame = pd.DataFrame(good, columns=["row", *names]).astype(dict.fromkeys(names, "str"))
    return Read(frame, pd.DataFrame(bad, columns=["row", "reason", "column", "content"]))


def numbered(text: str, separator: str):
    """Rows with the line on which each ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in reader:
        yield reader.line_num, row


def refuse_twice(path: Path, names: list[str]) -> None:
    again = sorted({name for name in names if names.count(name) > 1 or name == "row"})
    if again:
        raise Refusal("column_twice", path=path, columns=", ".join(again))
