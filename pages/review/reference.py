"""What the reference says beside an alert: entries of the thesaurus, limits of dose, their sources."""

from core.knowledge.doses import beyond_any_adult
from core.knowledge.edition import edition
from core.knowledge.interactions import Listed
from core.knowledge.phrases import branches, label, limit, source
from core.report.words import apart, edition_day
from core.review.beside import besides
from core.review.case import Case, listed
from core.review.dosing import of_patient
from core.review.gaps import Gap, gaps, unmeasured
from core.schema import LEVELS
from pages.shell.session import Session
from pages.wording.drugs import drug, line_name
from pages.wording.words import amount, amounts_between, capital, number, word

AMOUNTS = ("mg_high", "maximum", "mg_per_kg", "usual_low", "usual_high")


def strength(session: Session, levels: tuple[str, ...] | list[str]) -> str:
    """The level in words; all of them when it depends on dose or route."""
    words = [word("level", level, session.language) for level in LEVELS if level in levels]
    joined = ", ".join(words)
    return joined if len(words) == 1 else session.t("stay.reference.depends", levels=joined)


def entry_line(session: Session, drugs: str, entry: dict) -> str:
    """One entry of the thesaurus: its level, the labels that met, the condition that decided or stays open."""
    told = session.t(
        "stay.rule.interaction",
        drugs=drugs,
        level=strength(session, entry["levels"]),
        labels=" / ".join(label(name, session.language) for name in entry["labels"]),
    )
    return " · ".join([told, *branches(entry, session.language)])


def rule_words(session: Session, rule: dict) -> list[str]:
    """One sentence a rule; an interaction has one for each entry of the thesaurus, what is contra-indicated another where its
    dose is too much for anybody."""
    drugs = " + ".join(capital(label(key, session.language)) for key in rule["substances"])
    if rule["rule"] == "interaction":
        return [entry_line(session, drugs, entry) for entry in rule["entries"]]
    amounts = {name: amount(rule.get(name), session.language) for name in AMOUNTS}
    group = word("group", rule.get("group"), session.language)
    told = {
        "drugs": drugs,
        "group": group,
        "partner": label(rule["partner"], session.language) if rule.get("partner") else "",
        "condition": limit(rule["condition"], session.language) if rule.get("condition") else "",
        "value": number(rule.get("value"), session.language, 1),
        "disease": word("disease", rule.get("disease"), session.language),
        "codes": apart(rule.get("codes", ()), session.language),
        "mg": amounts_between(rule.get("mg_low"), rule.get("mg_high"), session.language),
        **amounts,
    }
    words = [session.t(f"stay.rule.{key_of_words(rule)}", source=source(rule["source"], session.language), **told)]
    words = [held_words(session, words[0], rule["held"])] if rule.get("held") else words
    too_much = beyond_any_adult(rule) if rule["rule"] == "contra_indicated" else None
    return words + (rule_words(session, too_much) if too_much else [])


def held_words(session: Session, said: str, held: dict) -> str:
    """What is usual, with the lower maximum of the patient."""
    return session.t("stay.rule.held", said=said, maximum=amount(held["maximum"], session.language),
                     condition=limit(held["condition"], session.language), value=number(held["value"], session.language, 1),
                     source=source(held["source"], session.language))  # fmt: skip


def key_of_words(rule: dict) -> str:
    """Which words tell a rule: some have their own for a part of what they say."""
    if rule["rule"] == "diagnosed":
        return "diagnosed" if rule["sure"] else "diagnosed_unsure"
    if rule["rule"] == "usual" and rule.get("held") and rule["held"]["maximum"] < rule["usual_high"]:
        return "usual_from"
    if rule["rule"] == "usual" and rule["usual_low"] == rule["usual_high"]:
        return "usual_one"
    if rule["rule"] == "contra_indicated" and rule.get("first"):
        return "contra_indicated_first"
    return "by_weight" if rule.get("mg_per_kg") else "never_together" if rule.get("never") else rule["rule"]


def entry_words(session: Session, a: str, b: str, entry: Listed) -> str:
    a, b = (capital(label(key, session.language)) for key in (a, b))
    told = session.t("stay.reference.entry", a=a, b=b, level=strength(session, entry.levels))
    return " · ".join([told, *branches(entry.as_row(), session.language)])


def reference(session: Session, case: Case) -> dict:
    """The detector, what its rules say, or else the entries of the thesaurus between the culprits; then what other alerts' rules
    say of these lines."""
    told = [line for rule in of_patient(case, case.alert["detail"].get("rules", [])) for line in rule_words(session, rule)]
    told = told or [entry_words(session, a, b, entry) for a, b, entry in listed(case)]
    told += [line for rule in besides(case) for line in rule_words(session, rule)]
    return {
        "origin": session.t("stay.reference.origin", origin=word("origin", case.alert["origin"], session.language)),
        "told": list(dict.fromkeys(told or [session.t("stay.reference.none")])),
        "edition": session.t("stay.reference.edition", edition=edition_day(edition(), session.language)),
    }


def unchecked_words(session: Session, case: Case) -> list[str]:
    """Lines of which the thesaurus does not know something, results that matter for a drug and were never measured."""
    by_id = case.lines.set_index("line_id")
    told = list(dict.fromkeys(gap_words(session, drug(by_id.loc[gap.line_id], session.language), gap) for gap in gaps(case)))
    unseen = [word("observation", kind, session.language) for kind in unmeasured(case)]
    none = [] if told else [session.t("stay.unchecked.none")]
    return none + told + [session.t("stay.unchecked.no_biology", kind=kind) for kind in unseen]


def gap_words(session: Session, name: str, gap: Gap) -> str:
    """Which component is not known, and that the others were checked."""
    if not gap.checked:
        return session.t("stay.unchecked.unknown" if gap.unknown else "stay.unchecked.nameless", drug=name)
    unknown, checked = (", ".join(line_name(key, session.language) for key in keys) for keys in (gap.unknown, gap.checked))
    return session.t("stay.unchecked.partly", drug=name, unknown=unknown, checked=checked)
