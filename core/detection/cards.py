"""The cards of the models at hand, read without loading a network."""

import hashlib
import json
import re
from pathlib import Path

from core.detection.shapes import CARD as CARD_SHAPE
from core.detection.shapes import fits
from core.errors import Refusal
from core.settings import TRAINED, Workspace

CARD = "card.json"


def identity(card: dict) -> str:
    """The name of a model that alerts carry: its kind and what it is made of, weights, codes and habits."""
    made_of = card["weights_sha256"] + card["codes_sha256"]
    return f"{card['model']}-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"


def seeds(card: dict) -> frozenset[int]:
    """Seeds of the invented stays of the main hospital that a model learned from, as far as its card can tell."""
    said = [step for step in card.get("command", "").split(" && ") if "--invented" in step]
    found = {int(seed) for step in said for seed in re.findall(r"--seed (\d+)", step)}
    at_home = "adapted" in card and card.get("data", {}).get("source") == "invented"  # by an earlier version: its command is of adapt alone
    return frozenset(found | {card["seed"]} if at_home else found)


def cards(workspace: Workspace) -> tuple[list[dict], list[Refusal]]:
    """Cards that can be shown, shipped ones first, each with ``folder`` and ``shipped``; a refusal for each other."""
    places = [(path / CARD, True) for path in sorted(TRAINED.iterdir()) if path.is_dir()]
    places += [(path, False) for path in sorted(workspace.models.glob(f"*/{CARD}"))]
    found, damaged = [], []
    for path, shipped in places:
        try:
            found.append(read(path) | {"folder": path.parent.name, "shipped": shipped})
        except Refusal as refusal:
            damaged.append(refusal)
    return found, damaged


def read(path: Path) -> dict:
    """A card; refused where it is missing, is no JSON, or holds not what can be shown."""
    try:
        card = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as damage:
        raise Refusal("card_damaged", path=path) from damage
    if not fits(card, CARD_SHAPE):
        raise Refusal("card_damaged", path=path)
    return card


def learned_stays(data: dict) -> int:
    """Stays of which a model learned, with those of the models that it went on from, one after the other."""
    here = (data.get("train_stays") or 0) + (data.get("further_stays") or 0)
    return here + (learned_stays(data["start"]) if data.get("start") else 0)


def figures(found: list[dict], population: str = "test") -> list[dict]:
    """What could be measured on a population over all cards: folder, model (its kind), shipped, learned (stays), scope, auprc, …"""
    rows = [
        row | {"lines": row.get("lines"), "folder": card["folder"], "model": card["model"], "shipped": card["shipped"],
               "learned": learned_stays(card.get("data") or {}) or None}
        for card in found
        for row in card.get("metrics") or []
    ]  # fmt: skip
    return [row for row in rows if (row.get("population") or population) == population and row["auprc"] is not None]
