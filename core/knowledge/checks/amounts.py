"""Checks of doses: above the maximum over all overlapping lines, the same line twice, below the usual."""

import numpy as np
import pandas as pd

from core.knowledge.checks.situation import Situation
from core.knowledge.doses import limits_by_key
from core.knowledge.ledger import ledger
from core.schema import LOCAL_ROUTES

ABOVE_SURE, ABOVE_POSSIBLE, TWICE, BELOW = 0.45, 0.10, 0.20, 0.06  # an order, no probability
LASTING = pd.Timedelta(minutes=30)  # one line may take over from the other: what has not lasted is not said yet
TWICE_LASTING = pd.Timedelta(hours=4)  # renewals overlap for less
LITTLE = 0.5  # of the lowest usual dose, under which a dose is called low
ROUNDING = 1.001


def limit_table() -> pd.DataFrame:
    """substance, route, usual_low, maximum, source."""
    rows = [
        (key, route, found.usual_low, found.maximum, found.source) for (key, route), found in limits_by_key().items()
    ]
    return pd.DataFrame(rows, columns=["substance", "route", "usual_low", "maximum", "source"])


def with_limits(drugs: pd.DataFrame) -> pd.DataFrame:
    """Rows of drugs with the limits of their substance and route; a tube is an oral route."""
    asked = drugs.assign(asked_route=drugs["route"].replace({"enteral": "oral"}))
    return asked.merge(
        limit_table().rename(columns={"route": "asked_route"}), on=["substance", "asked_route"], how="left"
    ).set_axis(drugs.index)


def spans_above(situation: Situation, spans: pd.DataFrame) -> pd.DataFrame:
    """Of each line that is the newest while its substance may be above the maximum (``newest``): the first span, and the
    first that surely is.

    A dose rises only where a line begins, so that each excess of its own has another newest line. The maximum is the
    highest among the routes of the lines active in the span; one route without any leaves none.
    """
    drugs = with_limits(situation.drugs)
    if spans.empty:
        return spans.assign(maximum=np.nan, sure=False, source="", newest="")
    systemic = drugs[~drugs["route"].isin(LOCAL_ROUTES)].sort_values("maximum", na_position="first")
    active = active_in(spans, systemic.assign(complete=systemic["maximum"].notna()))
    same = ["stay_id", "substance", "since"]
    highest = active.groupby(same).agg(maximum=("maximum", "max"), source=("source", "last"), complete=("complete", "all"))
    newest = newest_first(active).drop_duplicates(same)[[*same, "line_id"]].rename(columns={"line_id": "newest"})
    spans = spans.merge(highest.reset_index(), on=same).merge(newest, on=same)
    lasting = spans["until"] - spans["since"] > LASTING
    above = spans[spans["complete"] & lasting & (spans["mg_high"] > spans["maximum"] * ROUNDING)]
    above = above.assign(sure=above["mg_low"] > above["maximum"] * ROUNDING).sort_values("since", kind="stable")
    own = ["stay_id", "substance", "newest"]
    sure_before = above.groupby(own)["sure"].cumsum() - above["sure"]
    return above[sure_before == 0].drop_duplicates([*own, "sure"])


def newest_first(active: pd.DataFrame) -> pd.DataFrame:
    """Lines of spans, the one that began last before the others."""
    return active.sort_values(["since_line", "line_id"], ascending=[False, True])


def active_in(spans: pd.DataFrame, drugs: pd.DataFrame) -> pd.DataFrame:
    """Each span with every line of its substance that is active in it."""
    both = spans.merge(drugs, on=["stay_id", "substance"], suffixes=("", "_line"))
    return both[(both["since_line"] <= both["since"]) & (both["until_line"] > both["since"])]


def ledger_of(situation: Situation) -> pd.DataFrame:
    """The ledger of the stays from what is already reckoned."""
    drugs = situation.drugs
    doses = drugs[["line_id", "substance", "mg_per_day_low", "mg_per_day_high", "reason"]]
    lines = drugs[["line_id", "stay_id", "route", "started_at", "ended_at"]].drop_duplicates("line_id")
    return ledger(lines, doses)


