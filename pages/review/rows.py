"""The queue as plain rows in the words of the language: by risk, stay after stay, contra-indications or the least time first."""

import pandas as pd
import streamlit as st

from core.data.store import stays_named
from core.review.capacity import plan
from core.review.desk import claims, flags
from core.review.session import session as work
from core.review.worklist import EQUAL, FIRST, Filters, choices, count, worklist
from core.schema import ERROR_TYPES, LEVELS
from core.settings import Workspace
from pages.review.cards import key_of
from pages.review.grid import patient, together
from pages.shell.session import Session
from pages.wording.words import capital, chance, instant, number, word

SIZE = 200  # rows shown at once
STATES = ("open", "confirmed", "rejected", "unsure", "disagreed", "deferred")
KINDS = {"ward": "ward", "error_type": "error_type", "level": "level", "origin": "origin", "model_id": "model"}
BY = ("alert", "stay", "banned", "time")


def filters_of(asked: dict) -> Filters:
    """Filters from the address or from the page; a state that is none gives way to what is to be read."""
    state = asked.get("state") if asked.get("state") in STATES else STATES[0]
    equal = {name: str(asked.get(name) or "") for name in EQUAL}
    waits = state == "deferred"
    return Filters(**equal, state="" if waits else state, search=str(asked.get("search") or "").strip(), deferred=waits)


def queue(session: Session, asked: dict, minutes: float) -> dict:
    """The rows, what the filters may be, and what the time there is lets one find."""
    filters = filters_of(asked)
    by = asked.get("by") if asked.get("by") in BY else BY[0]
    found = worklist(session.workspace, filters, size=SIZE, first=by if by in FIRST else BY[0])
    if by == "stay" and len(found):
        first = {stay: place for place, stay in enumerate(dict.fromkeys(found["stay_id"]))}
        found = found.sort_values("stay_id", key=lambda ids: ids.map(first), kind="stable")
    total = count(session.workspace, filters)
    return {
        "by": by,
        "asked": {name: value for name, value in asked.items() if value},
        "rows": rows(session, found),
        "total": total,
        "more": session.t("queue.more", count=SIZE) if total > SIZE else "",
        "stays": stays_named(session.workspace, filters.search) if len(filters.search) > 1 else [],
        **counts(session, minutes),
    }


def rows(session: Session, found: pd.DataFrame) -> list[dict]:
    """One row an alert; ``others`` is who else has its stay open."""
    language, flagged, open_by = session.language, flags(session.workspace), claims(session.workspace)
    again = found["change"].notna().any()  # before a second scoring, everything would be new
    return [
        {
            "key": key_of(row["stay_id"], row["alert_id"]),
            "alert": row["alert_id"],
            "stay": row["stay_id"],
            "score": None if row["origin"] == "rule" else min(row["score"], 1.0),
            "risk": "–" if row["origin"] == "rule" else chance(row["score"], language),
            "lines": together(row, language),
            "type": word("error_type", row["error_type"], language),
            "level": word("level_short", row["level"], language) if pd.notna(row["level"]) else "",
            "level_long": word("level", row["level"], language) if pd.notna(row["level"]) else "",
            "origin": word("origin", row["origin"], language),
            "ward": word("ward", row["ward"], language),
            "patient": patient(row, language),
            "at": instant(row["at"], language),
            "hours": hours(session, row["hours_to_act"]),
            "change": change(session, row["change"]) if again else "",
            "state": row["state"],
            "flagged": row["alert_id"] in flagged,
            "others": others(session, row["stay_id"], open_by),
        }
        for row in found.to_dict("records")
    ]


def hours(session: Session, left: float | None) -> str:
    """How long one may still act; empty when nothing says so."""
    if pd.isna(left):
        return ""
    return session.t("bench.late") if left < 0 else session.t("bench.hours", hours=number(left, session.language, 0))


def change(session: Session, by: float | None) -> str:
    """What the last scoring changed, in points of a hundred; a change under one point is none."""
    if pd.isna(by):
        return session.t("bench.new")
    points = round(100 * by)
    return "" if points == 0 else f"{'▲ +' if points > 0 else '▼ −'}{abs(points)}"


def others(session: Session, stay_id: str, open_by: dict[str, list[str]]) -> list[str]:
    return [name for name in open_by.get(stay_id, []) if name != session.reviewer]


@st.cache_data(ttl=120, max_entries=16, show_spinner=False)
def values(workspace: Workspace, state: str) -> dict[str, list[str]]:
    """Kept for a while: at 100,000 stays they take 0.3 s, and change with a scoring only."""
    return choices(workspace, state)


def in_order(name: str, codes: list[str]) -> list[str]:
    """Codes in the order of the schema, strongest level first; others as they come."""
    order = {"level": LEVELS, "error_type": ERROR_TYPES}.get(name, ())
    return sorted(codes, key=lambda code: order.index(code) if code in order else len(order))


def options(session: Session, state: str) -> dict[str, list[list[str]]]:
    """Code and words of each value that a filter can take among the alerts of a state."""
    there = values(session.workspace, state if state in STATES and state != "deferred" else STATES[0])
    words = {name: [[code, capital(word(KINDS[name], code, session.language))] for code in in_order(name, there[name])]
             for name in EQUAL}  # fmt: skip
    return {"state": [[code, capital(session.t(f"queue.states.{code}"))] for code in STATES]} | words


def counts(session: Session, minutes: float) -> dict:
    """How far the work is, and the plan of the minutes in words."""
    day = plan(session.workspace, minutes, session.reviewer)
    mine = work(session.workspace, session.reviewer)
    found, missed = (number(value, session.language, 0) for value in (day.found, day.missed))
    told = {"minutes": round(minutes), "read": day.read, "left": day.left, "seconds": round(day.seconds_each)}
    return {
        "minutes": round(minutes),
        "read": day.read,
        "plan": session.t("queue.capacity_text", **told, found=found, missed=missed),
        "done": mine.verdicts,
        "each": mine.seconds_each,
    }
