"""What a lower chance must not hide once a remedy is tried: rules that are sure still stand, a dose falls below what is usual."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from core.data.store import Tables
from core.detection.origins import active
from core.knowledge.checks.amounts import ledger_of
from core.knowledge.checks.diagnoses import forbidden_by_disease
from core.knowledge.checks.excess import above_maximum
from core.knowledge.checks.pairs import concomitant, interactions
from core.knowledge.checks.patient import unsuited
from core.knowledge.checks.situation import Situation, situation_of
from core.knowledge.doses import ROUNDING, limits
from core.schema import LEVELS, SEPARATOR

STRONGEST = "ci"
NEVER, TOO_MUCH = "contra_indicated", "not_adapted"  # of what must not be given, how much is too much needs no word


def situation_at(tables: Tables, at: pd.Timestamp) -> Situation:
    """What the rules read of the lines that run at an instant or begin later, with all that is known of each patient then."""
    here = replace(tables, lines=tables.lines[~(tables.lines["ended_at"] <= at)])
    return situation_of(replace(here, observations=now_known(here)) if len(here.lines) else here)


def listed_pairs(situation: Situation, names: list[str]) -> list[dict]:
    """What the thesaurus says for sure of two concomitant lines of which one is named."""
    there = situation.drugs.index[situation.drugs["line_id"].isin(names)]
    pairs = concomitant(situation.drugs)
    return interactions(situation, pairs[pairs["row_a"].isin(there) | pairs["row_b"].isin(there)], LEVELS)


def standing(situation: Situation, at: pd.Timestamp, names: list[str], pairs: Iterable[dict] = ()) -> list[dict]:
    """What the rules say for sure of a line of the problem, of a ``situation_at`` an instant, beside its ``listed_pairs``.

    A contra-indication, of a pair or for the patient; a dose above a maximum, unless the line is taken only when needed.
    """
    own = situation.drugs["line_id"].isin(names)
    if not own.any():
        return []
    drugs = situation.drugs[situation.drugs["stay_id"].isin(situation.drugs["stay_id"][own])]
    spans, when = drugs.drop_duplicates("line_id").set_index("line_id"), moment(drugs, at)
    alike = replace(situation, drugs=drugs[drugs["substance"].isin(situation.drugs["substance"][own])])
    mine = replace(situation, drugs=drugs[drugs["line_id"].isin(names)])
    findings = [
        *(one for one in pairs if one["level"] == STRONGEST), *above_maximum(alike, ledger_of(alike)),
        *unsuited(mine), *forbidden_by_disease(mine),
    ]  # fmt: skip
    found = []
    for one in sorted(findings, key=lambda one: (one["at"], -one["score"])):
        lines = [one["line_id"], *one["partners"]]
        here = not set(names).isdisjoint(lines) and active(spans.loc[lines], when)
        if here and (one["level"] == STRONGEST or is_sure(one["detail"], spans.loc[lines])):
            found.append(one["detail"])
    never = [rule["substances"] for rule in found if rule["rule"] == NEVER]
    return [rule for rule in found if rule["rule"] != TOO_MUCH or rule["substances"] not in never]


def of_patient(after: Tables, at: pd.Timestamp, line_id: str) -> bool:
    """Whether the rules are sure that a line gives what the patient must not have, alone or of that dose."""
    return bool(standing(situation_at(after, at), at, [line_id]))


def sure_levels(pairs: list[dict]) -> dict[tuple[str, str], str]:
    """The strongest level of ``listed_pairs`` by the sorted ids of their lines; a pair that is listed for other doses alone is not in it."""
    strongest = sorted(pairs, key=lambda one: LEVELS.index(one["level"]), reverse=True)
    return {tuple(sorted((one["line_id"], *one["partners"]))): one["level"] for one in strongest}


def moment(lines: pd.DataFrame, at: pd.Timestamp) -> pd.Timestamp:
    """The instant asked about, or where a line put off begins."""
    return max(at, lines["started_at"].max())


def is_sure(rule: dict, lines: pd.DataFrame) -> bool:
    """A sum of lines says itself whether it is; of a line alone, what is taken when needed may never be."""
    if "sure" in rule:
        return rule["sure"]
    return rule["rule"] == NEVER or rule["rule"] == TOO_MUCH and not lines["prn"].any()


def now_known(after: Tables) -> pd.DataFrame:
    """The last result of each kind, as if known before any line began: what a rule would say at the instant asked about."""
    seen = after.observations.sort_values("observed_at", kind="stable")
    seen = seen.drop_duplicates(["stay_id", "kind"], keep="last")
    before = pd.to_timedelta(range(len(seen), 0, -1), unit="s")
    return seen.assign(observed_at=(after.lines["started_at"].min() - before).astype("datetime64[us]"))


def below_usual(ledger: list[dict], after: Tables, at: pd.Timestamp) -> list[dict]:
    """Substances whose mg a day a remedy lowers below the lowest usual dose, by the routes at which they run: ``substance``,
    ``high`` and ``usual_low``."""
    when, lines = moment(after.lines, at), after.lines
    running = lines[(lines["started_at"] <= when) & ~(lines["ended_at"] <= when)]
    rows = [{"substance": row["substance"], "high": row["tomorrow"]["high"], "usual_low": usual_low(row["substance"], running)}
            for row in ledger if lowered(row["today"], row["tomorrow"])]  # fmt: skip
    return [row for row in rows if row["usual_low"] and row["high"] * ROUNDING < row["usual_low"]]


def lowered(today: dict | None, tomorrow: dict | None) -> bool:
    """Whether some is left of a dose, less than before."""
    return bool(today and tomorrow and tomorrow["known"] and tomorrow["high"] < today["high"])


def usual_low(key: str, lines: pd.DataFrame) -> float | None:
    """The lowest usual mg a day by the routes of the lines that carry a substance, the least of them."""
    carried = lines["substances"].astype(object).fillna("").str.split(SEPARATOR)
    routes = set(lines["route"][[key in keys for keys in carried]])
    return min((found.usual_low for route in routes if (found := limits(key, route))), default=None)
