"""A stay opened for review: its tables, its alerts, the one in question and all that is known of it."""

from dataclasses import dataclass

import pandas as pd

from core.data.store import read_stay
from core.errors import Refusal
from core.knowledge.bands import band
from core.knowledge.interactions import Listed, between
from core.knowledge.substances import substance
from core.review.alerts import alerts_of_stay, explanation
from core.review.register import reviews_of_stay
from core.schema import OBSERVATIONS, SEPARATOR
from core.settings import Workspace

RECENT_HOURS = 72  # a result older than this is not called to mind beside an alert
CHECKED_KINDS = ("creatinine", "potassium", "inr", "weight")


@dataclass(frozen=True)
class Case:
    """``alert`` is None for a stay without any; ``reviews`` are those of the stay, newest first."""

    stay: pd.Series
    lines: pd.DataFrame
    observations: pd.DataFrame
    alerts: list[dict]
    alert: dict | None
    explanation: dict | None
    reviews: pd.DataFrame

    @property
    def at(self) -> pd.Timestamp | None:
        return pd.Timestamp(self.alert["at"]) if self.alert else None

    @property
    def culprits(self) -> tuple[str, ...]:
        """The index line, then its partners, strongest first."""
        if not self.alert:
            return ()
        partners = self.alert["partner_line_ids"]
        return (self.alert["line_id"], *(partners.split(SEPARATOR) if partners else ()))

    @property
    def token(self) -> str:
        """One gesture on what is on the screen: another once the register holds one row more."""
        known = len(self.reviews[self.reviews["alert_id"] == self.alert["alert_id"]]) if self.alert else 0
        return f"{self.alert['alert_id']}:{known}" if self.alert else ""


@dataclass(frozen=True)
class Abnormal:
    """A recent result outside its usual band; ``side`` is above or below the ``bound``."""

    kind: str
    value: float
    observed_at: pd.Timestamp
    side: str
    bound: float


def open_case(workspace: Workspace, stay_id: str, alert_id: str | None = None) -> Case:
    """Everything of one stay for one alert, the riskiest when none is named; Refusal when unknown."""
    tables, alerts = read_stay(workspace, stay_id), alerts_of_stay(workspace, stay_id)
    alert = next((one for one in alerts if one["alert_id"] == alert_id), None)
    if alert_id and alert is None:
        raise Refusal("unknown_alert", alert=alert_id)
    alert = alert or next(iter(alerts), None)
    why = explanation(workspace, alert["alert_id"]) if alert else None
    found = reviews_of_stay(workspace, stay_id)
    return Case(tables.stays.iloc[0], tables.lines, tables.observations, alerts, alert, why, found)


def active(case: Case) -> pd.DataFrame:
    """The lines that run at the instant of the alert; all of them without an alert."""
    lines = case.lines
    if case.at is None:
        return lines
    return lines[(lines["started_at"] <= case.at) & (lines["ended_at"].isna() | (lines["ended_at"] > case.at))]


def abnormal(case: Case) -> list[Abnormal]:
    """Last result of each kind before the alert, when recent and outside its band; none known later."""
    seen = case.observations[case.observations["observed_at"] <= case.at]
    seen = seen[seen["observed_at"] >= case.at - pd.Timedelta(hours=RECENT_HOURS)]
    last = seen.sort_values("observed_at").groupby("kind").tail(1).set_index("kind")
    found = []
    for kind in [kind for kind in OBSERVATIONS if kind in last.index]:
        normal, value = band(kind, case.stay["sex"]), last.loc[kind, "value"]
        if normal and not normal.holds(value):
            below = normal.low is not None and value < normal.low
            bound = normal.low if below else normal.high
            found.append(Abnormal(kind, value, last.loc[kind, "observed_at"], "below" if below else "above", bound))
    return found


def substances_of(line: pd.Series) -> list[str]:
    return line["substances"].split(SEPARATOR) if pd.notna(line["substances"]) and line["substances"] else []


def listed(case: Case) -> list[tuple[str, str, Listed]]:
    """Thesaurus entries between the culprits: a substance of one line, one of another, the entry."""
    lines = case.lines.set_index("line_id")
    keys = [substances_of(lines.loc[line_id]) for line_id in case.culprits if line_id in lines.index]
    found: dict[tuple, tuple[str, str, Listed]] = {}
    for place, mine in enumerate(keys):
        for others in keys[place + 1 :]:
            for a in mine:
                for b in others:
                    found |= {(a, b, entry): (a, b, entry) for entry in between(a, b)}
    return list(found.values())


def unchecked(case: Case) -> tuple[list[str], list[str]]:
    """Active lines with a substance that the thesaurus does not know, and biology never measured before."""
    unknown = [
        line["line_id"]
        for _, line in active(case).iterrows()
        if not substances_of(line) or any(not known(key) for key in substances_of(line))
    ]
    seen = set(case.observations.loc[case.observations["observed_at"] <= case.at, "kind"]) if case.at else set()
    return unknown, [kind for kind in CHECKED_KINDS if kind not in seen]


def known(key: str) -> bool:
    """Whether the thesaurus has the substance in its index."""
    found = substance(key)
    return bool(found and found.listed)
