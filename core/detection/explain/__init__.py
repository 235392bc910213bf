"""Why a line was flagged: lines, features and pairs, or a plain 'not to be trusted'."""

from collections.abc import Iterator

import pandas as pd

from core.detection.explain.attribution import LIMIT, attribute, by_feature, by_line
from core.detection.explain.moment import moment
from core.detection.explain.pairs import pair_effects
from core.detection.model import Model
from core.errors import Refusal

PAIRS = 5  # partners whose effect with the index line is worked out


def bars(values: dict[str, float], name: str) -> list[dict]:
    """Largest first, whatever the sign."""
    ordered = sorted(values.items(), key=lambda item: -abs(item[1]))
    return [{name: key, "attribution": round(value, 5)} for key, value in ordered]


def reason_not_to_trust(alert, model: Model, relative_delta: float) -> str:
    """Code of what is wrong with an explanation; empty when it may be shown."""
    if alert.get("model_id") not in (None, "", model.id):
        return "other_model"
    return "does_not_add_up" if relative_delta > LIMIT else ""


def explain(tables, alert, model: Model) -> dict:
    """Attributions and pair effects of one alert (a row of ALERTS), ready for JSON; no bars when not to be trusted.

    ``lines`` are the concomitant lines, ``features`` those of the index line and of the patient, both by what
    they add to the logit; ``others`` is what past lines and the index line's history add.
    """
    if model.network is None:
        raise Refusal("model_not_explained", model=model.id)
    now = moment(tables, alert, model)
    found = attribute(model.network, now)
    lines, given = by_line(now, found), by_feature(now, found)
    reason = reason_not_to_trust(alert, model, found.relative_delta)
    first = sorted(lines, key=lines.get, reverse=True)[:PAIRS]
    rest = found.logit - found.baseline - sum(lines.values()) - sum(given.values())
    return {
        "method": "integrated_gradients", "model_id": model.id, "error_type": alert["error_type"],
        "logit": round(found.logit, 5), "baseline_logit": round(found.baseline, 5),
        "relative_delta": round(found.relative_delta, 6), "steps": found.steps, "trusted": not reason, "reason": reason,
        "lines": [] if reason else bars(lines, "line_id"), "features": [] if reason else bars(given, "name"),
        "others": 0.0 if reason else round(rest, 5),
        "pairs": [] if reason else pair_effects(tables, alert, model, [(alert["line_id"], other) for other in first]),
    }  # fmt: skip


def explain_many(tables, alerts: pd.DataFrame, model: Model) -> Iterator[tuple[str, dict]]:
    """Every alert of some stays with its explanation, each stay's rows taken apart once."""
    names = ("stays", "lines", "observations", "interventions")
    of_stay = {name: dict(tuple(getattr(tables, name).groupby("stay_id"))) for name in names}
    empty = {name: getattr(tables, name).iloc[:0] for name in names}
    for alert in alerts.to_dict("records"):
        one = type(tables)(**{name: of_stay[name].get(alert["stay_id"], empty[name]) for name in names})
        yield alert["alert_id"], explain(one, alert, model)
