"""A model at home in another hospital, without a label: what is usual there, and as many alerts as can be read there.

Where the networks knew the doses and routes of the hospital that they learned from alone, every usual line of another that
is unusual there raised an alert; a threshold that gave five alerts on 100 lines at one gave three times as many at another.
A model that learned from judged stays alone is set in the same way (``at_home``).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd

from core.data import store
from core.detection import habits
from core.detection.model import Model, calibrated, threshold
from core.detection.predict import score_lines
from core.detection.scoring import STAYS_A_BATCH
from core.detection.sequences import prepare, spoken_of
from core.detection.splits import taken
from core.errors import Refusal
from core.settings import Workspace

AT_HOME = 60  # lines of a drug from which its habits are told: with 10, those of 300 stays were worse than the model's own
LEAST_LINES = 1000  # under which a share of the lines says little: 50 alerts at 5 %
MOST_LINES = 300_000  # more lines hardly move a quantile
PAST_BELIEF = 2.0  # times as many errors as where it learned: it is more probably the model that errs than the hospital
SHIFTS = np.linspace(-12.0, 12.0, 481)  # logits by which chances are lowered or raised
USED = [*habits.DOSED, "dose", "times_per_day"]


def some(source: Workspace | store.Tables) -> Iterable[store.Tables]:
    """Batches of stays from the whole of a workspace, every n-th where there are more than MOST_LINES; of tables, every n-th stay."""
    if isinstance(source, store.Tables):
        every = max(-(-len(source.lines) // MOST_LINES), 1)
        return iter((taken(source, frozenset(source.stays["stay_id"].sort_values()[::every])),))
    every = -(-store.counts(source)["lines"] // MOST_LINES)
    return islice(store.stream(source, STAYS_A_BATCH), 0, None, max(every, 1))


def adapted(model: Model, workspace: Workspace, alerts: float, tell: Callable[..., None] = lambda **_: None) -> Model:
    """The model with the habits of a workspace above its own, and the threshold that gives ``alerts`` on 100 of its lines.

    Weights stay, and so does the calibration unless it says what is past belief (``toned``): without labels nobody knows
    how probable an error is there. Raises Refusal when there are fewer than LEAST_LINES lines.
    """
    tell(stage="habits")
    read = [(tables.lines[USED], tables.stays["admitted_at"].agg(["min", "max", "size"])) for tables in some(workspace)]
    lines = pd.concat([lines for lines, _ in read], ignore_index=True) if read else pd.DataFrame()
    if len(lines) < LEAST_LINES:
        raise Refusal("adapt_few_lines", lines=len(lines), least=LEAST_LINES)
    own = habits.learn(lines, AT_HOME)
    here = replace(model, words=replace(model.words, habits=own.above(model.words.habits)))
    logits = scored(here, workspace, len(lines), tell)
    expected = errors_expected(model)
    here, announced = toned(here, logits, expected)
    beyond = any(past_belief(announced[scope], rate) for scope, rate in expected.items())
    told = {
        "from": model.id, "stays": int(sum(stays["size"] for _, stays in read)), "lines": len(lines),
        "doses": len(own.doses), "drugs": len(own.routes), "begin": str(min(stays["min"] for _, stays in read))[:10],
        "end": str(max(stays["max"] for _, stays in read))[:10], "expected": expected, "announced": announced,
        "lowered": beyond,
    }  # fmt: skip
    card = here.card | {"vocabulary": here.words.digest, "adapted": told, "metrics": []}
    return replace(here, card=card | {"threshold": threshold(here, logits["any"], alerts)})


def at_home(model: Model, start: Model | None, tables: store.Tables, alerts: float, tell: Callable[..., None]) -> Model:
    """A model that learned from judged stays alone, set by every stay: the threshold that gives ``alerts`` on 100 of all lines.

    Stays are judged for their alerts: they say neither how many lines reach a score nor how often there is an error. The
    chances are those of the start, moved so that on the same lines as many errors are announced as it announced; without a
    start, those that the judged stays gave.
    """
    logits = scored(model, tables, len(tables.lines), tell)
    if start:
        before = scored(replace(start, words=model.words), tables, len(tables.lines), tell)
        then, _ = toned(start, before, errors_expected(start))
        knots = {scope: shifted(each, logits[scope], calibrated(then, scope, before[scope]).mean())
                 for scope, each in then.card["calibration"].items()}  # fmt: skip
        model = replace(model, card=model.card | {"calibration": knots, "expected": errors_expected(start)})
    return replace(model, card=model.card | {"threshold": threshold(model, logits["any"], alerts)})


def scored(model: Model, source: Workspace | store.Tables, lines: int, tell: Callable[..., None]) -> dict[str, np.ndarray]:
    """Logits of the lines that are read by scope: that anything is wrong, something single, something of several lines."""
    found: dict[str, list[np.ndarray]] = {scope: [] for scope in model.card["calibration"]}
    named: list[np.ndarray] = []
    for tables in some(source):
        if len(tables.lines):
            seq = prepare(tables, model.words)
            scores = score_lines(model, seq)
            named.append(seq.named)
            for scope, parts in found.items():
                parts.append(getattr(scores, scope))
        tell(stage="score", done=sum(map(len, found["any"])), total=lines)
    read = spoken_of(np.concatenate(named))
    return {scope: np.concatenate(parts)[read] for scope, parts in found.items()}


def errors_expected(model: Model) -> dict[str, float]:
    """Share of lines with an intervention where the model was measured, by scope; of an adapted model, or one that went on
    from judged stays alone, what its start had."""
    if "expected" in model.card:
        return model.card["expected"]
    known = {row["scope"]: row["base_rate"] for row in model.card["metrics"] if row["population"] == "test"}
    if not known:
        return model.card.get("adapted", {}).get("expected", {})
    return known | {"any": round(1 - float(np.prod([1 - rate for rate in known.values()])), 5)}


def toned(model: Model, logits: dict[str, np.ndarray], expected: dict[str, float]) -> tuple[Model, dict[str, float]]:
    """The model, and the mean chance that it announces by scope; where that is more than PAST_BELIEF times what is
    expected, its chances are lowered to it.

    All by one factor of their odds, as for the same problems where they are rarer (Saerens, Latinne and Decaestecker 2002);
    their order stays. That errors are no more frequent than where it learned is an assumption: the card says so.
    """
    calibration, announced = dict(model.card["calibration"]), {}
    for scope, rate in expected.items():
        knots = calibration[scope]
        announced[scope] = round(float(calibrated(model, scope, logits[scope]).mean()), 5)
        if past_belief(announced[scope], rate):
            calibration[scope] = shifted(knots, logits[scope], rate)
    return replace(model, card=model.card | {"calibration": calibration}), announced


def past_belief(announced: float, expected: float) -> bool:
    """Whether a mean chance is more than PAST_BELIEF times the share of lines that is expected."""
    return announced > PAST_BELIEF * expected > 0  # where none was measured, nothing is known of their share


def shifted(knots: dict[str, list[float]], logits: np.ndarray, mean: float) -> dict[str, list[float]]:
    """The knots with all odds multiplied by one factor, so that these logits announce this mean chance."""
    means = [np.interp(logits, knots["logit"], lowered(knots, by)).mean() for by in SHIFTS]
    return knots | {"probability": lowered(knots, float(np.interp(mean, means, SHIFTS))).tolist()}


def lowered(knots: dict[str, list[float]], by: float) -> np.ndarray:
    """The probabilities of knots with ``by`` added to each logit: lowered where it is below 0, raised above."""
    chance = np.array(knots["probability"])
    return chance * np.exp(by) / (1 - chance + chance * np.exp(by))
