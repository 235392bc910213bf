"""The champion of a comparison in words: why it, and how the rules and chance stand beside it."""

from core.detection import selection
from core.report.words import number, t

MARGIN_DIGITS = 4  # a spread over seeds is often below 0.01


def named(model: str, language: str) -> str:
    """The name of a model in quotation marks, since some names hold a comma."""
    return t("report.quoted", language, name=t(f"report.model.{model}.name", language))


def why(chosen: dict, language: str) -> str:
    """Who was chosen, and why."""
    first, *others = chosen["candidates"]
    return t(
        f"report.reason.{chosen['reason']}",
        language,
        champion=named(chosen["champion"], language),
        best=number(first["validation_auprc"], language),
        next=number(others[0]["validation_auprc"] if others else None, language),
        margin=number(chosen["margin"], language, MARGIN_DIGITS),
        equals=", ".join(named(model, language) for model in chosen["equals"]),
    )


def rules(chosen: dict, rows: list[dict], language: str) -> str:
    """How the rules stand, which are no candidate."""
    stand = selection.beside(chosen, rows)
    told = {name: number(stand[name], language) for name in ("champion", "rules", "base_rate")}
    return t("report.rules.unmeasured" if stand["rules"] is None else "report.rules.measured", language, **told)


def cautions(chosen: dict, rows: list[dict], language: str) -> list[str]:
    """What speaks against the champion, and that it is no better than chance on the test part where that is so."""
    stand, candidates = selection.beside(chosen, rows), chosen["candidates"]
    told = {name: number(stand[name], language) for name in ("champion", "rules", "base_rate")} | {"errors": chosen.get("validation_errors")}
    told |= {"fewer": ", ".join(f"{named(each['model'], language)} ({each['seeds']})" for each in selection.fewer(candidates)),
             "most": selection.most_seeds(candidates), "folder": chosen.get("folder"),
             "margin": number(chosen["margin"], language, MARGIN_DIGITS),
             "best": number(candidates[0]["validation_auprc"], language)}  # fmt: skip
    found = [t(f"report.caution.{code}", language, **told) for code in stand["cautions"]]
    for row in rows:
        kind, base = (row["model"], row["variant"], row["scope"], row["population"]), row["base_rate"]
        if kind == (chosen["champion"], "whole", "several", "test") and base is not None and (row["auprc"] or 0) <= base:
            test = {"champion": number(row["auprc"], language), "base_rate": number(base, language)}
            found.append(t("report.caution.chance_test", language, **test))
    return found
