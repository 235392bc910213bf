"""The workbench: one component holds queue, timeline, reasons and verdict, and paints before it asks.

The browser keeps the queue and the cards of the next alerts, so that a verdict paints the next one at once. What
the person does waits there in an outbox until it is acknowledged, and is sent again when it is not.
"""

from pathlib import Path

import streamlit as st

from core.data.sources import sources
from core.i18n import LANGUAGES, sentences
from core.review.desk import place
from core.schema import INVENTED
from pages.review.answers import reply, told
from pages.review.fields import codes
from pages.review.rows import KINDS, queue
from pages.shell.keys import KEYS
from pages.shell.session import Session

CLIENT = Path(__file__).parent / "client"
PARTS = (
    "dom", "outbox", "queue", "rows", "timeline", "biology", "cursor", "table", "why", "whatif", "form", "bar", "keys",
    "bench",
)  # fmt: skip
MINUTES = 45
FIRST = 2  # cards that come with the page; the browser asks for the next ones once they are painted
KEPT = 500  # acknowledgements that a session remembers
KEY = "bench"

_component = st.components.v2.component(
    "pharmiage_bench",
    css=(CLIENT / "bench.css").read_text("utf-8"),
    js="\n".join((CLIENT / f"{name}.js").read_text("utf-8") for name in PARTS),
)


def words(language: str) -> dict[str, str]:
    """Sentences that the component fills by itself."""
    return {key.removeprefix("bench."): said for key, said in sentences(language).items() if key.startswith("bench.")}


def base(session: Session) -> dict:
    """What does not change while one works."""
    there = sources(session.workspace)
    return {
        "language": session.language,
        "languages": list(LANGUAGES),
        "reviewer": session.reviewer,
        "words": words(session.language),
        "codes": codes(session),
        "keys": KEYS,
        "key_words": {name: session.t(f"guide.keys.{name}") for name in KEYS},
        "filters": {name: session.t(f"queue.{label}") for name, label in FILTER_LABELS.items()},
        "invented": "" if INVENTED not in there else session.t("app.invented" if there == {INVENTED} else "app.mixed"),
        "invented_help": session.t("app.invented_help"),
    }


FILTER_LABELS = {"state": "state", **dict(zip(KINDS, ("ward", "type", "level", "origin", "model"), strict=True))}


def address(names: tuple[str, ...]) -> dict:
    return {name: st.query_params.get(name) for name in names if st.query_params.get(name)}


def whole(session: Session) -> dict:
    """All that a browser needs that holds nothing yet: the queue of the address and its first cards."""
    asked = address(("search", "by", *FILTER_LABELS))
    ranked = queue(session, asked, MINUTES)
    linked = address(("stay", "alert"))
    wanted = [{"key": "", "alert": ""} | linked] if "stay" in linked else []
    rows = [{name: row[name] for name in ("key", "stay", "alert")} for row in ranked["rows"]]
    rows = [row for row in rows if row["alert"] != linked.get("alert")]
    found = [told(session, one) for one in (wanted + rows)[:FIRST]]
    here = found[0]["key"] if found else ""
    before = place(session.workspace, session.reviewer)
    cards = {one["key"]: one for one in found}
    return {"base": base(session), "queue": ranked, "cards": cards, "here": here, "resume": before}


def bench(session: Session) -> None:
    """The workbench of a page that is drawn whole.

    A browser that had it before and comes back by a link of the frame still holds it: it paints that at once and asks
    for the rest, where to work it out first would let the person wait.
    """
    state, back = st.session_state, {"language": session.language, "reviewer": session.reviewer}
    here = address(("stay", "alert", "search", "by", *FILTER_LABELS))
    known = not here and state.get("bench_known") == back
    state["bench_whole"], state["bench_back"], state["bench_known"] = not known, back if known else None, back
    drawn(session)


@st.fragment
def drawn(session: Session) -> None:
    """Draw the component with everything, or with answers where it has asked.

    A run can be cut short by the next one, so answers go out again until a message says that they came.
    """
    state = st.session_state

    def heard() -> None:
        if message := state.get(KEY, {}).get("sent"):  # none where the page was left meanwhile
            listen(session, message)

    if state.pop("bench_turn", False):
        st.rerun()
    run = state["bench_run"] = state.get("bench_run", 0) + 1
    held: dict[int, dict] = state.setdefault("bench_replies", {})
    if answer := state.pop("bench_reply", None):
        held[run] = answer
    data = whole(session) if state.pop("bench_whole", False) else {}
    if back := state.pop("bench_back", None):
        data["back"] = back
    _component(key=KEY, data=data | {"replies": list(held.values()), "run": run}, on_sent_change=heard)


def listen(session: Session, message: dict) -> None:
    """Write and answer before the component is drawn again."""
    state = st.session_state
    held: dict[int, dict] = state.setdefault("bench_replies", {})
    state["bench_replies"] = {run: one for run, one in held.items() if run > message["got"]}
    done = state.setdefault("bench_done", {})
    state["bench_reply"] = reply(session, message, done)
    state["bench_whole"] = bool(message.get("whole"))
    if message.get("language") in LANGUAGES and message["language"] != session.language:
        state["lang"], state["bench_turn"] = message["language"], True
    for token in list(done)[:-KEPT]:
        del done[token]
