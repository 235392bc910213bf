"""A model is a folder: weights without pickle, the codes it knows, and a card that a person can read."""

import hashlib
import json
import os
import uuid
from pathlib import Path
from zipfile import ZIP_DEFLATED

import skops.io
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

CARD, CODES, WEIGHTS, FOREST = "card.json", "vocabulary.json", "weights.safetensors", "forest.skops"
NEEDED = {"model", "calibration", "threshold", "weights", "weights_sha256", "codes_sha256"}
SCOPES = {"any", "single", "several"}  # that anything is wrong, something single, something of several lines
FAR = 1e6  # no logit is beyond
TRUSTED = (
    "sklearn.ensemble._forest.RandomForestClassifier", "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._tree.Tree", "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.multioutput.MultiOutputClassifier",
    "numpy.dtype", "numpy.random.mtrand.RandomState",
)  # fmt: skip


class DamagedModel(ValueError):
    """A file of the folder is missing, cannot be read, or is not the one its card speaks of."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def write(folder: Path, card: dict, codes: dict, weights: dict[str, Tensor] | object) -> dict:
    """Write weights (tensors by name, or a forest), codes and, last, the card; the card with its digests."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = isinstance(weights, dict)
    content = save(weights) if tensors else skops.io.dumps(weights, compression=ZIP_DEFLATED, compresslevel=9)
    codes_content = json.dumps(codes, ensure_ascii=False, indent=0).encode()
    put(folder / (WEIGHTS if tensors else FOREST), content)
    put(folder / CODES, codes_content)
    sealed = card | {
        "weights": WEIGHTS if tensors else FOREST, "weights_sha256": digest(content),
        "codes_sha256": digest(codes_content), "size_bytes": len(content),
    }  # fmt: skip
    put(folder / CARD, json.dumps(sealed, ensure_ascii=False, indent=1).encode())
    return sealed


def copy(folder: Path, place: Path) -> None:
    """The model of a folder in another one too, its card last."""
    place.mkdir(parents=True)
    for name in (CODES, read_card(folder)["weights"], CARD):
        put(place / name, (folder / name).read_bytes())


def read_card(folder: Path) -> dict:
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
    except (OSError, ValueError) as damage:
        raise DamagedModel(CARD) from damage
    if not isinstance(card, dict) or not card.keys() >= NEEDED or not scores(card["calibration"], card["threshold"]):
        raise DamagedModel(CARD)
    return card


def scores(calibration: object, threshold: object) -> bool:
    """Whether a card can make chances and alerts: knots of every scope, and the score, the logit and the share of alerts."""
    if not isinstance(calibration, dict) or not isinstance(threshold, dict) or calibration.keys() != SCOPES:
        return False
    limits = (("score", 0, 1), ("logit", -FAR, FAR), ("alerts_per_100_lines", 0, 100))
    return all(map(knots, calibration.values())) and all(rising([threshold.get(name)], low, high) for name, low, high in limits)


def knots(each: object) -> bool:
    """Whether logits and, for each, a probability that never falls."""
    if not isinstance(each, dict) or not all(isinstance(each.get(name), list) for name in ("logit", "probability")):
        return False
    as_many = len(each["logit"]) == len(each["probability"]) > 1
    return as_many and rising(each["logit"], -FAR, FAR) and rising(each["probability"], 0, 1)


def rising(values: list, low: float, high: float) -> bool:
    """Whether numbers from ``low`` to ``high``, none below the one before; not a number is none."""
    return all(type(one) in (int, float) and low <= one <= high for one in values) and values == sorted(values)


def sealed_bytes(path: Path, expected: str) -> bytes:
    """The file's content, which must have the digest its card gives."""
    try:
        content = path.read_bytes()
    except OSError as damage:
        raise DamagedModel(path.name) from damage
    if digest(content) != expected:
        raise DamagedModel(path.name)
    return content


def read(folder: Path) -> tuple[dict, dict, dict[str, Tensor] | object]:
    """Card, codes and weights; DamagedModel names the file that is not what its card says."""
    card = read_card(folder)
    codes = json.loads(sealed_bytes(folder / CODES, card["codes_sha256"]))
    if card["weights"] not in (WEIGHTS, FOREST):
        raise DamagedModel(CARD)
    content = sealed_bytes(folder / card["weights"], card["weights_sha256"])
    try:
        weights = load(content) if card["weights"] == WEIGHTS else skops.io.loads(content, trusted=list(TRUSTED))
    except (SafetensorError, ValueError, TypeError) as damage:
        raise DamagedModel(card["weights"]) from damage
    return card, codes, weights
