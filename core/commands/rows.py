"""Rows of figures as a person reads them in a terminal."""

from core.i18n import sentences
from core.report.populations import NEW, no_ceiling
from core.report.words import between, number, percent, rate, spread, t


def population(code: str, language: str) -> str:
    """``séjours neufs, paires jamais vues``."""
    for name in NEW:
        if code.endswith(f"_{name}"):
            return ", ".join(population(each, language) for each in (code.removesuffix(f"_{name}"), name))
    return sentences(language).get(f"cli.population.{code}", code)


def afresh(population: str) -> str:
    """The population in whose words stays made afresh are told: no model learned beside them, as it did beside a test part."""
    if population in ("test", *NEW):
        return "made" if population == "test" else f"made_{population}"
    return population


def written(row: dict, language: str) -> str:
    """One row in words: model, what is withheld, errors, stays, then figures; no figure where there was no error."""
    names = [t(f"report.model.{row['model']}.name", language), row.get("called", ""), withheld(row, language)]
    names += [t(f"report.scope.{row['scope']}", language), population(row["population"], language)]
    head = " · ".join(filter(None, names))
    if row["auprc"] is None:
        return t("cli.figures.none", language, head=head)
    told = [t("cli.figures.row_words", language, head=head, auprc=number(row["auprc"], language),
              interval=between(row, language), base_rate=rate(row["base_rate"], language, 2))]  # fmt: skip
    if row.get("seeds", 1) > 1:
        told.append(t("cli.figures.seeds", language, seeds=row["seeds"], spread=spread(row, language)))
    if row.get("oracle_ratio") is not None:
        key = "cli.figures.oracle_no_ceiling" if no_ceiling(row["population"]) else "cli.figures.oracle"
        told.append(t(key, language, share=percent(row["oracle_ratio"], language)))
    if row.get("ece") is not None:
        told.append(t("cli.figures.ece", language, ece=number(row["ece"], language, 4)))
    return ", ".join(told)


def withheld(row: dict, language: str) -> str:
    """Words for what is withheld; nothing where nothing is."""
    from core.report.sections import variant

    return "" if row.get("variant", "whole") == "whole" else variant(row["variant"], language)
