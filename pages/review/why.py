"""Why an alert was raised: shares of lines and features, pairs, or the sentence of the gate instead of bars."""

from core.review.case import Case
from pages.shell.session import Session
from pages.wording.drugs import drug
from pages.wording.words import capital, diagnoses, dose, measured, number, signed, word

LONGEST = 6  # bars of one kind
PAIRS = 4
CODES = 6  # diagnoses of a stay beside their share
ANSWERS = ("lines_do_nothing", "known_does_nothing")  # of the gate (core.detection.explain.gate)


def why_words(session: Session, case: Case) -> dict:
    """``state`` is said (a sentence and no bars), wanted (nothing computed yet) or bars."""
    if case.alert["origin"] == "rule":
        return {"state": "said", "text": session.t("stay.why.rule_only")}
    why = case.explanation
    if not why:
        return {"state": "wanted"}
    if not why["trusted"]:
        reason = word("gate", why.get("reason"), session.language)
        return {"state": "said", "warning": True, "text": session.t("stay.why.untrusted", reason=reason)}
    return {"state": "bars"} | bars(session, case, why)


def bars(session: Session, case: Case, why: dict) -> dict:
    """Lines, then what is known, then pairs; what was held back is said beneath."""
    language = session.language
    name = {line["line_id"]: drug(line, language) for _, line in case.lines.iterrows()}
    lines = [one for one in why["lines"] if one["line_id"] in name][:LONGEST]
    pairs = [one for one in why.get("pairs", []) if one["a"] in name and one["b"] in name][:PAIRS]
    return {
        "lines": [[name[one["line_id"]], one["attribution"], one["line_id"] in case.culprits] for one in lines],
        "features": [[known(session, case, one), one["attribution"], False] for one in why["features"][:LONGEST]],
        "features_title": session.t("stay.why.features", drug=name.get(case.alert["line_id"], "–")),
        "pairs": [
            session.t("stay.why.pair", a=name[one["a"]], b=name[one["b"]], effect=signed(one["effect"], language)) for one in pairs
        ],
        "notes": notes(session, why),
    }  # fmt: skip


def known(session: Session, case: Case, one: dict) -> str:
    """A thing that is known and what is known of it: ``Kaliémie 5,9 mmol/L``."""
    name, value, language = one["name"], one.get("value"), session.language
    said = ""
    if name == "age" and value is not None:
        said = session.t("codes.years", age=number(value, language, 0))
    elif value is not None:
        said = measured(name, value, language)
    elif name in ("dose", "route"):
        line = case.lines[case.lines["line_id"] == case.alert["line_id"]].iloc[0]
        said = dose(line, language) if name == "dose" else word("route", line["route"], language)
    elif name in ("ward", "sex"):
        said = word(name, case.stay[name], language)
    elif name == "diagnoses":
        said = diagnoses(case.stay["diagnoses"], CODES)
    return f"{word('feature', name, language)} {said}".rstrip()


def notes(session: Session, why: dict) -> list[str]:
    """Why one of the two kinds has no bars, and that an earlier version worked out what is known in another manner."""
    held = [(part, why[f"{part}_reason"]) for part in ("lines", "features") if why.get(f"{part}_reason")]
    earlier = why["features"] and why.get("features_method") == "integrated_gradients"
    return [note(session, part, reason) for part, reason in held] + [session.t("stay.why.earlier")] * bool(earlier)


def note(session: Session, part: str, reason: str) -> str:
    """That a part changes nothing is an answer, and no check that failed."""
    told = word("gate", reason, session.language)
    return f"{capital(told)}." if reason in ANSWERS else session.t(f"whatif.{part}_withheld", reason=told)
