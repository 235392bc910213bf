"""A trained model ready to score, whatever its kind."""

import math
import shutil
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from threading import RLock

import numpy as np
import torch

from core.detection.cards import identity
from core.detection.habits import Habits
from core.detection.vocabulary import Vocabulary
from core.errors import Refusal
from core.settings import CHAMPION, TRAINED
from models import store
from models.networks import Concomitance, Config
from models.peers import build

torch.set_num_threads(1)  # two on a busy machine wait for each other: 20 times slower was seen
ALERTS_PER_100_LINES = 5  # pharmacists intervene on about 5 % of lines (Strasbourg 5.2 %, NYU 5.6 %)
LOCK = RLock()  # one lock round predict and attribute: hooks and modes of a network are not thread-safe


@dataclass(frozen=True)
class Model:
    """``network`` for a recurrent one, ``forest`` for a forest; the other is None."""

    id: str
    card: dict
    words: Vocabulary
    network: Concomitance | None = None
    forest: object | None = None

    @property
    def kind(self) -> str:
        return self.card["model"]


def config_of(card: dict) -> Config:
    return Config(**{**card["configuration"], "several": tuple(card["configuration"]["several"])})


def network_of(card: dict, weights: dict[str, torch.Tensor]) -> Concomitance:
    """The network of a card, its weights in, out of training mode."""
    network = build(config_of(card))
    network.load_state_dict(weights)
    network.reach = card.get("reach") or math.inf
    network.eval()
    return network


def load(folder: Path) -> Model:
    """The model of a folder; refused when missing, damaged, or made for other inputs."""
    folder = Path(folder)
    if not (folder / store.CARD).exists():
        raise Refusal("model_missing", path=folder)
    try:
        card, codes, weights = store.read(folder)
    except store.DamagedModel as damage:
        raise Refusal("model_damaged", path=folder, file=damage) from damage
    pairs = tuple((a, b) for a, b in codes.get("pairs", ()))
    usual = codes.get("habits", {})
    habits = Habits(
        *({name: tuple(each) for name, each in usual.get(part, {}).items()} for part in ("doses", "routes"))
    )
    words = Vocabulary(codes.get("line", {}), codes.get("stay", {}), tuple(codes.get("without", ())), pairs, habits)
    if words.digest != card.get("vocabulary"):
        raise Refusal("model_other_vocabulary", path=folder, found=card.get("vocabulary"), expected=words.digest)
    name = identity(card)
    if not isinstance(weights, dict):
        return Model(name, card, words, forest=weights)
    try:
        return Model(name, card, words, network=network_of(card, weights))
    except (RuntimeError, KeyError, TypeError) as damage:
        raise Refusal("model_damaged", path=folder, file=card["weights"]) from damage


@lru_cache(maxsize=4)
def shipped(kind: str = CHAMPION.name) -> Model:
    """A model that comes with the product, kept in memory."""
    return load(TRAINED / kind)


def save(folder: Path, model: Model) -> Model:
    """Write a model to its folder; the same model with the digests in its card."""
    weights = model.forest if model.network is None else model.network.state_dict()
    if isinstance(weights, dict):
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    card = store.write(Path(folder), model.card, asdict(model.words), weights)
    return Model(identity(card), card, model.words, model.network, model.forest)


def settle(folder: Path, model: Model) -> tuple[Model, Path | None]:
    """Save a model; another one that stands in the folder is kept beside it under its name: where, or None.

    The same weights, codes and habits that are calibrated alike and raise alerts from the same score are the same model, and so is
    one that the same command left ``unfinished``; but one whose figures are known is kept when the new one has none.
    """
    old = there(folder)
    aside = old and spare(folder.with_name(identity(old)))
    if aside:
        store.copy(folder, aside)
    made = save(folder, model)
    alike = old and identity(old) == made.id and all(old.get(name) == made.card.get(name) for name in ("calibration", "threshold"))
    same = alike or old and old.get("unfinished") == made.card["command"]
    if same and (made.card.get("metrics") or not old.get("metrics")):
        shutil.rmtree(aside)
        return made, None
    return made, aside


def there(folder: Path) -> dict | None:
    """The card of the model in a folder; None where there is none, or a damaged one."""
    try:
        return store.read(folder)[0]
    except store.DamagedModel:
        return None


def spare(folder: Path) -> Path:
    """This folder, or the first with a number behind it that is not there yet."""
    names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return folder if not folder.exists() else next(each for each in names if not each.exists())


def calibrated(model: Model, scope: str, logit: np.ndarray) -> np.ndarray:
    """Probability of a raw logit for any, single or several, by the knots that validation gave."""
    knots = model.card["calibration"][scope]
    return np.interp(logit, knots["logit"], knots["probability"])


def threshold(model: Model, logits: np.ndarray, alerts: float = ALERTS_PER_100_LINES) -> dict:
    """The score and the logit (that anything is wrong) which ``alerts`` of 100 of these lines reach."""
    share = 1 - alerts / 100
    return {
        "score": float(np.quantile(calibrated(model, "any", logits), share)), "alerts_per_100_lines": alerts,
        "logit": float(np.quantile(logits, share)),
    }  # fmt: skip
