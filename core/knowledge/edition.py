"""Which edition of the thesaurus the reference holds; every alert keeps it."""

import re
from functools import cache

from core.knowledge.substances import path_of


@cache
def edition() -> str:
    """Date of the edition, from the first lines of pairs.csv."""
    head = path_of("pairs.csv").read_text("utf-8")[:400]
    return re.search(r"edition (\d{4}-\d{2}(?:-\d{2})?)", head).group(1)
