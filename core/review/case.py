"""A stay opened for review: its tables, its alerts, the one in question and all that is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product

import pandas as pd

from core.data.store import read_stay
from core.errors import Refusal
from core.knowledge.bands import band
from core.knowledge.checks.situation import last_known, measures_of, weights_of
from core.knowledge.daily import daily_doses
from core.knowledge.interactions import NOTHING, Listed, Patient, Taken, between
from core.knowledge.names import own_key
from core.knowledge.substances import substance
from core.review.alerts import alerts_of_stay, explanation
from core.review.register import reviews_of_stay
from core.schema import LOCAL_ROUTES, OBSERVATIONS, SEPARATOR
from core.settings import Workspace

RECENT_HOURS = 72  # a result older than this is not called to mind beside an alert


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
    def stays(self) -> pd.DataFrame:
        """The stay as a table: with it a case has what the checks of core.knowledge read."""
        return self.stay.to_frame().T

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
    """Last result of each kind before the alert, when recent and outside the band of who takes what runs then; none known
    later."""
    seen = case.observations[case.observations["observed_at"] <= case.at]
    seen = seen[seen["observed_at"] >= case.at - pd.Timedelta(hours=RECENT_HOURS)]
    last = seen.sort_values("observed_at").groupby("kind").tail(1).set_index("kind")
    found, taken = [], [atc for _, line in active(case).iterrows() for atc in atcs_of(line)]
    for kind in [kind for kind in OBSERVATIONS if kind in last.index]:
        normal, value = band(kind, case.stay["sex"], taken), last.loc[kind, "value"]
        if normal and not normal.holds(value):
            below = normal.low is not None and value < normal.low
            bound = normal.low if below else normal.high
            found.append(Abnormal(kind, value, last.loc[kind, "observed_at"], "below" if below else "above", bound))
    return found


def substances_of(line: pd.Series) -> list[str]:
    return line["substances"].split(SEPARATOR) if pd.notna(line["substances"]) and line["substances"] else []


def atcs_of(line: pd.Series) -> list[str]:
    """ATC codes of the substances of a line, those that the reference knows."""
    return [known.atc for key in substances_of(line) if (known := substance(own_key(key)))]


def culprit_lines(case: Case) -> list[pd.Series]:
    lines = case.lines.set_index("line_id", drop=False)
    return [lines.loc[line_id] for line_id in case.culprits if line_id in lines.index]


def taken(case: Case, lines: list[pd.Series], measures: pd.DataFrame) -> dict[tuple[str, str], Taken]:
    """Some lines as the thesaurus asks of them: each substance, by line and key, with its route and dose."""
    table = case.lines[case.lines["line_id"].isin([line["line_id"] for line in lines])]
    doses = daily_doses(table, weights_of(table, measures))
    day = dict(zip(zip(doses["line_id"], doses["substance"], strict=True), doses["mg_per_day_high"].astype(float), strict=True))
    found = {}
    for line in lines:
        times = line["times_per_day"] if line["times_per_day"] > 0 else NOTHING
        for key in substances_of(line):
            mg = day.get((line["line_id"], key), NOTHING)
            found[line["line_id"], key] = Taken(key, "" if pd.isna(line["route"]) else line["route"], mg / times, mg)
    return found


def patient(case: Case, measures: pd.DataFrame) -> Patient:
    """What is known of the patient at the instant of the alert."""
    asked = pd.DataFrame({"stay_id": [case.stay["stay_id"]], "at": [case.at]})
    egfr, potassium = (float(last_known(measures, kind, asked)[0]) for kind in ("egfr", "potassium"))
    age, coded = case.stay["age_years"], case.stay["diagnoses"]
    return Patient(NOTHING if pd.isna(age) else float(age), egfr, potassium, "" if pd.isna(coded) else coded)


def entries_of(lines: list[list], patient: Patient | None = None) -> list[tuple[str, str, Listed]]:
    """Entries between a substance of one line and one of another, each told once; substances by name or as taken."""
    pairs = [pair for mine, other in combinations(lines, 2) for pair in product(mine, other)]
    name = lambda side: getattr(side, "key", side)  # noqa: E731
    return list(dict.fromkeys((name(a), name(b), entry) for a, b in pairs for entry in between(a, b, patient)))


def listed(case: Case) -> list[tuple[str, str, Listed]]:
    """Thesaurus entries between the culprits, decided as far as dose, route and patient tell: a substance of one
    line, one of another, the entry. Dose and patient are looked at where the names leave something open."""
    lines = culprit_lines(case)
    found = entries_of([substances_of(line) for line in lines])
    if settled([entry for _, _, entry in found], lines):
        return found
    measures = measures_of(case)
    sides = taken(case, lines, measures)
    return entries_of([[sides[line["line_id"], key] for key in substances_of(line)] for line in lines], patient(case, measures))


def settled(entries: Iterable[Listed], lines: list[pd.Series]) -> bool:
    """Whether names alone decide the entries between some lines."""
    return not any(entry.depends or entry.may_not_apply for entry in entries) and not any(line["route"] in LOCAL_ROUTES for line in lines)


def known(key: str) -> bool:
    """Whether the thesaurus has the substance in its index."""
    found = substance(own_key(key))
    return bool(found and found.listed)
