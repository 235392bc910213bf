"""From stays to a model with its card: split, vocabulary, fit, calibrate, measure."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.store import Tables
from core.detection import evaluation, features, fitting, habits, metrics, parallel, trees, vocabulary
from core.detection.adapting import AT_HOME, at_home
from core.detection.agreement import stays_digest
from core.detection.further import Invented, strange
from core.detection.known_stays import marks
from core.detection.labelled import errors, labelled, parted
from core.detection.model import ALERTS_PER_100_LINES, Model, network_of, threshold
from core.detection.novelty import positive_pairs
from core.detection.predict import score_lines
from core.detection.reach import reach
from core.detection.recipe import Recipe
from core.detection.sequences import Sequences, prepare, spoken_of
from core.detection.splits import Split, split, taken
from core.detection.targets import Targets, targets
from core.detection.withheld import thinned
from core.errors import Refusal
from core.i18n import LANGUAGES, t
from core.knowledge.edition import edition
from core.knowledge.rules import rules_id
from models import context, forest, peers
from models.networks import Concomitance, Config

ENOUGH_STAYS = 200  # of 100 invented ones validation had no error in 2 of 20 draws, of 150 and more in none
WATCHED_STAYS = 2500  # validation stays scored after each epoch
KINDS = (*peers.KINDS, "forest", *context.KINDS)


@dataclass(frozen=True)
class Order:
    """What to train, on what, and the command that does it again.

    ``without``, ``label_share`` and ``missing`` withhold inputs, patients and interventions from training;
    ``further`` are stays beside those of the tables, made by as many processes beside this one as ``workers`` says.
    ``start`` is a model to go on from: its codes are kept, and its weights are those that training begins with.
    """

    kind: str
    recipe: Recipe
    width: int = 48
    heads: int = 4
    dropout: float = 0.05
    without: tuple[str, ...] = ()
    label_share: float = 1.0
    missing: float = 0.0
    data: str = "invented"
    command: str = ""
    device: str = "cpu"
    workers: int = 0
    further: Invented | None = None
    start: Model | None = None


@dataclass(frozen=True)
class Prepared:
    """One part of the split: its tables, arrays and labels."""

    tables: object
    seq: Sequences
    wanted: Targets


def prepared(tables, words: vocabulary.Vocabulary) -> Prepared:
    seq = prepare(tables, words)
    return Prepared(tables, seq, targets(seq, tables.interventions))


def config(order: Order, words: vocabulary.Vocabulary) -> Config:
    return Config(
        order.kind, max(words.line.values()) + 1, max(words.stay.values()) + 1, len(features.LINE_NUMBERS),
        len(features.STATE), len(features.RELATIONS), len(features.EXPOSURE), len(features.LIMITS), len(features.TYPES),
        features.SEVERAL, order.width, order.heads, order.dropout,
    )  # fmt: skip


def train(
    order: Order,
    tables,
    oracle: pd.DataFrame | None,
    folder: Path,
    tell: Callable[..., None],
    labels: pd.DataFrame | None = None,
    last_epoch: int | None = None,
) -> Model:
    """A model fitted on the training part, calibrated on validation and measured on the test part; ``labels`` are
    verdicts beside the interventions of the tables, as ``read_labels`` gives them: of these no oracle knows the chance."""
    whole, given = None, labels
    if labels is not None:
        whole = tables if tables.interventions.empty else None
        (tables, labels), oracle = labelled(tables, labels), None
    parts = split(tables.stays)
    told = {} if labels is None else parted(labels, parts)
    if told:
        tell(stage="labels", **told)
        if unknown := len(given) - len(labels):
            tell(stage="labels_unknown", unknown=unknown)
            told["unknown"] = unknown
    model = learn(order, tables, parts, folder, tell, last_epoch, whole)
    model = replace(model, card=model.card | {"data": model.card["data"] | {"labels": told}})
    tell(stage="measure")
    return replace(
        model, card=model.card | {"metrics": evaluation.evaluate(model, [(taken(tables, parts.test), oracle)], "test")}
    )


def learn(
    order: Order,
    tables,
    parts: Split,
    folder: Path,
    tell: Callable[..., None],
    last_epoch: int | None = None,
    whole: Tables | None = None,
) -> Model:
    """A model fitted on the training part and calibrated on validation; the test part stays closed.

    ``whole`` are all stays of the workspace where the tables hold those alone that were judged (``labelled``): what is usual and
    how many alerts are raised is told by them.
    """
    tell(stage="prepare")
    learning = thinned(taken(tables, parts.train), order.label_share, order.missing, order.recipe.seed)
    validation = taken(tables, parts.valid)
    refuse_few(errors(learning.interventions), errors(validation.interventions))
    words, learning = known(order, learning, whole)
    train_part, valid = prepared(learning, words), prepared(validation, words)
    words = replace(words, pairs=merged(words.pairs, positive_pairs(train_part.seq, train_part.wanted)))
    tell(stage="fit")
    fit = {"forest": fit_forest, **dict.fromkeys(context.KINDS, fit_trees)}.get(order.kind, fit_network)
    more = order.further and order.further.reading(words, tables.stays, parts.valid, order.workers)
    model = fit(order, words, train_part, valid, folder, tell, last_epoch, more)
    tell(stage="calibrate")
    model = calibrate(model, valid, asked(order.start))
    model = model if whole is None else at_home(model, order.start, whole, asked(order.start), tell)
    further_stays = model.card["training"].get("further_stays", 0)
    return replace(
        model, card=model.card | {"data": described(order, learning, parts) | {"further_stays": further_stays}}
    )


def asked(start: Model | None) -> float:
    """Alerts on 100 lines: as many as the model to go on from was set to, which ``adapt`` may have been asked for."""
    return start.card["threshold"]["alerts_per_100_lines"] if start else ALERTS_PER_100_LINES


def refuse_few(learned: int, validated: int) -> None:
    """Refuse a part without an error: nothing to learn, or a validation that says the same of every pass."""
    if not learned or not validated:
        raise Refusal("few_to_learn", learned=learned, validated=validated, stays=ENOUGH_STAYS)


def known(order: Order, learning: Tables, whole: Tables | None = None) -> tuple[vocabulary.Vocabulary, Tables]:
    """The vocabulary to learn with, and the stays to learn from.

    A model that goes on keeps its codes. Invented stays with a substance that it lacks are then left out, so that what
    it never saw stays new to it; of a workspace each stay counts, and its habits stand above those of the start: those of the
    ``whole``, as ``adapt`` tells them, where stays were chosen for their alerts.
    """
    if order.start is None:
        return replace(vocabulary.learn(learning.lines, learning.stays), without=order.without), learning
    words = order.start.words
    if words.without != order.without or order.start.card["configuration"] != jsonable(asdict(config(order, words))):
        raise Refusal("start_differs", model=order.start.id)
    if order.data != "invented":
        own = habits.learn(learning.lines) if whole is None else habits.learn(whole.lines, AT_HOME)
        return replace(words, habits=own.above(words.habits)), learning
    return words, taken(learning, frozenset(learning.stays["stay_id"]) - strange(learning.lines, words))


def jsonable(value: dict) -> dict:
    """As a card holds it once it was written and read."""
    return json.loads(json.dumps(value))


def merged(*pairs: Iterable) -> tuple[tuple[int, int], ...]:
    """Pairs of any of the lists, once each, sorted."""
    return tuple(sorted({tuple(pair) for some in pairs for pair in some}))


def described(order: Order, learning, parts) -> dict:
    """Where the training data come from, and their period."""
    admitted = learning.stays["admitted_at"]
    before = {"start": order.start.card["data"] | {"model": order.start.id}} if order.start else {}
    before |= {"marks": marks(learning.stays["stay_id"])} if order.data != "invented" else {}
    return before | {
        "source": order.data, "train_stays": len(learning.stays), "train_lines": len(learning.lines),
        "valid_stays": len(parts.valid), "test_stays": len(parts.test), "from": str(admitted.min())[:10],
        "to": str(admitted.max())[:10],
    }  # fmt: skip


def watch(order: Order, words: vocabulary.Vocabulary, valid: Prepared) -> Callable[[Concomitance], float]:
    """Mean average precision of both scopes on some validation stays, scored as in use."""
    order_of_stays = np.random.default_rng(order.recipe.seed).permutation(len(valid.seq.stay_ids))[:WATCHED_STAYS]
    lines = evaluation.judged(valid.seq, valid.tables, valid.wanted, None)
    of_stay = np.repeat(np.arange(len(valid.seq.stay_ids)), np.diff(valid.seq.stay_lines))
    seen = np.isin(of_stay, order_of_stays)

    def measure(network: Concomitance) -> float:
        found = score_lines(Model("watched", {"model": order.kind}, words, network=network), valid.seq, order_of_stays)
        return float(np.nanmean([metrics.average_precision(lines.truth[scope][seen], getattr(found, scope)[seen])
                                 for scope in evaluation.SCOPES]))  # fmt: skip

    return measure


STATEMENTS = {"intended_use": ("review", "learning"), "limits": ("invented", "not_alone", "missing", "unknown", "nameless")}


def statements(name: str) -> dict[str, list[str]]:
    """Sentences of a card by language."""
    return {language: [t(f"card.{name}.{each}", language) for each in STATEMENTS[name]] for language in LANGUAGES}


def card(order: Order, words: vocabulary.Vocabulary, configuration: dict, state: dict) -> dict:
    return {
        "intended_use": statements("intended_use"), "limits": statements("limits"), "thesaurus": edition(),
        "reference": rules_id(),
        "model": order.kind, "configuration": configuration, "recipe": asdict(order.recipe), "vocabulary": words.digest,
        "seed": order.recipe.seed, "command": order.command, "training": state,
    }  # fmt: skip


def fit_network(
    order: Order, words, train_part: Prepared, valid: Prepared, folder: Path, tell, last_epoch, more
) -> Model:
    """The recurrent network of the best epoch."""
    sizes = config(order, words)
    fingerprint = {"config": asdict(sizes), "recipe": asdict(order.recipe), "vocabulary": words.digest,
                   "stays": [stays_digest(part.tables) for part in (train_part, valid)]}  # fmt: skip
    fingerprint |= {"further": asdict(more.made)} if more else {}
    fingerprint |= {"start": order.start.id} if order.start else {}
    fingerprint |= {"processes": parallel.size()} if parallel.size() > 1 else {}
    network, state = fitting.fit(
        sizes, order.recipe, train_part.seq, train_part.wanted, words.unknown, watch(order, words, valid), folder,
        fingerprint, tell, last_epoch, order.device, more, order.start and order.start.network.state_dict(),
    )  # fmt: skip
    as_it_was = order.start is not None and not state.best_epoch
    words = replace(words, pairs=order.start.words.pairs if as_it_was else merged(words.pairs, state.best_pairs))
    about = {name: getattr(state, name) for name in ("epoch", "best", "best_epoch", "curve")}
    about["further_stays"] = state.best_further_stays
    made = card(order, words, asdict(sizes), about)
    if isinstance(network, Concomitance):
        made["reach"] = as_it_was and order.start.card.get("reach") or reach(network, train_part.seq)
    return Model(order.kind, made, words, network=network_of(made, network.state_dict()))


def fit_forest(
    order: Order, words, train_part: Prepared, valid: Prepared, folder: Path, tell, last_epoch, more
) -> Model:
    """The forest over lines at their start; a line is positive for a type that it ever had."""
    table, labels = trees.starts(train_part.seq, train_part.wanted, order.recipe, words.unknown)
    fitted = forest.fit(table, labels, order.recipe.seed, order.recipe.threads)
    return Model("forest", card(order, words, fitted.get_params(), {}), words, forest=fitted)


def fit_trees(
    order: Order, words, train_part: Prepared, valid: Prepared, folder: Path, tell, last_epoch, more
) -> Model:
    """Forest or boosting that is told what is active beside the line."""
    fitted = trees.fit(order.kind, train_part.seq, train_part.wanted, order.recipe, words.unknown)
    return Model(order.kind, card(order, words, {"rows_shares": trees.SHARES}, {}), words, forest=fitted)


def calibrate(model: Model, valid: Prepared, alerts: float = ALERTS_PER_100_LINES) -> Model:
    """Knots from logit to probability for each scope, and the threshold, all from the lines of validation that are read."""
    found, read = score_lines(model, valid.seq), spoken_of(valid.seq.named)
    truth = evaluation.judged(valid.seq, valid.tables, valid.wanted, None).truth
    truth = truth | {"any": truth["single"] | truth["several"]}
    knots = {scope: metrics.knots(truth[scope][read], getattr(found, scope)[read]) for scope in ("any", "single", "several")}
    made = replace(model, card=model.card | {"calibration": knots})
    return replace(made, card=made.card | {"threshold": threshold(made, found.any[read], alerts)})
