"""Why a line was flagged: lines, what is known and pairs, or a plain 'not to be trusted'."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from core.data import store
from core.detection.explain.basis import digest
from core.detection.explain.gate import check, explained_by
from core.detection.explain.known import there, things_known, values
from core.detection.explain.moment import Moment, moment
from core.detection.explain.pairs import pair_effects
from core.detection.explain.removal import lines_there
from core.detection.model import Model
from core.detection.sequences import Sequences, prepare
from core.errors import Refusal
from core.settings import Workspace

PAIRS = 5  # partners whose effect with the index line is worked out
NONE = MappingProxyType({})


class Explanation(NamedTuple):
    """``content`` is ready for JSON, None where what is kept still holds; ``digest`` says what it was worked out from."""

    alert_id: str
    content: dict | None
    digest: str


def bars(shares: dict[str, float], name: str, said: dict[str, float] | None = None) -> list[dict]:
    """Largest first, whatever the sign; with what is ``said`` of a thing as its value."""
    ordered = sorted(shares.items(), key=lambda item: -abs(item[1]))
    told = {key: {"value": value} for key, value in (said or {}).items()}
    return [{name: key, "attribution": round(share, 5)} | told.get(key, {}) for key, share in ordered]


def explain(tables, alert, model: Model) -> dict:
    """Attributions and pair effects of one alert (a row of ALERTS), ready for JSON; no bars when not to be trusted.

    ``lines`` are the concomitant lines, by what each adds to the logit where it is there: they add up to the logit less
    ``alone_logit``, that of the line without them. ``features`` are what is known of the index line and of the patient, by
    what each adds where it is known (with its ``value``, if a result or the age): they add up to the logit less
    ``unknown_logit``. ``lines_reason`` and ``features_reason`` say why one of the two has no bars where the other has;
    ``checks`` are the figures of the gate.
    """
    return explained(prepared(tables, alert, model), alert, model)


def prepared(tables, alert, model: Model) -> Sequences:
    if not (tables.lines["line_id"] == alert["line_id"]).any():
        raise Refusal("line_not_active", line=alert["line_id"], at=alert["at"])
    return prepare(tables, model.words)


def explained(seq: Sequences, alert, model: Model) -> dict:
    """The same from sequences that are prepared already."""
    return explained_at(asked(seq, alert, model), alert, model)


def asked(seq: Sequences, alert, model: Model) -> Moment:
    """The moment of an alert; refused of a model that is no network."""
    if model.network is None:
        raise Refusal("model_not_explained", model=model.id)
    return moment(seq, alert)


def explained_at(now: Moment, alert, model: Model) -> dict:
    names = there(now, model)
    lines = explained_by([str(name) for name in now.partners], lines_there(now, model))
    known = explained_by(names, things_known(now, model, names))
    checked = check(now, model, lines, known)
    reason = "other_model" if alert.get("model_id") not in (None, "", model.id) else checked.whole
    shown = {} if reason or checked.lines else lines.shares.values
    given = {} if reason or checked.known else known.shares.values
    first = sorted(shown, key=shown.get, reverse=True)[:PAIRS]
    return {
        "method": "shapley", "model_id": model.id, "error_type": alert["error_type"],
        "logit": round(lines.faith.whole, 5), "alone_logit": round(lines.faith.alone, 5),
        "unknown_logit": round(known.faith.alone, 5), "relative_delta": round(max(lines.delta, known.delta), 6),
        "trusted": not reason, "reason": reason,
        "lines_reason": checked.lines, "features_reason": checked.known, "checks": checked.figures,
        "lines": bars(shown, "line_id"), "features": bars(given, "name", values(now)),
        "pairs": pair_effects(now.seq, now.kind, model, [(now.line_id, other) for other in first]) if first else [],
    }  # fmt: skip


def explanation(seq: Sequences, alert, model: Model, kept: str | None = None) -> Explanation:
    """Of one alert, worked out unless what is ``kept`` was from the same."""
    now = asked(seq, alert, model)
    found = digest(now, alert, model)
    return Explanation(alert["alert_id"], None if found == kept else explained_at(now, alert, model), found)


def explain_many(tables, alerts: pd.DataFrame, model: Model, kept: Mapping[str, str] = NONE) -> Iterator[Explanation]:
    """Every alert of some stays, their sequences prepared once; ``kept`` are digests by alert_id."""
    rows = alerts.to_dict("records")
    seq = prepare(tables, model.words) if rows else None
    for alert in rows:
        yield explanation(seq, alert, model, kept.get(alert["alert_id"]))


def explain_stored(
    workspace: Workspace, alerts: pd.DataFrame, model: Model, tell: Callable[..., None] = lambda **_: None,
    kept: Mapping[str, str] = NONE,
) -> Iterator[Explanation]:  # fmt: skip
    """Explanations of alerts of a workspace that are not kept as they would be, batch of stays after batch of stays."""
    done = 0
    for tables in store.stream(workspace) if len(alerts) else ():
        here = alerts[alerts["stay_id"].isin(tables.stays["stay_id"])]
        for found in explain_many(tables, here, model, kept):
            done += 1
            tell(stage="explain", done=done, total=len(alerts))
            if found.content is not None:
                yield found
