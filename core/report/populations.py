"""Of which stays figures are: how many, how many lines and errors, and from which hospital."""

from core.detection.hospitals import origin
from core.report.content import Content
from core.report.words import number, t

NEW = ("unseen_pairs", "unseen_substances")  # of core.detection.novelty; after another population, joined by _


def no_ceiling(population: str) -> bool:
    """Whether known errors are left out of a population: the oracle does not know which are new to a model."""
    return population.endswith(NEW)


def told(population: str, row: dict, content: Content, language: str) -> str:
    """What the figures of a population are counted on, whose stays they are, and where the oracle is no ceiling."""
    ceiling = t("report.no_ceiling", language) if no_ceiling(population) and row.get("oracle_ratio") is not None else ""
    return " ".join(filter(None, (counted(population, row, content, language), whence(population, content, language), ceiling)))


def counted(population: str, row: dict, content: Content, language: str) -> str:
    """Stays where they are known, lines and errors; nothing where an earlier version kept no count."""
    if row.get("lines") is None or row.get("errors") is None:
        return ""
    stays = {"test": content.parts["test"]} | {name: sum(made.values()) for name, made in content.made["elsewhere"].items()}
    amounts = {name: number(row[name], language, 0) for name in ("lines", "errors")}
    if population not in stays:
        return t("report.counted.lines", language, **amounts)
    return t("report.counted.stays", language, stays=number(stays[population], language, 0), **amounts)


def whence(population: str, content: Content, language: str) -> str:
    """Whether fresh stays are of the hospital of the others."""
    made = content.made["elsewhere"].get(population, {})
    if population != "fresh" or not made:
        return ""
    return t(f"report.origin.{origin(content.made['imports'], made)}", language, imports=listed(made, language))


def listed(imports: dict[str, int], language: str) -> str:
    """Imports with their number of stays."""
    return ", ".join(f"{name} ({number(stays, language, 0)})" for name, stays in imports.items())
