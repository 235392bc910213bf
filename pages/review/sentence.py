"""The alert in plain words, made from codes alone."""

from core.knowledge.controls import CONCENTRATION
from core.knowledge.phrases import small, source
from core.report.words import apart
from core.review.beside import besides, leading
from core.review.case import Abnormal, Case, listed
from core.review.dosing import told
from core.review.monitoring import Missing, missing
from core.review.telling import results, told_level, unnamed, usual_correctors
from pages.review.reference import rule_words
from pages.shell.session import Session
from pages.wording.drugs import line_name, names
from pages.wording.words import capital, chance, instant, measured, number, word

MOST_PAIRS = 2  # interactions told beside an alert; Reference has them all
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
    if found.kind == CONCENTRATION:
        return session.t("stay.sentence.concentration")
    kind = "ECG (QTc)" if found.kind == "qtc" else small(word("observation", found.kind, session.language))
    last = session.t("stay.sentence.no_result")
    if found.last is not None:
        value = measured(found.kind, found.last, session.language)
        last = session.t("stay.sentence.last_result", value=value, at=instant(found.last_at, session.language))
    if not found.hours:
        return session.t("stay.sentence.to_control", kind=kind, last=last)
    hours = number(found.hours, session.language, 0)
    return session.t("stay.sentence.not_controlled", kind=kind, hours=hours, last=last)


def aside(session: Session, rules: list[dict]) -> list[str]:
    """What stands beside an alert, short: of interactions the first ones alone, and how many more there are."""
    pairs = [rule for rule in rules if rule["rule"] == "interaction"]
    said = [small(one) for rule in rules if rule not in pairs[MOST_PAIRS:] for one in short(session, rule)]
    more = len(pairs) - MOST_PAIRS
    others = [session.t("stay.sentence.more_pair" if more == 1 else "stay.sentence.more_pairs", count=more)] if more > 0 else []
    return [*dict.fromkeys(said), *others]


def short(session: Session, rule: dict, key: str = "pair") -> list[str]:
    """A rule in words, of an interaction the two drugs and its level alone."""
    if rule["rule"] != "interaction":
        return rule_words(session, rule)
    drugs = " + ".join(line_name(one, session.language) for one in rule["substances"])
    return [session.t(f"stay.sentence.{key}", drugs=capital(drugs), level=word("level", rule["level"], session.language))]


def first(session: Session, rules: list[dict]) -> list[str]:
    """Contra-indications that are read before the alert."""
    return list(dict.fromkeys(f"{one}." for rule in rules for one in short(session, rule | {"first": True}, "pair_first")))


def sentence(session: Session, case: Case) -> str:
    """What must be read first, lines, problem, level, what rules say of it and beside it, results that have to do with it, controls
    that lack, probability."""
    alert, language = case.alert, session.language
    drugs, kind = names(list(case.culprits), case.lines, language), word("error_type", alert["error_type"], language)
    of_alert = told(case)
    more = besides(case, of_alert)
    before = leading(case, of_alert, more)
    parts = [*first(session, before), session.t("stay.sentence.problem", drugs=drugs, type=kind.lower()), *listing(session, case)]
    said = dict.fromkeys(one for rule in of_alert for one in rule_words(session, rule))
    parts += [f"{one}." for one in said]
    if alert["error_type"].startswith(OF_A_REFERENCE) and not said:
        parts.append(session.t("stay.sentence.no_rule"))
    parts += [session.t("stay.sentence.corrector", said=apart(found, language))] if (found := to_add(session, case)) else []
    others = aside(session, [rule for rule in more if rule not in before])
    parts += [session.t("stay.sentence.besides", said=apart(others, language))] if others else []
    parts += [result(session, found) for found in results(case)]
    parts += [uncontrolled(session, found) for found in missing(case)]
    no_score = alert["origin"] == "rule"
    last = "stay.sentence.no_risk" if no_score else "stay.sentence.risk"
    return " ".join([*parts, session.t(last, risk=chance(alert["score"], language))])


def to_add(session: Session, case: Case) -> list[str]:
    """The correctors that are usual where one is missing, each with its source."""
    language = session.language
    return [session.t("stay.bound.sourced", bound=line_name(row["substance"], language), source=source(row["source"], language))
            for row in usual_correctors(case)]  # fmt: skip


def listing(session: Session, case: Case) -> list[str]:
    """What the thesaurus says of the lines together, where that belongs to the alert."""
    if level := told_level(case):
        beside = ", ".join(line_name(key, session.language) for key in unnamed(case))
        key = "stay.sentence.listed_with" if beside else "stay.sentence.listed"
        return [session.t(key, level=word("level", level, session.language), drugs=beside)]
    if not case.alert["error_type"].startswith("6"):
        return []
    return [session.t("stay.sentence.perhaps" if listed(case) else "stay.sentence.unlisted")]
