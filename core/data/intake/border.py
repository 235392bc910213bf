"""The common border: what a format read becomes stays in the store, and rows set aside with their reason.

Every row of the file is either a row of the store or a row of ``imports/<import_id>-set-aside.csv``. Everything is
checked before anything is written; a refusal leaves the workspace as it was.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from core.data import store
from core.data.check import validate
from core.data.intake import mimic3, tables_csv
from core.data.intake.files import Raw
from core.data.intake.links import linked, orphans
from core.data.intake.notes import How
from core.data.intake.refine import refined, whole_days
from core.data.intake.times import dated
from core.data.pseudonyms import KEY, key, pseudonyms, shifts
from core.data.sources import unmixed
from core.data.workspace import check_format, create, imports, writable, write_json
from core.errors import Refusal
from core.schema import CSV_ENCODING, INTERVENTIONS, LINES, SEPARATOR, STAYS, TABLES
from core.settings import Workspace

FORMATS = {module.NAME: module for module in (tables_csv, mimic3)}
DECIMAL = {mimic3.NAME: "."}  # MIMIC writes 25,000 for twenty-five thousand
IDENTIFIERS = {"stay_id": "stay", "patient_id": "patient", "line_id": "line", "observation_id": "observation",
               "intervention_id": "intervention"}  # fmt: skip


@dataclass(frozen=True)
class Options:
    """How a file is to be read; ``decimal`` is '.', ',' or 'auto', ``shift_dates`` moves each patient's dates."""

    encoding: str = "utf-8"
    mapping: Path | None = None
    decimal: str = "auto"
    shift_dates: bool = False


@dataclass(frozen=True)
class Sorted:
    """Good tables, rows set aside and notes on kept rows (table, row, reason, column)."""

    tables: dict[str, pd.DataFrame]
    aside: pd.DataFrame
    notes: pd.DataFrame


def bring_in(workspace: Workspace, format_name: str, path: Path, options: Options = Options()) -> dict:
    """Import a file or a folder; returns the report that is also kept beside the data.

    ``rows``, ``lines``, ``set_aside`` and ``reasons`` are those of the prescription lines, with lines +
    set_aside == rows; ``tables`` holds the same for each table.
    """
    check_format(workspace)
    raw = FORMATS[format_name].read(path, options.encoding, options.mapping)
    import_id = f"{format_name}-{fingerprint(raw)}"
    if import_id in imports(workspace):
        raise Refusal("already_imported", path=path, workspace=workspace.path)
    found = sorted_out(raw, format_name, options)
    if not len(found.tables[STAYS.name]):
        raise Refusal("nothing_usable", path=path, reasons=tuple(sorted(set(found.aside["reason"]))))
    unmixed(workspace, set(found.tables[STAYS.name]["source"]))
    found = without_known(workspace, found)
    report = report_of(raw, found, import_id, format_name, path)
    return keep(workspace, raw, found, report, options)


def without_known(workspace: Workspace, found: Sorted) -> Sorted:
    """Rows of stays that are stored already set aside as ``stay_known``; all as it was where no stay is new.

    A stay is written once, so what has been added to it since stays in the file of rows set aside.
    """
    if not (workspace.path / KEY).exists():
        return found
    ids = found.tables[STAYS.name]["stay_id"]
    stored = store.read_table(workspace, STAYS, ["stay_id"])["stay_id"].to_pandas()
    known = ids[pseudonyms(key(workspace), "stay", ids).isin(stored)]
    if len(known) in (0, len(ids)):
        return found
    gone = {name: frame["stay_id"].isin(known) for name, frame in found.tables.items()}
    left = [frame[gone[name]].assign(table=name, reason="stay_known", column="stay_id")
            for name, frame in found.tables.items()]  # fmt: skip
    tables = {name: frame[~gone[name]] for name, frame in found.tables.items()}
    notes = [found.notes[(found.notes["table"] == name) & found.notes["row"].isin(frame["row"])]
             for name, frame in tables.items()]  # fmt: skip
    return Sorted(tables, together([found.aside, *left]), together(notes))


def fingerprint(raw: Raw) -> str:
    """Digest of every row as it was read, so that the same content is known under another file name."""
    whole = hashlib.blake2b(digest_size=6)
    for name, frame in sorted(raw.originals.items()):
        whole.update(f"{name}:{','.join(frame.columns)}".encode())
        whole.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return whole.hexdigest()


# Sorting good rows from bad


def sorted_out(raw: Raw, format_name: str, options: Options) -> Sorted:
    tables, aside, notes = {}, [], []
    how = How(format_name, DECIMAL.get(format_name, options.decimal))
    for table in TABLES:
        frame = raw.tables.get(table.name)
        if frame is None:
            tables[table.name] = store.empty(table).assign(row=pd.Series(dtype="int64"))
            continue
        frame = dated(table, frame if table is not STAYS or "source" in frame else frame.assign(source=format_name))
        frame, found, left = refined(table, frame, how)
        notes.append(found)
        good, bad = validate(table, frame)
        good = good.assign(row=frame["row"].drop(frame.index[bad.index]).to_numpy())
        tables[table.name] = good
        aside += [part.assign(table=table.name) for part in (left, bad)]
        aside += [raw.set_aside.get(table.name, bad.head(0)).assign(table=table.name)]
    tables[LINES.name] = whole_days(tables[LINES.name])
    orphans(tables, aside)
    notes.append(linked(tables))
    kept = [found[found["row"].isin(tables[name]["row"])] for found in notes for name in found["table"].unique()]
    return Sorted(tables, together(aside), together(kept))


