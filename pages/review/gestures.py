"""What a key or a click does: a verdict, the next alert, an undo, a flag, a reason."""

import time
from datetime import datetime

import streamlit as st

from core.errors import Refusal
from core.review.case import Case
from core.review.desk import save_draft, toggle_flag
from core.review.register import record, reviews, undo
from core.review.worklist import worklist
from pages.review.form import REASONS, as_review, entered, key
from pages.shell.keys import VERDICT_OF
from pages.shell.refusal import noted
from pages.shell.session import Session
from pages.wording.words import capital, word

SIZE = 200  # alerts of a queue that nobody has chosen


def queue(session: Session) -> list[tuple[str, str]]:
    """The order in which alerts come, frozen when the list was opened: (stay, alert)."""
    if "queue" not in st.session_state:
        found = worklist(session.workspace, size=SIZE)
        st.session_state["queue"] = list(zip(found["stay_id"], found["alert_id"], strict=True)) if len(found) else []
    return st.session_state["queue"]


def go(stay_id: str, alert_id: str) -> None:
    """Put another alert on the screen, and in the address."""
    st.query_params["stay"], st.query_params["alert"] = stay_id, alert_id
    st.session_state["shown_since"] = time.time()


def step(session: Session, alert_id: str, by: int) -> None:
    """The alert before or after in the queue; at its ends, stay."""
    order = queue(session)
    here = next((place for place, (_, other) in enumerate(order) if other == alert_id), -1 if by > 0 else len(order))
    if 0 <= here + by < len(order):
        go(*order[here + by])
    else:
        st.session_state["ack"] = session.t("stay.last_seen")


def seconds_spent() -> float:
    """Since the alert came to the screen; at most a quarter of an hour, for a break is not reading."""
    now = time.time()
    return min(max(now - st.session_state.get("shown_since", now), 0.0), 900.0)


def decide(session: Session, case: Case, verdict: str) -> None:
    """Write the verdict with what was seen, acknowledge it, go on to the next alert."""
    alert = case.alert
    seen = {"model_id": alert["model_id"], "score_shown": alert["score"], "explanation_shown": case.explanation}
    by = {"alert_id": alert["alert_id"], "verdict": verdict, "reviewer": session.reviewer, "token": case.token}
    record(session.workspace, as_review(case) | seen | by | {"seconds_spent": seconds_spent()})
    words = capital(word("verdict", verdict, session.language))
    st.session_state["ack"] = session.t("stay.saved", verdict=words, at=f"{datetime.now():%H:%M}")
    forget(alert["alert_id"])
    step(session, alert["alert_id"], 1)


def forget(alert_id: str) -> None:
    """Let the fields of a judged alert go: they come back from the register or the draft."""
    for name in [name for name in st.session_state if str(name).endswith(f":{alert_id}")]:
        del st.session_state[name]


def take_back(session: Session) -> None:
    """Undo the last verdict and go back to its alert."""
    written = undo(session.workspace, session.reviewer)
    if written is None:
        st.session_state["ack"] = session.t("stay.nothing_to_undo")
        return
    row = reviews(session.workspace, {"review_id": written}).iloc[0]
    st.session_state["ack"] = session.t("stay.withdrawn", at=f"{datetime.now():%H:%M}")
    if row["alert_id"]:
        go(row["stay_id"], row["alert_id"])


def flag(session: Session, alert_id: str) -> None:
    stands = toggle_flag(session.workspace, session.reviewer, alert_id)
    st.session_state["ack"] = session.t("stay.flagged" if stands else "stay.unflagged")


def choose_reason(session: Session, alert_id: str, digit: int) -> None:
    """The reason of a digit; the same digit again takes it away."""
    wanted, now = REASONS[digit - 1], st.session_state.get(key("reason", alert_id))
    st.session_state[key("reason", alert_id)] = None if wanted == now else wanted
    save_draft(session.workspace, session.reviewer, alert_id, entered(alert_id))


def act(session: Session, case: Case, name: str, digit: int = 0) -> None:
    """One gesture, whichever way it came; a refusal is shown and nothing moves."""
    alert_id = case.alert["alert_id"]
    try:
        if name in VERDICT_OF:
            if session.reviewer:
                decide(session, case, VERDICT_OF[name])
        elif name in ("next", "previous"):
            step(session, alert_id, 1 if name == "next" else -1)
        elif name == "undo":
            take_back(session)
        elif name == "flag":
            flag(session, alert_id)
        elif name == "reason":
            choose_reason(session, alert_id, digit)
        elif name == "help":
            st.session_state["help"] = not st.session_state.get("help", False)
    except Refusal as refusal:
        noted(session, refusal)
