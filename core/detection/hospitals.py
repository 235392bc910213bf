"""Which hospital stays come from, as far as their imports tell; an invented one stands in the name of its import."""

import re
from collections import Counter
from collections.abc import Iterable

INVENTED = re.compile(r"simulated-(\w+)-\d+")  # core.simulator.output.import_of
UNKNOWN = "?"


def imports(parts: Iterable[dict]) -> dict[str, int]:
    """Stays by import of the parts of a workspace."""
    found = Counter()
    for part in parts:
        found[part["import_id"]] += part["rows"]["stays"]
    return dict(found)


def hospitals(imported: Iterable[str]) -> set[str]:
    """Invented hospitals by name; ``UNKNOWN`` stands for an import that does not say which it is from."""
    named = map(INVENTED.fullmatch, imported)
    return {found[1] if found else UNKNOWN for found in named}


def origin(own: Iterable[str], others: Iterable[str]) -> str:
    """Whether other imports are of the hospital of one's own: "same", "another" or "unknown"."""
    ours, theirs = hospitals(own), hospitals(others)
    if ours == theirs and len(ours) == 1 and UNKNOWN not in ours:
        return "same"
    return "unknown" if ours & theirs or not theirs else "another"
