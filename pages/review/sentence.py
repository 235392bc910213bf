"""The alert in plain words, made from codes alone."""

from core.report.words import apart
from core.review.case import Abnormal, Case, listed
from core.review.dosing import told
from core.review.monitoring import Missing, missing
from core.review.telling import besides, results, unnamed
from pages.review.reference import rule_words
from pages.shell.session import Session
from pages.wording.drugs import line_name, names
from pages.wording.words import chance, instant, measured, number, word

OF_A_REFERENCE = "1"  # error types of what a reference forbids or does not advise


def result(session: Session, found: Abnormal) -> str:
    return session.t(
        "stay.sentence.abnormal",
        kind=word("observation", found.kind, session.language),
        value=measured(found.kind, found.value, session.language),
        at=instant(found.observed_at, session.language),
        side=session.t(f"stay.sentence.{found.side}"),
        bound=number(found.bound, session.language),
    )


def uncontrolled(session: Session, found: Missing) -> str:
    """A control that the thesaurus asks for: to be planned where the lines meet now, else not come since."""
    kind = "ECG (QTc)" if found.kind == "qtc" else word("observation", found.kind, session.language)
    last = session.t("stay.sentence.no_result")
    if found.last is not None:
        value = measured(found.kind, found.last, session.language)
        last = session.t("stay.sentence.last_result", value=value, at=instant(found.last_at, session.language))
    if not found.hours:
        return session.t("stay.sentence.to_control", kind=kind, last=last)
    hours = number(found.hours, session.language, 0)
    return session.t("stay.sentence.not_controlled", kind=kind, hours=hours, last=last)


def sentence(session: Session, case: Case) -> str:
    """Lines, problem, level, what rules say of it and beside it, results that have to do with it, controls that lack, probability."""
    alert, language = case.alert, session.language
    drugs, kind = names(list(case.culprits), case.lines, language), word("error_type", alert["error_type"], language)
    parts = [session.t("stay.sentence.problem", drugs=drugs, type=kind.lower())]
    if alert["level"] and (len(case.culprits) > 1 or alert["error_type"].startswith("6")):  # else of another problem of the line
        beside = ", ".join(line_name(key, language) for key in unnamed(case))
        key = "stay.sentence.listed_with" if beside else "stay.sentence.listed"
        parts.append(session.t(key, level=word("level", alert["level"], language), drugs=beside))
    elif alert["error_type"].startswith("6"):
        parts.append(session.t("stay.sentence.perhaps" if listed(case) else "stay.sentence.unlisted"))
    said = dict.fromkeys(one for rule in told(case) for one in rule_words(session, rule))
    parts += [f"{one}." for one in said]
    if alert["error_type"].startswith(OF_A_REFERENCE) and not said:
        parts.append(session.t("stay.sentence.no_rule"))
    more = dict.fromkeys(one for rule in besides(case) for one in rule_words(session, rule))
    parts += [session.t("stay.sentence.besides", said=apart(more, language))] if more else []
    parts += [result(session, found) for found in results(case)]
    parts += [uncontrolled(session, found) for found in missing(case)]
    no_score = alert["origin"] == "rule"
    last = "stay.sentence.no_risk" if no_score else "stay.sentence.risk"
    return " ".join([*parts, session.t(last, risk=chance(alert["score"], language))])
