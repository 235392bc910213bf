"""Checks of doses: the same line twice, below the usual; what limits them."""

import pandas as pd

from core.knowledge.checks.situation import Situation
from core.knowledge.doses import limits_by_key
from core.knowledge.ledger import ledger
from core.schema import LOCAL_ROUTES

TWICE, BELOW = 0.20, 0.06  # an order, no probability
LASTING = pd.Timedelta(minutes=30)  # one line may take over from the other: what has not lasted is not said yet
TWICE_LASTING = pd.Timedelta(hours=4)  # renewals overlap for less
LITTLE = 0.5  # of the lowest usual dose, under which a dose is called low


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


def ledger_of(situation: Situation) -> pd.DataFrame:
    """The ledger of the stays from what is already reckoned."""
    drugs = situation.drugs
    doses = drugs[["line_id", "substance", "mg_per_day_low", "mg_per_day_high", "reason"]]
    lines = drugs[["line_id", "stay_id", "route", "started_at", "ended_at"]].drop_duplicates("line_id")
    return ledger(lines, doses)


def written_twice(situation: Situation) -> list[dict]:
    """The very same scheduled line twice at once for hours; overlap alone is no error."""
    drugs = situation.drugs
    said = drugs["high"].notna() | drugs["dose"].notna() & drugs["times_per_day"].notna()  # in units, drops or sachets too
    plain = drugs[(drugs["place"] >= 0) & ~drugs["prn"] & said & ~drugs["route"].isin(LOCAL_ROUTES)]
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
