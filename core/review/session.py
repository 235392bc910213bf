"""One person's session: what is done, at what pace, and what the minutes left will find."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

from core.review.capacity import Plan, plan
from core.review.database import connect
from core.settings import Workspace

PAUSE = timedelta(minutes=30)  # without a verdict for longer, the next one begins another session
MOST = 2000  # verdicts looked back at: more than a day's work
FEW = 2  # verdicts from which on there is a pace


@dataclass(frozen=True)
class Session:
    """``verdicts`` that count, by their kind; ``seconds_each`` median of the time told on an alert; ``per_hour``
    since the first verdict; None where nothing can be said yet. ``minutes_left`` of those planned, and what the
    ``plan`` says of them; both None when none were planned."""

    started_at: str | None = None
    verdicts: int = 0
    by_verdict: dict[str, int] = field(default_factory=dict)
    seconds_each: float | None = None
    per_hour: float | None = None
    minutes_left: float | None = None
    plan: Plan | None = None


def session(workspace: Workspace, reviewer: str, minutes: float | None = None) -> Session:
    """The session that goes on, empty when the last verdict is older than PAUSE; ``minutes`` are those it was given."""
    now = datetime.now(UTC)
    done = since_pause(latest(workspace, reviewer), now)
    left = None if minutes is None else max(minutes - elapsed(done, now) / 60, 0.0)
    ahead = None if left is None else plan(workspace, left, reviewer)
    if not done:
        return Session(minutes_left=left, plan=ahead)
    spent = [seconds for _, _, seconds in done if seconds is not None]
    kinds = [verdict for _, verdict, _ in done]
    return Session(
        started_at=done[0][0].isoformat(timespec="seconds"), verdicts=len(done),
        by_verdict={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        seconds_each=median(spent) if spent else None,
        per_hour=3600 * len(done) / max(elapsed(done, now), 1.0) if len(done) >= FEW else None,
        minutes_left=left, plan=ahead,
    )  # fmt: skip


def latest(workspace: Workspace, reviewer: str) -> list[tuple[datetime, str, float | None]]:
    """Instant, verdict and seconds of the verdicts that count, oldest first; one corrected counts once, where it
    stands now."""
    with connect(workspace) as db:
        rows = db.execute(
            "SELECT reviewed_at, verdict, seconds_spent FROM effective WHERE reviewer = ? ORDER BY review_id DESC LIMIT ?",
            [reviewer, MOST],
        ).fetchall()
    return [(datetime.fromisoformat(at), verdict, seconds) for at, verdict, seconds in reversed(rows)]


def since_pause(done: list[tuple], now: datetime) -> list[tuple]:
    """Those after the last gap longer than PAUSE, the present counting as one more gesture."""
    instants = [*(row[0] for row in done), now]
    gaps = [i for i in range(1, len(instants)) if instants[i] - instants[i - 1] > PAUSE]
    return done[gaps[-1] if gaps else 0 :]


def elapsed(done: list[tuple], now: datetime) -> float:
    """Seconds since the session began: since its first verdict, and the time that one took."""
    return (now - done[0][0]).total_seconds() + (done[0][2] or 0.0) if done else 0.0
