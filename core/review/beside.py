"""What is grave beside the problem of an alert: of the patient, of a dose, of what else runs with its lines."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.knowledge.checks.patient import WHEN
from core.knowledge.checks.situation import measures_of
from core.knowledge.conditions import COMPARE
from core.knowledge.interactions import Listed, between
from core.knowledge.names import own_key
from core.review.case import Case, active, culprit_lines, patient, settled, substances_of, taken
from core.review.dosing import capped_here, told
from core.review.telling import lines_of, strictest, substances_in_question, told_level
from core.review.trial import strongest
from core.schema import LEVELS

GRAVE = ("contra_indicated", "diagnosed", "above_maximum", "not_adapted")  # what is told beside another problem
ORDER = ("contra_indicated", "ci", "diagnosed", "above_maximum", "not_adapted", "capped", "ad", "pe")  # of them with levels of interactions
WEAK = "apec"
LEVEL_OF_TYPE = {"1.3": "ci", "6.4": "ci", "6.3": "ad", "6.2": "pe", "6.1": "apec"}


def besides(case: Case, said: list[dict] | None = None) -> list[dict]:
    """What is another problem of the lines in question than what is ``said`` of the alert (told) and holds still, gravest first: what
    rules say of the patient and the dose, what a partner leaves of it, and interactions with what else runs that are stronger
    than the alert itself."""
    said = told(case) if said is None else said
    found = interactions(case, culprit_lines(case), own_level(case, said))
    return sorted([*of_rules(case, said), *capped_here(case), *found], key=lambda rule: ORDER.index(rule.get("level", rule["rule"])))


def leading(case: Case, said: list[dict], more: list[dict]) -> list[dict]:
    """Those of ``besides`` that must be read before the alert: a contra-indication, where the alert itself is weak."""
    weak = own_level(case, said) == WEAK
    return [rule for rule in more if weak and rule.get("level", rule["rule"]) in ("ci", "contra_indicated", "diagnosed")]


def own_level(case: Case, said: list[dict]) -> str:
    """The level that the alert itself has for who reads it; empty where it has none."""
    found = {LEVEL_OF_TYPE.get(case.alert["error_type"], ""), told_level(case)}
    found |= {"ci" for rule in said if rule["rule"] in ("contra_indicated", "diagnosed") or rule.get("never")}
    return next((level for level in LEVELS if level in found), "")


def of_rules(case: Case, said: list[dict]) -> list[dict]:
    """Contra-indications and doses too high of the alert itself and of others that were raised on these lines until then and are not
    judged false alarms, strictest first."""
    lines, mine = set(case.culprits), substances_in_question(case)
    raised = [case.alert, *(one for one in case.alerts if lines.issuperset(lines_of(one)) and pd.Timestamp(one["at"]) <= case.at
                            and one["state"] not in ("retired", "rejected"))]  # fmt: skip
    found = [rule for one in raised for rule in one["detail"].get("rules", []) if rule["rule"] in GRAVE and mine.issuperset(rule["substances"])]
    names = {(rule["rule"], *rule["substances"]) for rule in said}
    kept = [rule for rule in found if (rule["rule"], *rule["substances"]) not in names]
    kept = still_true(case, kept) if kept else []
    more = strictest([*said, *(rule for place, rule in enumerate(kept) if rule not in kept[:place])])
    return [rule for rule in more if rule not in said]


def still_true(case: Case, rules: list[dict]) -> list[dict]:
    """Rules whose condition the last value before the alert meets, with that value; those without one stay."""
    measures = measures_of(case)
    last = measures[measures["at"] <= case.at].groupby("kind")["value"].last()
    found = []
    for rule in rules:
        kind, sign, bound = WHEN.fullmatch(rule["condition"]).groups() if rule.get("condition") else ("", "", "")
        if kind not in last:
            found.append(rule)
        elif COMPARE[sign](last[kind], float(bound)):
            found.append(rule | {"value": float(last[kind])})
    return found


def interactions(case: Case, lines: list[pd.Series], than: str, least: str = "ad") -> list[dict]:
    """Interactions that surely hold at the instant between one of some lines and another that runs, of a level above ``than`` and no
    less than ``least``, strongest first, each two drugs once; none of a pair that was judged a false alarm."""
    wanted = LEVELS[: min(LEVELS.index(least) + 1, LEVELS.index(than) if than else len(LEVELS))]
    found: dict[frozenset, dict] = {}  # a pair of products is told once, by the substances of which most is listed
    pairs = meeting(case, lines, wanted) if wanted else []
    for ((one, _), (other, _)), (a, b, entries) in zip(pairs, listed_between(case, pairs), strict=True):
        sure = [entry for entry in entries if not entry.may_not_apply]
        level = min((entry.levels[-1] for entry in sure), key=LEVELS.index, default="")
        if level in wanted:
            rule = {"rule": "interaction", "substances": [a, b], "level": level, "entries": [entry.as_row() for entry in sure]}
            drugs = frozenset((one["substances"], other["substances"]))
            found[drugs] = min(found.get(drugs, rule), rule, key=of_level)
    each: dict[frozenset, dict] = {}
    for rule in sorted(found.values(), key=of_level):
        each.setdefault(frozenset(rule["substances"]), rule)
    return list(each.values())


def of_level(rule: dict) -> int:
    return LEVELS.index(rule["level"])


def meeting(case: Case, lines: list[pd.Series], wanted: tuple[str, ...]) -> list[tuple]:
    """((line, substance), (line, substance)) of which the names alone may be listed at one of some levels."""
    here = [line for _, line in active(case).iterrows()]
    mine = [(line, key) for line in lines for key in substances_of(line)]
    others = [(line, key) for line in here for key in substances_of(line)]
    false = [set(lines_of(one)) for one in case.alerts if one["state"] == "rejected" and one["error_type"].startswith("6")]
    rank = len(LEVELS) - LEVELS.index(wanted[-1])
    names = [own_key(key) for _, key in others]
    strong = {key: np.asarray(strongest(names, [own_key(key)])) >= rank for _, key in mine}
    pairs = [(one, other) for one in mine for other, may in zip(others, strong[one[1]], strict=True) if may]
    together = lambda one, other: {one[0]["line_id"], other[0]["line_id"]}  # noqa: E731
    return [pair for pair in pairs if len(together(*pair)) > 1 and not any(together(*pair) <= judged for judged in false)]


def listed_between(case: Case, pairs: list[tuple]) -> list[tuple[str, str, tuple[Listed, ...]]]:
    """The entries of each pair of ``meeting``; dose and patient are looked at where the names leave something open."""
    found = [(a, b, between(own_key(a), own_key(b))) for (_, a), (_, b) in pairs]
    left = [place for place, ((one, _), (other, _)) in enumerate(pairs) if not settled(found[place][2], [one, other])]
    if not left:
        return found
    measures, lines = measures_of(case), {line["line_id"]: line for place in left for line, _ in pairs[place]}
    sides, who = taken(case, [*lines.values()], measures), patient(case, measures)
    for place in left:
        a, b = (replace(sides[line["line_id"], key], key=own_key(key)) for line, key in pairs[place])
        found[place] = (*found[place][:2], between(a, b, who))
    return found
