"""Rows of figures as a person reads them in a terminal."""

from core.i18n import sentences
from core.report.words import between, number, percent, spread, t

NEW = ("unseen_pairs", "unseen_substances")  # of core.detection.novelty; after another population, joined by _


def population(code: str, language: str) -> str:
    """``séjours neufs, paires jamais vues``."""
    for name in NEW:
        if code.endswith(f"_{name}"):
            return ", ".join(population(each, language) for each in (code.removesuffix(f"_{name}"), name))
    return sentences(language).get(f"cli.population.{code}", code)


def written(row: dict, language: str) -> str:
    """One row in words: model, what is withheld, errors, stays, then figures; no figure where there was no error."""
    names = [t(f"report.model.{row['model']}.name", language), withheld(row, language)]
    names += [t(f"report.scope.{row['scope']}", language), population(row["population"], language)]
    head = " · ".join(filter(None, names))
    if row["auprc"] is None:
        return t("cli.figures.none", language, head=head)
    told = [t("cli.figures.row_words", language, head=head, auprc=number(row["auprc"], language),
              interval=between(row, language), base_rate=percent(row["base_rate"], language, 2))]  # fmt: skip
    if row.get("seeds", 1) > 1:
        told.append(t("cli.figures.seeds", language, seeds=row["seeds"], spread=spread(row, language)))
    if row.get("oracle_ratio") is not None:
        told.append(t("cli.figures.oracle", language, share=percent(row["oracle_ratio"], language)))
    if row.get("ece") is not None:
        told.append(t("cli.figures.ece", language, ece=number(row["ece"], language, 4)))
    return ", ".join(told)


def withheld(row: dict, language: str) -> str:
    """Words for what is withheld; nothing where nothing is."""
    from core.report.sections import variant

    return "" if row.get("variant", "whole") == "whole" else variant(row["variant"], language)
