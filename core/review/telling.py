"""What tells most of an alert: the rules that say the same as it, the results that have to do with its drugs."""

import math

from core.knowledge.checks.patient import WHEN, rules_of
from core.knowledge.controls import asked_of
from core.knowledge.substances import read_facts
from core.review.case import Abnormal, Case, abnormal, culprit_lines, listed, substances_of
from core.review.trial import correctors
from core.schema import SEPARATOR

MOST_RESULTS = 3
WEIGHS = math.log(2)  # of the logit: a result that alone doubles or halves the odds has to do with the alert
WORKED_OUT = {"egfr": "creatinine"}  # the first is worked out from the other, which stands for it where it is not measured
# where the error types of a rule begin: a dose too high is one problem, on one line or on two, or of what is contra-indicated
RULED = {
    "above_maximum": "4", "not_adapted": "4", "written_twice": "4", "below_usual": "3", "contra_indicated": ("1.3", "4"),
    "diagnosed": "1.3",
    "redundancy": "5.3",
}  # fmt: skip


def reasons(case: Case) -> list[dict]:
    """Rules, but for those on interactions, that say what the alert says of its lines: all of an alert that rules alone
    raised, of another those on the very problem, and of several maxima of a substance the lowest."""
    rules = [rule for rule in case.alert["detail"].get("rules", []) if rule["rule"] != "interaction"]
    if case.alert["origin"] == "rule":
        return rules
    mine = substances_in_question(case)
    return strictest([rule for rule in rules if agrees(rule, case.alert["error_type"]) and mine.issuperset(rule["substances"])])


def substances_in_question(case: Case) -> set[str]:
    return {key for line in culprit_lines(case) for key in substances_of(line)}


def agrees(rule: dict, error_type: str) -> bool:
    return error_type.startswith(RULED[rule["rule"]])


def strictest(rules: list[dict]) -> list[dict]:
    """The lowest maximum of each substance, with the highest dose held to it, of what is contra-indicated that of any adult
    alone; rules without one stay."""
    never = {key for rule in rules if rule["rule"] == "contra_indicated" for key in rule["substances"]}
    told = [rule for rule in rules if rule.get("maximum") is None or of_any_adult(rule) or never.isdisjoint(rule["substances"])]
    kept: dict[str, dict] = {}
    for rule in sorted((rule for rule in told if rule.get("maximum") is not None), key=lambda rule: (rule["maximum"], -(rule["mg_high"] or 0))):
        kept.setdefault(rule["substances"][0], rule)
    return [rule for rule in told if rule.get("maximum") is None or rule is kept[rule["substances"][0]]]


def of_any_adult(rule: dict) -> bool:
    return rule["rule"] == "above_maximum" and not rule.get("condition")


def told_level(case: Case) -> str:
    """The level of the thesaurus that belongs to the alert itself; of a line alone it may be that of another problem."""
    own = len(case.culprits) > 1 or case.alert["error_type"].startswith("6")
    return case.alert["level"] or "" if own else ""


def lines_of(alert: dict) -> list[str]:
    return [alert["line_id"], *filter(None, (alert["partner_line_ids"] or "").split(SEPARATOR))]


def results(case: Case) -> list[Abnormal]:
    """Recent results outside their band that have to do with the alert, those that count most, in their usual order."""
    found, shares = abnormal(case), shares_of(case)
    kinds = asked_for(case) | {kind for kind, share in shares.items() if share >= WEIGHS}
    seen = set(case.observations.loc[case.observations["observed_at"] <= case.at, "kind"])
    kinds |= {other for kind, other in WORKED_OUT.items() if kind in kinds - seen}
    told = [one for one in found if one.kind in kinds]
    told = [one for one in told if one.kind not in {WORKED_OUT.get(other.kind) for other in told}]
    kept = sorted(told, key=lambda one: -abs(shares.get(one.kind, 0.0)))[:MOST_RESULTS]
    return [one for one in told if one in kept]


def shares_of(case: Case) -> dict[str, float]:
    """What each thing that is known adds to the logit; none where no explanation is trusted."""
    why = case.explanation or {}
    return {one["name"]: one["attribution"] for one in why.get("features", []) if why.get("trusted")}


def unnamed(case: Case) -> list[str]:
    """Substances that interact with the line of an alert that names no other, at the level that it says."""
    if len(case.culprits) != 1:
        return []
    mine = substances_in_question(case)
    rules = [rule for rule in case.alert["detail"].get("rules", []) if rule["rule"] == "interaction"]
    said = [rule for rule in rules if any(case.alert["level"] in entry["levels"] for entry in rule["entries"])]
    return list(dict.fromkeys(key for rule in said for key in rule["substances"] if key not in mine))


def usual_correctors(case: Case) -> list[dict]:
    """Rows of remedies/correctors.csv (substance, source) of what may be added, where the problem is that a corrector is missing."""
    if case.alert["error_type"] != "2.4":
        return []
    found = correctors(case)[0]
    return [row for row in read_facts("remedies/correctors.csv") if row["substance"] in found]


def lacking(case: Case) -> set[str]:
    """Kinds of value whose low result calls for a corrector that the lines in question ask for, where one is missing."""
    return {row["low"] for row in usual_correctors(case) if row["low"]}


def asked_for(case: Case) -> set[str]:
    """Kinds of value that the limits of the drugs in question, the thesaurus between them or a rule of the alert look at."""
    kinds = {kind for line in culprit_lines(case) for key in substances_of(line) for kind in rules_of(key, line["route"])}
    kinds |= {kind for _, _, entry in listed(case) for kind in asked_of(entry)}
    kinds |= lacking(case)
    return kinds | {WHEN.fullmatch(rule["condition"])[1] for rule in reasons(case) if rule.get("condition")}
