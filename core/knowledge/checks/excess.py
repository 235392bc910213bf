"""Check of doses: above the maximum over all overlapping lines, that of any adult or what rules on the patient leave of it."""

from dataclasses import replace

import pandas as pd

from core.knowledge.checks.amounts import LASTING, with_limits
from core.knowledge.checks.patient import RULE, holding, rule_of
from core.knowledge.checks.situation import Situation
from core.knowledge.doses import ROUNDING
from core.schema import LOCAL_ROUTES

ABOVE_SURE, ABOVE_POSSIBLE = 0.45, 0.10  # an order, no probability
OWN = ["stay_id", "substance"]


def spans_above(situation: Situation, spans: pd.DataFrame) -> pd.DataFrame:
    """Of each line that is the newest while its substance may be above the maximum (``newest``): the first span, and the
    first that surely is, said ``at`` once it has lasted.

    A dose rises only where a line begins, so that each excess of its own has another newest line. The maximum is the
    highest among the routes of the lines active in the span; one route without any leaves none. Several lines are held to
    the patient's own maximum; of a line alone that one is told by the rule itself.
    """
    drugs = with_limits(situation.drugs)
    systemic = drugs[~drugs["route"].isin(LOCAL_ROUTES)].sort_values("maximum", na_position="first", kind="stable")
    active = active_in(spans, systemic.assign(complete=systemic["maximum"].notna()))
    same = [*OWN, "since"]
    highest = active.groupby(same).agg(adult=("maximum", "max"), complete=("complete", "all")).reset_index()
    newest = newest_first(active).drop_duplicates(same)[[*same, "line_id"]].rename(columns={"line_id": "newest"})
    spans = spans.merge(highest, on=same).merge(newest, on=same)
    maybe = spans[spans["complete"] & ((spans["lines"] > 1) | (spans["mg_high"] > spans["adult"] * ROUNDING))]
    pieces = held_to_patient(situation, maybe, active)
    at = pieces["since"].where(pieces["since"] > pieces["begun"] + LASTING, pieces["begun"] + LASTING)
    bound = pieces["maximum"].where(pieces["lines"] > 1).fillna(pieces["adult"]) * ROUNDING
    above = pieces.assign(at=at, sure=pieces["mg_low"] > bound)[(pieces["until"] > at) & (pieces["mg_high"] > bound)]
    sure_before = above.groupby([*OWN, "newest"])["sure"].cumsum() - above["sure"]
    return above[sure_before == 0].drop_duplicates([*OWN, "newest", "sure"])


def held_to_patient(situation: Situation, spans: pd.DataFrame, active: pd.DataFrame) -> pd.DataFrame:
    """Spans parted where the rules that hold change (``begun`` is where the dose began), each with its maximum: the highest of
    its lines, none where one is contra-indicated (``when`` is the rule, if one decides)."""
    asked = situation.drugs.merge(spans[OWN].drop_duplicates(), on=OWN)
    rules = holding(replace(situation, drugs=asked))
    pieces = parted(spans, rules)
    known = active[[*OWN, "since", "line_id", "maximum", "source"]].rename(columns={"since": "begun", "maximum": "usual"})
    lines = pieces.merge(known, on=[*OWN, "begun"])
    ruled = lines.drop(columns="source").merge(rules[["line_id", "substance", "at", "till", *RULE]], on=["line_id", "substance"])
    ruled = ruled[(ruled["at"] <= ruled["since"]) & (ruled["till"] > ruled["since"]) & ~(ruled["maximum"] >= ruled["usual"])]
    free = lines.assign(maximum=lines["usual"], when=None)
    strictest = pd.concat([ruled.astype({"maximum": float}), free]).sort_values("maximum", na_position="first", kind="stable")
    each = strictest.drop_duplicates([*OWN, "since", "line_id"]).sort_values("maximum", ascending=False, na_position="first", kind="stable")
    return each.drop_duplicates([*OWN, "since"]).sort_values("since", kind="stable", ignore_index=True)


def parted(spans: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    turns = pd.concat([rules[[*OWN, "at"]], rules[[*OWN, "till"]].rename(columns={"till": "at"})]).drop_duplicates()
    cuts = spans.merge(turns, on=OWN)
    cuts = cuts[(cuts["at"] > cuts["since"]) & (cuts["at"] < cuts["until"])]
    cuts = cuts.assign(begun=cuts["since"], since=cuts["at"]).drop(columns="at")
    pieces = pd.concat([spans.assign(begun=spans["since"]), cuts]).sort_values("since", kind="stable")
    ends = pieces.groupby([*OWN, "begun"])["since"].shift(-1)
    return pieces.assign(until=ends.fillna(pieces["until"]))


def newest_first(active: pd.DataFrame) -> pd.DataFrame:
    """Lines of spans, the one that began last before the others."""
    return active.sort_values(["since_line", "line_id"], ascending=[False, True], kind="stable")


def active_in(spans: pd.DataFrame, drugs: pd.DataFrame) -> pd.DataFrame:
    """Each span with every line of its substance that is active in it."""
    both = spans.merge(drugs, on=OWN, suffixes=("", "_line"))
    return both[(both["since_line"] <= both["since"]) & (both["until_line"] > both["since"])]


def worth_reckoning(situation: Situation, spans: pd.DataFrame) -> pd.DataFrame:
    """Spans of several lines, or above the least maximum of any line of their substance: most are neither."""
    drugs = with_limits(situation.drugs)
    least = drugs.groupby(OWN, sort=False)["maximum"].min().rename("least").reset_index()
    bound = spans[OWN].merge(least, on=OWN, how="left")["least"].to_numpy(float)
    return spans[(spans["lines"] > 1) | (spans["mg_high"].to_numpy(float) > bound)]


def above_maximum(situation: Situation, spans: pd.DataFrame) -> list[dict]:
    """The sum of a substance over its lines above the maximum: 4.2 when several lines make it, else 4.1."""
    spans = worth_reckoning(situation, spans)
    if spans.empty:
        return []
    above = spans_above(situation, spans).drop(columns="line_id")
    drugs = situation.drugs[~situation.drugs["route"].isin(LOCAL_ROUTES)]
    active = active_in(above, drugs[[*OWN, "line_id", "since", "until"]])
    found = []
    for _, lines in newest_first(active).groupby([*OWN, "since"], sort=False):
        first, ids = lines.iloc[0], list(dict.fromkeys(lines["line_id"]))
        found.append(excess(first, ids))
    return found


def excess(span: pd.Series, ids: list[str]) -> dict:
    rule = {"rule": "above_maximum", "maximum": float(span.adult), "source": span.source} if pd.isna(span.when) else rule_of(span)
    return {
        "stay_id": span.stay_id, "line_id": ids[0], "partners": ids[1:], "at": span["at"], "level": None,
        "error_type": "4.2" if len(ids) > 1 else "4.1", "score": ABOVE_SURE if span.sure else ABOVE_POSSIBLE,
        "detail": {
            "substances": [span.substance], "mg_low": float(span.mg_low), "mg_high": float(span.mg_high),
            "sure": bool(span.sure), "unknown_lines": int(span.unknown_lines), **rule,
        },
    }  # fmt: skip