def above_maximum(situation: Situation, spans: pd.DataFrame) -> list[dict]:
    """The sum of a substance over its lines above the maximum: 4.2 when several lines make it, else 4.1."""
    above = spans_above(situation, spans)
    drugs = situation.drugs[~situation.drugs["route"].isin(LOCAL_ROUTES)]
    active = active_in(above, drugs[["stay_id", "substance", "line_id", "since", "until"]])
    found = []
    for _, lines in newest_first(active).groupby(["stay_id", "substance", "since"], sort=False):
        first, ids = lines.iloc[0], list(dict.fromkeys(lines["line_id"]))
        found.append(excess(first, ids))
    return found


def excess(span: pd.Series, ids: list[str]) -> dict:
    return {
        "stay_id": span.stay_id, "line_id": ids[0], "partners": ids[1:], "at": span.since + LASTING, "level": None,
        "error_type": "4.2" if len(ids) > 1 else "4.1", "score": ABOVE_SURE if span.sure else ABOVE_POSSIBLE,
        "detail": {
            "rule": "above_maximum", "substances": [span.substance], "mg_low": float(span.mg_low), "mg_high": float(span.mg_high),
            "maximum": float(span.maximum), "sure": bool(span.sure), "unknown_lines": int(span.unknown_lines), "source": span.source,
        },
    }  # fmt: skip


def written_twice(situation: Situation) -> list[dict]:
    """The very same scheduled line twice at once for hours; overlap alone is no error."""
    drugs = situation.drugs
    plain = drugs[(drugs["place"] >= 0) & ~drugs["prn"] & drugs["high"].notna() & ~drugs["route"].isin(LOCAL_ROUTES)]
    same = ["stay_id", "substance", "route", "dose", "unit", "times_per_day"]
    pairs = plain.merge(plain[[*same, "line_id", "since", "until"]], on=same, suffixes=("", "_other"))
    earlier = (pairs["since_other"] < pairs["since"]) | (
        (pairs["since_other"] == pairs["since"]) & (pairs["line_id_other"] < pairs["line_id"])
    )
    overlap = pairs[["until", "until_other"]].min(axis=1) - pairs["since"]
    kept = pairs[earlier & (overlap > TWICE_LASTING)].drop_duplicates("line_id")
    return [
        {
            "stay_id": row.stay_id, "line_id": row.line_id, "partners": [row.line_id_other], "at": row.since + TWICE_LASTING, "level": None,
            "error_type": "4.2", "score": TWICE,
            "detail": {"rule": "written_twice", "substances": [row.substance], "source": "SFPC 4.2"},
        }
        for row in kept.itertuples()
    ]  # fmt: skip


def below_usual(situation: Situation, spans: pd.DataFrame) -> list[dict]:
    """All scheduled lines of a substance together far below the lowest usual dose."""
    drugs = with_limits(situation.drugs)
    spans = spans.merge(
        drugs[drugs["maximum"].notna()][["stay_id", "substance", "line_id", "since", "usual_low", "source", "prn"]],
        left_on=["stay_id", "substance", "since"], right_on=["stay_id", "substance", "since"],
    )  # fmt: skip
    low = (spans["mg_high"] < spans["usual_low"] * LITTLE) & (spans["mg_high"] > 0) & (spans["unknown_lines"] == 0)
    kept = spans[low & ~spans["prn"] & (spans["until"] - spans["since"] > LASTING)].drop_duplicates("line_id")
    return [
        {
            "stay_id": row.stay_id, "line_id": row.line_id, "partners": [], "at": row.since + LASTING, "level": None,
            "error_type": "3.1", "score": BELOW,
            "detail": {
                "rule": "below_usual", "substances": [row.substance], "mg_high": float(row.mg_high),
                "usual_low": float(row.usual_low), "source": row.source,
            },
        }
        for row in kept.itertuples()
    ]  # fmt: skip
