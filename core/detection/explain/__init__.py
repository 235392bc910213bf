"""Why a line was flagged: lines, features and pairs, or a plain 'not to be trusted'."""

from collections.abc import Callable, Iterator

import pandas as pd

from core.data import store
from core.detection.explain.attribution import attribute, by_feature
from core.detection.explain.gate import check
from core.detection.explain.moment import moment
from core.detection.explain.pairs import pair_effects
from core.detection.explain.removal import shapley
from core.detection.model import Model
from core.detection.sequences import Sequences, prepare
from core.errors import Refusal
from core.settings import Workspace

PAIRS = 5  # partners whose effect with the index line is worked out


def bars(values: dict[str, float], name: str) -> list[dict]:
    """Largest first, whatever the sign."""
    ordered = sorted(values.items(), key=lambda item: -abs(item[1]))
    return [{name: key, "attribution": round(value, 5)} for key, value in ordered]


def explain(tables, alert, model: Model) -> dict:
    """Attributions and pair effects of one alert (a row of ALERTS), ready for JSON; no bars when not to be trusted.

    ``lines`` are the concomitant lines, by what each adds to the logit where it is there: they add up to the logit less
    ``alone_logit``, that of the line without them. ``features`` are those of the index line and of the patient, by their
    integrated gradients from ``baseline_logit``. ``lines_reason`` and ``features_reason`` say why one of the two has no
    bars where the other has; ``checks`` are the figures of the gate.
    """
    if not (tables.lines["line_id"] == alert["line_id"]).any():
        raise Refusal("line_not_active", line=alert["line_id"], at=alert["at"])
    return explained(prepare(tables, model.words), alert, model)


def explained(seq: Sequences, alert, model: Model) -> dict:
    """The same from sequences that are prepared already."""
    if model.network is None:
        raise Refusal("model_not_explained", model=model.id)
    now = moment(seq, alert)
    found, shares = attribute(model.network, now), shapley(now, model)
    checked = check(now, model, found, shares)
    reason = "other_model" if alert.get("model_id") not in (None, "", model.id) else checked.whole
    lines = {} if reason or checked.lines else shares.values
    given = {} if reason or checked.features else by_feature(now, found)
    first = sorted(lines, key=lines.get, reverse=True)[:PAIRS]
    return {
        "method": "shapley", "features_method": "integrated_gradients", "model_id": model.id,
        "error_type": alert["error_type"], "logit": round(found.logit, 5), "baseline_logit": round(found.baseline, 5),
        "alone_logit": round(found.logit - sum(shares.values.values()), 5),
        "relative_delta": round(found.relative_delta, 6), "steps": found.steps, "trusted": not reason, "reason": reason,
        "lines_reason": checked.lines, "features_reason": checked.features, "checks": checked.figures,
        "lines": bars(lines, "line_id"), "features": bars(given, "name"),
        "pairs": pair_effects(now.seq, now.kind, model, [(now.line_id, other) for other in first]) if first else [],
    }  # fmt: skip


def explain_many(tables, alerts: pd.DataFrame, model: Model) -> Iterator[tuple[str, dict]]:
    """Every alert of some stays by its id, their sequences prepared once."""
    rows = alerts.to_dict("records")
    seq = prepare(tables, model.words) if rows else None
    for alert in rows:
        yield alert["alert_id"], explained(seq, alert, model)


def explain_stored(
    workspace: Workspace, alerts: pd.DataFrame, model: Model, tell: Callable[..., None] = lambda **_: None
) -> Iterator[tuple[str, dict]]:
    """Explanations of alerts of a workspace, batch of stays after batch of stays."""
    done = 0
    for tables in store.stream(workspace) if len(alerts) else ():
        here = alerts[alerts["stay_id"].isin(tables.stays["stay_id"])]
        for found in explain_many(tables, here, model):
            done += 1
            tell(stage="explain", done=done, total=len(alerts))
            yield found
