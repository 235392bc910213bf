"""The rules detector: what a pharmacist has today, with the same interface as the models.

A score orders the alerts and is no probability: of rule alerts 20 to 40 % lead to an intervention
(PharmaCheck, Lille score, PharmIA). ``detail`` is JSON: ``rules`` (the rule, substances, entries of the thesaurus or
limits, condition, source), ``of`` (the lines of each), the edition, and what could not be checked of the lines named.
"""

import hashlib
import json
from functools import cache

import pandas as pd

from core.knowledge.checks.amounts import below_usual, ledger_of, written_twice
from core.knowledge.checks.diagnoses import forbidden_by_disease
from core.knowledge.checks.excess import above_maximum
from core.knowledge.checks.pairs import concomitant, interactions, redundancies
from core.knowledge.checks.patient import unsuited, without_value
from core.knowledge.checks.situation import Situation, Tables, situation_of
from core.knowledge.doses import limits_by_key
from core.knowledge.edition import edition
from core.schema import ALERTS, LEVELS, LOCAL_ROUTES, SEPARATOR
from core.settings import REFERENCE

READ = ("split_by_share", "strengths_in_order", "")


@cache
def rules_id() -> str:
    """Name of the detector with its edition and the digest of every fact it reads."""
    digest = hashlib.sha256()
    for path in sorted(REFERENCE.glob("*.csv")):
        digest.update(path.read_bytes())
    return f"rules-{edition()}-{digest.hexdigest()[:8]}"


def unchecked_of(situation: Situation) -> pd.DataFrame:
    """line_id, substance, check, reason: what the rules could not check, and why."""
    drugs = situation.drugs
    unknown = drugs[drugs["place"] < 0].assign(check="all", reason="unknown_substance")
    unread = drugs[(drugs["place"] >= 0) & ~drugs["reason"].isin(READ)].assign(check="dose")
    routes = drugs["route"].replace({"enteral": "oral"})
    has = [pair in limits_by_key() for pair in zip(drugs["substance"], routes, strict=True)]
    unlimited = drugs[
        (drugs["place"] >= 0) & ~pd.Series(has, drugs.index, dtype=bool) & ~drugs["route"].isin(LOCAL_ROUTES)
    ]
    columns = ["line_id", "substance", "check", "reason"]
    parts = [unknown[columns], unread[columns], unlimited.assign(check="maximum", reason="no_limit")[columns]]
    return pd.concat([*parts, without_value(situation)], ignore_index=True)


def unchecked(tables: Tables) -> pd.DataFrame:
    """line_id, substance, check, reason: what the rules could not check of each line, and why."""
    return unchecked_of(situation_of(tables))


def together(findings: list[dict]) -> list[dict]:
    """Findings of one line, instant, rule and error type as one, partners strongest first; ``of`` is the lines of each detail."""
    found: dict[tuple, dict] = {}
    for one in sorted(findings, key=lambda finding: -finding["score"]):
        lines = [one["line_id"], *one["partners"]]
        key = (one["line_id"], one["at"], one["error_type"], one["detail"]["rule"])
        if key in found:
            found[key]["partners"] += [line for line in one["partners"] if line not in found[key]["partners"]]
            found[key]["details"].append(one["detail"])
            found[key]["of"].append(lines)
        else:
            found[key] = {**one, "partners": list(one["partners"]), "details": [one["detail"]], "of": [lines]}
    return list(found.values())


def row_of(finding: dict, not_checked: dict[str, list]) -> tuple:
    """One alert in the order of core.schema.ALERTS."""
    lines = [finding["line_id"], *finding["partners"]]
    name = f"{rules_id()}|{finding['line_id']}|{finding['at']}|{finding['error_type']}|{finding['detail']['rule']}"
    gaps = [gap for line in lines for gap in not_checked.get(line, ())]
    detail = {"edition": edition(), "rules": finding["details"], "of": finding["of"], "not_checked": gaps}
    return (
        hashlib.sha256(name.encode()).hexdigest()[:16], finding["stay_id"], finding["line_id"],
        SEPARATOR.join(finding["partners"]), finding["at"], finding["error_type"], finding["score"], "rule", rules_id(),
        finding["level"], json.dumps(detail, ensure_ascii=False),
    )  # fmt: skip


def detect(tables: Tables, levels: tuple[str, ...] = LEVELS) -> pd.DataFrame:
    """Alerts (core.schema.ALERTS, origin 'rule') of all stays of ``tables``; interactions of the levels asked for."""
    situation = situation_of(tables)
    pairs, spans = concomitant(situation.drugs), ledger_of(situation)
    findings = [
        *interactions(situation, pairs, levels), *redundancies(situation, pairs), *above_maximum(situation, spans),
        *written_twice(situation), *below_usual(situation, spans), *unsuited(situation), *forbidden_by_disease(situation),
    ]  # fmt: skip
    gaps: dict[str, list] = {}
    for line, substance, check, reason in unchecked_of(situation).itertuples(index=False):
        gaps.setdefault(line, []).append({"line": line, "substance": substance, "check": check, "reason": reason})
    rows = [row_of(finding, gaps) for finding in together(findings)]
    alerts = pd.DataFrame(rows, columns=ALERTS.names).astype({"score": float})
    return alerts.astype({"at": "datetime64[us]"}).sort_values(
        ["stay_id", "at", "score"], ascending=[True, True, False], ignore_index=True
    )
