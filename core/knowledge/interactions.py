"""What the national thesaurus says of two drugs: every entry that fires, with its levels."""

from dataclasses import dataclass
from functools import cache

from core.knowledge.matrix import level_matrix
from core.knowledge.substances import classes_of, key_of, read_facts

__all__ = ["Listed", "between", "level_matrix"]


@dataclass(frozen=True)
class Listed:
    """One entry of the thesaurus: the two labels that met and the levels it may take."""

    a: str
    b: str
    levels: tuple[str, ...]

    @property
    def level(self) -> str:
        """The level when there is one; empty when it depends."""
        return self.levels[0] if len(self.levels) == 1 else ""

    @property
    def depends(self) -> bool:
        return len(self.levels) > 1


@cache
def entries() -> dict[tuple[str, str], tuple[str, ...]]:
    """Levels by both orders of each pair of labels."""
    found = {}
    for row in read_facts("pairs.csv"):
        found[row["a"], row["b"]] = found[row["b"], row["a"]] = tuple(row["levels"].split("+"))
    return found


def labels_of(name: str) -> tuple[str, ...]:
    """A substance stands for itself and for its classes; a class for itself."""
    key = key_of(name)
    return (key, *classes_of().get(key, ()))


def between(a: str, b: str) -> tuple[Listed, ...]:
    """Entries that fire for two substances or labels; none for a substance with itself."""
    table, found = entries(), {}
    if key_of(a) == key_of(b) and (key_of(a), key_of(b)) not in table:
        return ()
    for left in labels_of(a):
        for right in labels_of(b):
            if (left, right) in table and tuple(sorted((left, right))) not in found:
                found[tuple(sorted((left, right)))] = Listed(left, right, table[left, right])
    return tuple(found.values())
