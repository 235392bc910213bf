"""A newer edition of the thesaurus, read from the official PDFs into facts and put into use in a workspace."""

import shutil
from collections.abc import Callable
from pathlib import Path

from core.knowledge.ansm import Entry, compared, edition_of, entries_of, entries_of_json, index_of
from core.knowledge.bdpm import write_table
from core.knowledge.substances import THESAURUS_FILES, all_substances, classes_of, members_of, thesaurus_in_use
from core.schema import LEVELS

OTHERS = "autres "


def classes_with_others(index: dict[str, tuple[str, ...]], entries: list[Entry]) -> dict[str, set[str]]:
    """Classes by substance; 'autres X', which no index prints, holds what X holds, or what it held before."""
    parents: dict[str, set[str]] = {}
    for entry in entries:
        for a, b in ((entry.main, entry.plus), (entry.plus, entry.main)):
            if b.startswith(OTHERS):
                parents.setdefault(b, set()).add(a)
    printed = {label for labels in index.values() for label in labels}
    carried = {label for label in members_of() if label not in printed}
    found = {}
    for key, labels in index.items():
        by_parent = {label for label, above in parents.items() if above & set(labels)}
        found[key] = set(labels) | by_parent | (carried & set(classes_of().get(key, ())))
    return found


def pair_rows(entries: list[Entry]) -> list[dict[str, str]]:
    """One row a pair of labels, levels of both its entries together, strongest first."""
    pairs: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        pairs.setdefault(tuple(sorted((entry.main, entry.plus))), set()).update(entry.levels)
    return [
        {"a": a, "b": b, "levels": "+".join(sorted(levels, key=LEVELS.index))}
        for (a, b), levels in sorted(pairs.items()) if levels
    ]  # fmt: skip


def substance_rows(index: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Substances known so far, those of the new index marked as listed; a new one has no ATC code yet."""
    known = {item.key: item for item in all_substances()}
    rows = []
    for key in sorted(known.keys() | index.keys()):
        item = known.get(key)
        names = (item.name_fr, item.name_en, item.atc) if item else (key, key, "")
        rows.append(dict(zip(("key", "name_fr", "name_en", "atc"), (key, *names), strict=True))
                    | {"thesaurus": "listed" if key in index else "outside"})  # fmt: skip
    return rows


def with_head(path: Path, rows: list[dict[str, str]], edition: str) -> None:
    """A reference file with its source and edition on the first line."""
    write_table(path, rows, f"# source: ANSM, Thesaurus des interactions medicamenteuses, edition {edition}\n")


def import_ansm(
    thesaurus: Path, index: Path, compare: Path | None, folder: Path, use: bool, tell: Callable[[int, int], None]
) -> dict:
    """Read an edition into ``folder``/thesaurus-<edition>; counts, and what is not equal to a JSON of it."""
    entries, edition = entries_of(thesaurus, tell), edition_of(thesaurus)
    listed = index_of(index)
    classes = classes_with_others(listed, entries)
    target = folder / f"thesaurus-{edition}"
    with_head(target / "pairs.csv", pair_rows(entries), edition)
    with_head(
        target / "classes.csv",
        [{"substance": k, "class": c} for k in sorted(classes) for c in sorted(classes[k])],
        edition,
    )
    with_head(target / "substances.csv", substance_rows(listed), edition)
    if use:
        thesaurus_in_use().mkdir(parents=True, exist_ok=True)
        for name in THESAURUS_FILES:
            shutil.copy(target / name, thesaurus_in_use() / name)
    answer = {
        "edition": edition,
        "folder": str(target),
        "in_use": use,
        "entries": len(entries),
        "substances": len(listed),
    }
    answer["classes_equal"] = sum(set(classes_of().get(key, ())) == found for key, found in classes.items())
    return answer | (compared(entries, entries_of_json(compare)) if compare else {})
