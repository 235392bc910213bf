"""The answer for a person: a list of drugs, their pairs by level, what a day brings, and what is unknown."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from core.knowledge.caps import capped
from core.knowledge.daily import daily_doses
from core.knowledge.dosage import Dosage, by_week
from core.knowledge.doses import ROUNDING
from core.knowledge.edition import edition
from core.knowledge.interactions import Listed, Patient, Taken, between
from core.knowledge.names import not_drugs
from core.knowledge.redundancy import too_many
from core.knowledge.state import Limit, State, limits_of, state_of, supposed
from core.knowledge.substances import key_of, members_of
from core.knowledge.written import Written
from core.schema import LEVELS, LOCAL_ROUTES, SEPARATOR

MOST_TIMES = 6  # every four hours: no schedule of formulary.csv is more frequent
WEEKLY = "a week"  # in the source of a maximum that is a week's dose over 7
ABOVE = ("above", "above_if_daily", "above_by_route")
MISSING = ("dose_missing", "unit_missing", "frequency_missing")


def lines_of(drugs: Sequence[Written]) -> pd.DataFrame:
    """The drugs as lines of one stay that all run at once."""
    rows = [
        (str(i), "one", product(w), SEPARATOR.join(w.match.substances), w.route, w.dosage.dose, w.dosage.unit,
         w.dosage.times_per_day, w.prn) for i, w in enumerate(drugs)
    ]  # fmt: skip
    names = ["line_id", "stay_id", "drug", "substances", "route", "dose", "unit", "times_per_day", "prn"]
    return pd.DataFrame(rows, columns=names)


def unbounded_days(doses: pd.DataFrame, drugs: Sequence[Written]) -> pd.DataFrame:
    """Doses a day without a highest of the lines whose fixed dose may be followed by more; ``sure`` where the lowest is known."""
    more = doses["line_id"].map(lambda place: drugs[int(place)].dosage.more)
    high = doses["mg_per_day_high"]
    return doses.assign(sure=high.notna(), mg_per_day_high=high.mask(more.astype(bool)))


def product(drug: Written) -> str:
    """The name as it is written, or the strengths that it stands for in the order of its substances."""
    return " + ".join(f"{mg:g} mg" for mg in drug.strengths) or drug.text


def given(dosage: Dosage) -> dict:
    """What was read of the dose, JSON-ready: None where it was not said or could not be read."""
    numbers = {name: getattr(dosage, name) for name in ("dose", "times_per_day", "amount")}
    known = {name: None if math.isnan(value) else value for name, value in numbers.items()}
    return known | {"unit": dosage.unit, "units": dosage.units, "portions": list(dosage.portions), "unread": dosage.reason}


def drug_row(drug: Written) -> dict:
    """What was understood of one drug, JSON-ready."""
    return {
        "text": drug.text, "how": drug.match.how, "substances": list(drug.match.substances), "atc": drug.match.atc,
        "candidates": list(drug.match.candidates), "missing": list(drug.match.missing),
        "route": drug.route, "prn": drug.prn, **given(drug.dosage),
    }  # fmt: skip


def taken(drug: Written, key: str, doses: pd.DataFrame) -> Taken:
    """The substance as the conditions of the thesaurus see it; ``doses`` are those of a drug that is taken, also if needed."""
    low, high = float(doses["mg_per_day_low"]), float(doses["mg_per_day_high"])
    times = drug.dosage.times_per_day
    if times != times:
        return Taken(key, drug.route, low, high, low * MOST_TIMES if high != high else np.nan)
    return Taken(key, drug.route, high / times if times > 0 else low, high)


def pair_row(a: str, b: str, found: Sequence[Listed], assumed: bool = False) -> dict:
    """One pair of names with every entry that fires, strongest first; ``assumed`` where it rests on ``MOST_TIMES``."""
    found = sorted(found, key=lambda entry: order_of(entry.levels))
    levels = {level for entry in found for level in entry.levels}
    return {
        "a": a, "b": b, "levels": [level for level in LEVELS if level in levels], "assumed": assumed,
        "depends": any(entry.depends or entry.may_not_apply for entry in found), "entries": [entry.as_row() for entry in found],
    }  # fmt: skip


def order_of(levels: Sequence[str]) -> list[int]:
    """By which levels come strongest first, and one that is sure before the same that may be less."""
    return [LEVELS.index(level) for level in levels]


def pairs_of(drugs: Sequence[Written], doses: pd.DataFrame, patient: Patient) -> list[dict]:
    """Every pair of substances of two different drugs that is listed, strongest first."""
    sides = [
        (i, taken(drugs[int(row.line_id)], row.substance, doses.loc[i])) for i, row in doses.iterrows() if row.substance
    ]
    found, order = [], {side.key: -place for place, (_, side) in reversed([*enumerate(sides)])}
    for (i, one), (j, other) in combinations(sides, 2):
        a, b = (one, other) if order[one.key] >= order[other.key] else (other, one)  # a pair is one, whatever its lines' order
        if doses.at[i, "line_id"] != doses.at[j, "line_id"] and (entries := between(a, b, patient)):
            row = pair_row(a.key, b.key, entries, entries != between(unbounded(a), unbounded(b), patient))
            found += [row] if row not in found else []
    return sorted(found, key=lambda pair: order_of(pair["levels"][:1]))


def unbounded(side: Taken) -> Taken:
    """The side as it is known, nothing assumed."""
    return replace(side, most_mg_per_day=np.nan)


def ledger_of(drugs: Sequence[Written], doses: pd.DataFrame, state: State) -> list[dict]:
    """mg a day by substance over all drugs, against the highest maximum of the routes used, as the patient allows it.

    ``maximum`` is None where none is fixed and where the substance is contra-indicated; ``lacking`` are the
    kinds of value that a rule of the substance asks for and that nobody gave. A line whose frequency is not known
    counts for one administration a day in ``mg_low``, which is not sure: ``above_if_daily`` where only that is too much;
    ``mg_sure`` is without it. ``weekly`` where the drug is prescribed by the week, ``by_week`` where every line says it by the
    week. Where a line bears no route, ``above`` is true whatever the route, and ``above_by_route`` where only that of
    ``supposed_route`` makes it too much.
    """
    known = doses[doses["substance"] != ""]
    return [ledger_row(key, lines, drugs, state) for key, lines in known.groupby("substance", sort=True)]


def ledger_row(key: str, lines: pd.DataFrame, drugs: Sequence[Written], state: State) -> dict:
    """The lines of one substance together."""
    routes = [drugs[int(i)].route for i in lines["line_id"]]
    low, high = lines["mg_per_day_low"].sum(min_count=1), lines["mg_per_day_high"].sum(skipna=False)
    sure = lines.loc[lines["sure"], "mg_per_day_low"].sum()
    any_route, usual = limits_of(key, routes, state.true)
    most = high if high == high else sure
    above, if_daily = beyond(most, any_route), beyond(low, any_route)
    by_supposed = not (above or if_daily) and beyond(np.nanmax([most, low]), usual)
    best = any_route if above or if_daily else usual
    reasons = {why for i, why in zip(lines["line_id"], lines["reason"], strict=True) for why in told(drugs[int(i)], why)}
    return {
        "substance": key, "mg_low": None if pd.isna(low) else float(low), "mg_high": None if pd.isna(high) else float(high),
        "mg_sure": float(sure), "maximum": best.maximum, "source": best.source, "contra_indicated": best.stop,
        "condition": best.condition, "value": best.value, "weekly": WEEKLY in best.source,
        "by_week": all(by_week(drugs[int(i)].dosage) for i in lines["line_id"]),
        "above": above, "above_if_daily": if_daily and not above, "above_by_route": by_supposed,
        "supposed_route": "" if all(routes) else supposed(key), "reasons": sorted(reasons), "lacking": state.lacking.get(key, []),
    }  # fmt: skip


def beyond(mg: float, limit: Limit) -> bool:
    return bool(limit.maximum and mg > limit.maximum * ROUNDING)


def excesses(found: dict) -> list[dict]:
    """Rows of the ledger above their maximum that no rule on the patient has told."""
    told = {key for rule in found["unsuited"] for key in rule["substances"]}
    return [row for row in found["doses"] if any(row[kind] for kind in ABOVE) and row["substance"] not in told]


def told(drug: Written, reason: str) -> set[str]:
    """Why a dose is not sure: what could not be read of the line says more than that it is missing."""
    read = drug.dosage.reason
    reason = "strengths_of_product" if drug.strengths and reason == "strengths_in_order" else reason
    return {why for why in (read, "" if read and reason in MISSING else reason) if why}


def redundant_of(drugs: Sequence[Written]) -> list[dict]:
    """Pairs of one effect, of what reaches the blood."""
    keys = sorted({key for drug in drugs if drug.route not in LOCAL_ROUTES for key in drug.match.substances})
    return [{"a": a, "b": b, **found._asdict()} for a, b in combinations(keys, 2) for found in too_many(a, b)]


def repeated_of(drugs: Sequence[Written]) -> list[dict]:
    """Substances that several drugs by routes that reach the blood bring, with those drugs as they were typed."""
    taken = [drug for drug in drugs if drug.route not in LOCAL_ROUTES]
    held = {key: [drug.text for drug in taken if key in drug.match.substances] for drug in taken for key in drug.match.substances}
    return [{"substance": key, "drugs": texts} for key, texts in held.items() if len(texts) > 1]


def capped_of(drugs: Sequence[Written], ledger: list[dict]) -> list[dict]:
    """What partners leave of a dose, of what reaches the blood."""
    keys = {key for drug in drugs if drug.route not in LOCAL_ROUTES for key in drug.match.substances}
    sure = {row["substance"]: (row["mg_sure"], row["mg_sure"] if row["mg_high"] is None else row["mg_high"]) for row in ledger}
    mg = {key: both for key, both in sure.items() if key in keys}
    return capped(mg, sorted(keys))


def answer(drugs: Sequence[Written], patient: Patient | None = None) -> dict:
    """Everything that is known of a list of drugs taken together, JSON-ready."""
    lines, patient = lines_of(drugs), patient or Patient()
    doses = unbounded_days(daily_doses(lines), drugs)
    state = state_of(doses, lines, patient)
    ledger = ledger_of(drugs, doses, state)
    return {
        "edition": edition(),
        "drugs": [drug_row(drug) for drug in drugs],
        "unknown": [drug_row(drug) for drug in drugs if drug.match.missing or not drug.match.substances],
        "pairs": pairs_of(drugs, unbounded_days(daily_doses(lines.assign(prn=False)), drugs), patient),
        "redundant": redundant_of(drugs),
        "repeated": repeated_of(drugs),
        "unsuited": state.unsuited,
        "diagnosed": state.diagnosed,
        "capped": capped_of(drugs, ledger),
        "doses": ledger,
    }


def known_label(text: str, drug: Written) -> tuple[str, ...]:
    """Keys or labels of the thesaurus that a name stands for; none when it is not known."""
    label = key_of(text)
    if label in members_of() or label in not_drugs():
        return (label,)
    return drug.match.substances or tuple(one for one in drug.match.candidates if one in not_drugs())


def pair_answer(a: str, b: str, read: Sequence[Written]) -> dict:
    """One pair of names as a file asks it: known_a, known_b, levels, depends.

    Where the thesaurus has an entry for just these two labels, ``levels`` are its own, and ``also`` those
    that entries of their classes add.
    """
    left, right = known_label(a, read[0]), known_label(b, read[1])
    found = tuple(dict.fromkeys(entry for x in left for y in right for entry in between(x, y)))
    own = tuple(entry for entry in found if entry.a in left + right and entry.b in left + right)
    row, every = pair_row(a, b, own or found), pair_row(a, b, found)
    return {
        "a": a, "b": b, "known_a": bool(left), "known_b": bool(right), "levels": row["levels"], "depends": row["depends"],
        "also": [level for level in every["levels"] if level not in row["levels"]], "entries": every["entries"],
    }  # fmt: skip
