"""What the references cover, counted: the thesaurus, doses, names of a file of prescriptions, specialities."""

import csv
import gzip
from collections import Counter
from pathlib import Path

from core.errors import Refusal
from core.knowledge.conditions import rows_of_pairs
from core.knowledge.doses import limits_by_key
from core.knowledge.edition import edition
from core.knowledge.firing import entries
from core.knowledge.names import resolve
from core.knowledge.redundancy import groups
from core.knowledge.substances import all_substances, members_of, read_facts


def of_references() -> dict:
    """Counts of what the shipped facts hold."""
    listed = [item for item in all_substances() if item.listed]
    several = [entry for entry in entries() if len(entry.levels) > 1]
    return {
        "edition": edition(),
        "substances": len(all_substances()),
        "thesaurus_substances": len(listed),
        "thesaurus_with_atc": sum(bool(item.atc) for item in listed),
        "classes": len(members_of()),
        "pairs": len(entries()),
        "pairs_with_several_levels": len(several),
        "pairs_curated": sum((entry.a, entry.b) in rows_of_pairs() for entry in several),
        "substances_with_maximum": len({key for (key, _), found in limits_by_key().items() if found.maximum}),
        "substances_adjusted": len({row["substance"] for row in read_facts("adjustments.csv")}),
        "redundancy_groups": len(groups()),
        "brands": len(read_facts("brands.csv")),
    }


def drugs_of(path: Path, column: str) -> Counter:
    """How often each written name stands in a CSV, plain or gzip; Refusal when it cannot be read so."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as lines
        ):
            return Counter(row[column] for row in csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise Refusal("prescriptions_column", path=path, column=column) from error


def of_prescriptions(path: Path, column: str = "drug") -> dict:
    """Distinct names and lines known, known in part, no drug, and unknown with their counts."""
    counts = drugs_of(path, column)
    found = {name: resolve(name) for name in counts}
    known = [name for name, match in found.items() if match.substances]
    no_drug = [name for name, match in found.items() if match.how in ("no_drug", "empty")]
    unknown = Counter({name: counts[name] for name, match in found.items() if name not in {*known, *no_drug}})
    return {
        "names": len(counts),
        "names_known": len(known),
        "names_guessed": sum(match.how == "partial" for match in found.values()),
        "names_no_drug": len(no_drug),
        "lines": counts.total(),
        "lines_known": sum(counts[name] for name in known),
        "lines_no_drug": sum(counts[name] for name in no_drug),
        "unknown": dict(unknown.most_common(30)),
    }


def of_specialities(folder: Path) -> dict | None:
    """Counts of the imported specialities of this workspace; None when none were imported."""
    if not (folder / "products.csv").exists():
        return None
    with (folder / "products.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        "specialities": len(rows),
        "substances_known": sum(bool(row["substances"]) and not row["unknown_components"] for row in rows),
        "substances_partly_known": sum(bool(row["substances"] and row["unknown_components"]) for row in rows),
        "atc_direct": sum(row["atc_from"] == "bdpm" for row in rows),
        "atc_lent": sum(row["atc_from"] == "same_substances_and_route" for row in rows),
    }
