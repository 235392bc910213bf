"""Whether a model learned from some stays, told by the marks that its card keeps of them: figures on these are too good."""

import hashlib
from collections.abc import Iterable

MARKS = 200  # of the digests of all stays learned from, the lowest: whoever has as many of these stays meets one


def marks(stay_ids: Iterable[str]) -> list[str]:
    """Short digests of some of the stays, always the same ones."""
    return sorted(digest(stay_id) for stay_id in stay_ids)[:MARKS]


def digest(stay_id: str) -> str:
    return hashlib.sha256(str(stay_id).encode()).hexdigest()[:12]


def learned_from(card: dict, stay_ids: Iterable[str]) -> bool:
    """Whether a model, or one that it started from, learned from some of these stays, as far as its card can tell."""
    here, data = {digest(stay_id) for stay_id in stay_ids}, card.get("data", {})
    while data:
        if here & set(data.get("marks", ())):
            return True
        data = data.get("start", {})
    return False
