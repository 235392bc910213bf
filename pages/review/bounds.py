"""The highest dose a day that a patient may have, in words: the maximum, the condition that lowers it, its source."""

from core.knowledge.phrases import limit
from pages.shell.session import Session
from pages.wording.words import amount, number


def bound_words(session: Session, bound: dict) -> str:
    """``maximum 2,5 si DFG estimé < 60 … (ici 52)`` of a core.knowledge.state.Limit as a dictionary, without its source."""
    language, kept = session.language, amount(bound["maximum"], session.language)
    if not bound["condition"]:
        return session.t("stay.bound.usual", value=kept) if bound["maximum"] else session.t("stay.bound.none")
    held = {"condition": limit(bound["condition"], language), "here": number(bound["value"], language, 1)}
    if bound["stop"]:
        return session.t("stay.bound.contra_indicated", **held)
    if bound["mg_per_kg"]:
        return session.t("stay.bound.by_weight", value=kept, per_kg=amount(bound["mg_per_kg"], language), **held)
    return session.t("stay.bound.adapted", value=kept, **held)


def sourced(session: Session, bound: dict) -> str:
    """The same with its source, where there is one."""
    told = bound_words(session, bound)
    return session.t("stay.bound.sourced", bound=told, source=bound["source"]) if bound["source"] else told