def together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    names = ["table", "row", "reason", "column"]
    return pd.concat([pd.DataFrame(columns=names), *(part.reindex(columns=names).astype({"row": "Int64"}) for part in parts)], ignore_index=True)


# Keeping


def report_of(raw: Raw, found: Sorted, import_id: str, format_name: str, path: Path) -> dict:
    def counted(name: str) -> dict:
        mine = found.aside[found.aside["table"] == name]
        kept = len(found.tables[name])
        return {
            "rows": kept + len(mine),
            "kept": kept,
            "set_aside": len(mine),
            "reasons": dict(Counter(mine["reason"])),
            "why": by_column(mine),
            "noted": by_column(found.notes[found.notes["table"] == name]),
        }

    tables = {name: counted(name) for name in raw.tables}
    lines = tables[LINES.name]
    return {
        "import_id": import_id, "format": format_name, "file": path.name,
        "imported_at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": lines["rows"], "lines": lines["kept"],
        "set_aside": lines["set_aside"], "reasons": lines["reasons"], "stays": len(found.tables[STAYS.name]),
        "notes": dict(Counter(found.notes["reason"])), "tables": tables,
    }  # fmt: skip


def by_column(rows: pd.DataFrame) -> list[dict]:
    """How many rows for each reason and column, most rows first."""
    pairs = Counter(zip(rows["reason"], rows["column"].fillna(""), strict=True))
    return [{"reason": reason, "column": column, "rows": n} for (reason, column), n in pairs.most_common()]


def keep(workspace: Workspace, raw: Raw, found: Sorted, report: dict, options: Options) -> dict:
    """Write the report and the rows set aside under a temporary name, append, then give them their name."""
    create(workspace)
    folder = workspace.path / "imports"
    staging = folder / f".{uuid.uuid4().hex}"
    with writable(workspace):
        staging.mkdir(parents=True, mode=0o700)
    try:
        names = {
            "set_aside_file": write_rows(staging / f"{report['import_id']}-set-aside.csv", raw, found.aside),
            "notes_file": write_rows(staging / f"{report['import_id']}-notes.csv", raw, found.notes),
        }
        report = report | {name: str(folder / file) for name, file in names.items()}
        write_json(staging / f"{report['import_id']}.json", report)
        store.append(workspace, pseudonymised(workspace, found.tables, options), report["import_id"])
        for file in staging.iterdir():
            os.replace(file, folder / file.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return report


def write_rows(path: Path, raw: Raw, rows: pd.DataFrame) -> str:
    """Rows with the original text as JSON: they name patients as the hospital does, so only the owner may read them."""
    path.touch(mode=0o600)
    parts = [some.assign(content=originals(raw, name, some["row"])) for name, some in rows.groupby("table", sort=False)]
    columns = ["table", "row", "reason", "column", "content"]
    pd.concat([pd.DataFrame(columns=columns), *parts])[columns].to_csv(path, index=False, encoding=CSV_ENCODING)
    return path.name


def originals(raw: Raw, table: str, rows: pd.Series) -> list[str]:
    """The text of rows as JSON by column, or as it stood where the fields could not be told apart."""
    whole, broken = raw.originals[table], raw.set_aside.get(table)
    text = {} if broken is None else dict(zip(broken["row"], broken["content"], strict=True))
    plain = whole[whole.index.isin(rows)]
    text |= {row: json.dumps(cells, ensure_ascii=False) for row, cells in
             zip(plain.index, plain.to_dict("records"), strict=True)}  # fmt: skip
    return [text[row] for row in rows]


def pseudonymised(workspace: Workspace, tables: dict[str, pd.DataFrame], options: Options) -> store.Tables:
    """Tables with keyed identifiers and, when asked for, each patient's dates moved by whole weeks."""
    secret = key(workspace)
    done = {name: frame.drop(columns="row").copy() for name, frame in tables.items()}
    if options.shift_dates:
        back = shifts(secret, done[STAYS.name].set_index("stay_id")["patient_id"])
        for table in TABLES:
            frame = done[table.name]
            for column in (c.name for c in table.columns if c.kind == "time"):
                frame[column] = frame[column] - frame["stay_id"].map(back)
    for frame in done.values():
        for column in set(IDENTIFIERS) & set(frame):
            frame[column] = pseudonyms(secret, IDENTIFIERS[column], frame[column])
    partners = done[INTERVENTIONS.name]["partner_line_ids"]
    done[INTERVENTIONS.name]["partner_line_ids"] = [
        None if pd.isna(ids) else SEPARATOR.join(pseudonyms(secret, "line", pd.Series(ids.split(SEPARATOR))))
        for ids in partners
    ]
    return store.Tables(**done)
