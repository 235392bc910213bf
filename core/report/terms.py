"""The words of the figures and what they mean, the same on the pages and in the report."""

from collections.abc import Sequence
from html import escape

from core.i18n import sentences
from core.report.words import t

OF_PAGES = ("auprc", "base_rate", "oracle", "oracle_ratio", "precision", "recall", "alerts_to_rules", "culprit_first", "ece",
            "seeds", "auprc_sd", "stay_auprc")  # fmt: skip
OF_REPORT = (*OF_PAGES, "pair_auprc", "culprit_first_of_type", "culprit_first_oracle", "culprit_first_of_error")


def name(term: str, language: str) -> str:
    return t(f"terms.name.{term}", language)


def what(term: str, language: str) -> str:
    """What a term means, a sentence of its own; empty for one that says it by itself."""
    if f"terms.what.{term}" not in sentences(language):
        return ""
    meaning = t(f"terms.what.{term}", language)
    return meaning[:1].upper() + meaning[1:]


def listed(terms: Sequence[str], language: str) -> str:
    """A list in Markdown, one term a point."""
    said = [t("terms.term", language, name=f"**{name(term, language)}**", what=t(f"terms.what.{term}", language)) for term in terms]
    return "\n".join(f"- {each}" for each in said)


def defined(terms: Sequence[str], language: str) -> str:
    """A list in HTML, one term a point."""
    said = [f"<dt>{escape(name(term, language))}</dt><dd>{escape(what(term, language))}</dd>" for term in terms]
    return f"<dl>{''.join(said)}</dl>"
