"""Why an alert was raised: shares of lines and features, pairs, or the sentence of the gate instead of bars."""

from core.review.case import Case
from pages.shell.session import Session
from pages.wording.words import drug, number, word

LONGEST = 6  # bars of one kind
PAIRS = 4


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
    """Lines, then features, then pairs; what was held back is said beneath."""
    language = session.language
    name = {line["line_id"]: drug(line, 26) for _, line in case.lines.iterrows()}
    lines = [one for one in why["lines"] if one["line_id"] in name][:LONGEST]
    pairs = [one for one in why.get("pairs", []) if one["a"] in name and one["b"] in name][:PAIRS]
    return {
        "lines": [[name[one["line_id"]], one["attribution"], one["line_id"] in case.culprits] for one in lines],
        "features": [[word("feature", one["name"], language), one["attribution"], False]
                     for one in why["features"][:LONGEST]],
        "features_title": session.t("stay.why.features", drug=name.get(case.alert["line_id"], "–")),
        "pairs": [f"{name[one['a']]} + {name[one['b']]} : **{number(one['effect'], language)}**" for one in pairs],
        "notes": notes(session, why),
    }  # fmt: skip


def notes(session: Session, why: dict) -> list[str]:
    """Why one of the two kinds has no bars, and how well the shares add up."""
    held = [(part, why[f"{part}_reason"]) for part in ("lines", "features") if why.get(f"{part}_reason")]
    told = [
        session.t(f"whatif.{part}_withheld", reason=word("gate", reason, session.language)) for part, reason in held
    ]
    delta = why.get("relative_delta") if why["features"] else None
    return told if delta is None else [*told, session.t("stay.why.delta", delta=number(delta, session.language, 3))]
