"""What the workbench sends is written and answered here: gestures once each, questions when asked."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd

from core.data.store import read_stay
from core.errors import Refusal
from core.i18n import t
from core.review.alerts import alert, explanation
from core.review.aside import explain_aside
from core.review.case import open_case
from core.review.desk import drop_view, enter, leave_reason, save_draft, save_view, toggle_flag, views
from core.review.moments import ledgers, moments
from core.review.register import record, reviews, undo, undone
from core.review.worklist import defer
from core.schema import SEPARATOR, WITHDRAWN
from pages.review.bounds import sourced
from pages.review.cards import card
from pages.review.fields import as_review
from pages.review.rows import counts, options, queue
from pages.review.sentence import sentence
from pages.review.whatif import compared, remedies
from pages.review.why import why_words
from pages.shell.session import Session
from pages.wording.words import capital, instant, word

Done = dict  # what has been written, by token: a gesture that comes again is answered and not done again


def clock() -> str:
    return f"{datetime.now():%H:%M}"


# Gestures: each is written once


def verdict(session: Session, sent: dict) -> dict:
    """Write the verdict with what was seen."""
    raised = alert(session.workspace, sent["alert"])
    why = explanation(session.workspace, sent["alert"]) if sent.get("why_shown") else None
    shown = None if raised["origin"] == "rule" else raised["score"]  # of a rule alone no risk stands on the screen
    seen = {"model_id": raised["model_id"], "score_shown": shown, "explanation_shown": why}
    by = {"alert_id": sent["alert"], "verdict": sent["verdict"], "reviewer": session.reviewer, "token": sent["token"]}
    spent = min(max(float(sent.get("seconds") or 0), 0.0), 900.0)
    review = as_review(sent.get("fields") or {}, raised["line_id"]) | seen | by | {"seconds_spent": spent}
    number_of_row = record(session.workspace, review)
    if sent["verdict"] == "confirmed":
        leave_reason(session.workspace, session.reviewer, sent["alert"])
    words = capital(word("verdict", sent["verdict"], session.language))
    return {"said": session.t("stay.saved", verdict=words, at=clock()), "review": number_of_row}


def take_back(session: Session, sent: dict) -> dict:
    """Undo the latest verdict and say of which alert it was and how that stands now; one already taken back stays so."""
    again = undone(session.workspace, sent["of"]) if sent.get("of") else None  # sent twice, the first by a session that is gone
    written = again or undo(session.workspace, session.reviewer)
    if written is None:
        return {"said": session.t("stay.nothing_to_undo")}
    row = reviews(session.workspace, {"review_id": written}).iloc[0]
    alert_id = row["alert_id"] if pd.notna(row["alert_id"]) else ""
    withdrawn = row["verdict"] == WITHDRAWN
    verdict = word("verdict", row["verdict"], session.language)
    return {
        "said": session.t("stay.withdrawn" if withdrawn else "stay.restored", at=clock(), verdict=verdict),
        "alert": alert_id, "stay": row["stay_id"], "withdrawn": withdrawn,
        "state": alert(session.workspace, alert_id)["state"] if alert_id else "",
    }  # fmt: skip


def flag(session: Session, sent: dict) -> dict:
    stands = toggle_flag(session.workspace, session.reviewer, sent["alert"])
    return {"said": session.t("stay.flagged" if stands else "stay.unflagged"), "flagged": stands}


def put_off(session: Session, sent: dict) -> dict:
    """Out of the worklist until a date, or back into it at once."""
    until = sent.get("until")
    when = datetime.fromisoformat(until).astimezone(UTC).isoformat(timespec="microseconds") if until else None
    defer(session.workspace, sent["alert"], when)
    said = session.t("bench.deferred_until", at=instant(sent["shown"], session.language)) if until else "bench.back"
    return {"said": said if until else session.t(said)}


def keep_draft(session: Session, sent: dict) -> dict:
    save_draft(session.workspace, session.reviewer, sent["subject"], sent["fields"])
    return {}


def missed(session: Session, sent: dict) -> dict:
    """An error that no detector flagged, at the start of the latest of its lines."""
    lines = read_stay(session.workspace, sent["stay"]).lines.set_index("line_id")
    together = [one for one in dict.fromkeys(sent["partners"]) if one != sent["line"]]
    known = [one for one in (sent["line"], *together) if one in lines.index]
    if sent["line"] not in known:
        raise Refusal("line_not_active", line=sent["line"], at="")
    review = {
        "stay_id": sent["stay"], "line_id": sent["line"], "partner_line_ids": SEPARATOR.join(together),
        "at": max(lines.loc[one, "started_at"] for one in known), "verdict": "confirmed",
        "error_type": sent["error_type"], "comment": (sent.get("comment") or "").strip() or None,
        "reviewer": session.reviewer, "token": sent["token"],
    }  # fmt: skip
    return {"said": session.t("stay.missed_saved", number=record(session.workspace, review))}


def view(session: Session, sent: dict) -> dict:
    """Keep a set of filters under a name, or let it go."""
    if sent.get("filters") is None:
        drop_view(session.workspace, session.reviewer, sent["title"])
        return {"said": session.t("bench.view_dropped", name=sent["title"])}
    save_view(session.workspace, session.reviewer, sent["title"], sent["filters"])
    return {"said": session.t("bench.view_kept", name=sent["title"])}


GESTURES: dict[str, Callable[[Session, dict], dict]] = {
    "verdict": verdict, "undo": take_back, "flag": flag, "defer": put_off, "draft": keep_draft, "missed": missed,
    "view": view,
}  # fmt: skip


def done_once(session: Session, sent: dict, done: Done) -> dict:
    """The answer to a gesture: what it did, what it did before, or why it was refused."""
    token = sent["token"]
    if token in done:
        return done[token]
    answer = attempted(session, lambda: GESTURES[sent["name"]](session, sent))
    if answer["ok"]:
        done[token] = answer
    return answer


def attempted(session: Session, work: Callable[[], dict]) -> dict:
    """What ``work`` found, or in words why not; a fault of ours goes to the log and takes no other answer with it."""
    try:
        return {"ok": True} | work()
    except Refusal as refusal:
        said = t(f"errors.{refusal.code}", session.language, **refusal.values)
    except Exception as fault:  # noqa: BLE001  (the page and what else was asked for must go on)
        logging.getLogger("pharmiage").error("an answer failed", exc_info=fault)
        said = session.t("errors.unforeseen")
    return {"ok": False, "said": said}


# Questions: nothing is written but where one stands


def seen(session: Session, asked: dict) -> dict:
    """Keep the place and the claim; who else has the stay open."""
    return {"others": enter(session.workspace, session.reviewer, asked["stay"], asked.get("alert") or "")}


def why(session: Session, asked: dict) -> dict:
    """The explanation of an alert, computed when it is not there yet, and kept; with it the sentence names the results that weigh."""
    case = open_case(session.workspace, asked["stay"], asked["alert"])
    if case.alert["origin"] != "rule" and not case.explanation:
        explain_aside(session.workspace, case.alert)
        case = open_case(session.workspace, asked["stay"], asked["alert"])
    return {"why": why_words(session, case), "sentence": sentence(session, case)}


def at_each_instant(session: Session, asked: dict) -> dict:
    return {"moments": moments(session.workspace, alert(session.workspace, asked["alert"]))}


def daily(session: Session, asked: dict) -> dict:
    """mg a day of each substance over time, each span with what the patient may have in words."""
    found = ledgers(session.workspace, asked["stay"])
    return {"ledgers": [one | {"spans": [span | {"bound": sourced(session, span)} for span in one["spans"]]} for one in found]}


def cards(session: Session, asked: dict) -> dict:
    """Some cards, each a word of its own when it cannot be had."""
    return {"cards": {one["key"]: told(session, one) for one in asked["keys"]}}


def told(session: Session, one: dict) -> dict:
    made = attempted(session, lambda: {"card": card(session, one["stay"], one.get("alert") or None)})
    return made["card"] if made["ok"] else {"key": one["key"], "refused": made["said"]}


def ranked(session: Session, asked: dict) -> dict:
    return {"queue": queue(session, asked["filters"], asked["minutes"])}


def time_there_is(session: Session, asked: dict) -> dict:
    return {"counts": counts(session, asked["minutes"])}


def filter_values(session: Session, asked: dict) -> dict:
    return {"choices": options(session, asked["state"])}


def kept_views(session: Session, asked: dict) -> dict:
    return {"views": [[name, filters] for name, filters in views(session.workspace, session.reviewer).items()]}


def tried_out(session: Session, asked: dict) -> dict:
    return {"compared": compared(session, asked)}


def offered(session: Session, asked: dict) -> dict:
    return {"remedies": remedies(session, asked)}


QUESTIONS: dict[str, Callable[[Session, dict], dict]] = {
    "seen": seen, "why": why, "moments": at_each_instant, "ledgers": daily, "cards": cards, "queue": ranked,
    "counts": time_there_is, "views": kept_views, "choices": filter_values, "tryout": tried_out, "remedies": offered,
}  # fmt: skip


def reply(session: Session, message: dict, done: Done) -> dict:
    """Acknowledgements by token and answers by number; gestures first, in the order they were made."""
    writes = {sent["token"]: done_once(session, sent, done) for sent in message.get("gestures", []) if session.reviewer}
    answers = {}
    for asked in message.get("questions", []):
        answers[str(asked["id"])] = attempted(session, lambda asked=asked: QUESTIONS[asked["name"]](session, asked))
    return {"acks": writes, "answers": answers}
