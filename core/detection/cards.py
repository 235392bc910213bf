"""The cards of the models at hand, read without loading a network."""

import hashlib
import json
import re
from pathlib import Path

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
    at_home = "adapted" in card and card.get("data", {}).get("source") == "invented"  # its command is of adapt
    return frozenset(found | {card["seed"]} if at_home else found)


def cards(workspace: Workspace) -> list[dict]:
    """Every card, shipped ones first, each with ``folder`` and ``shipped``; a damaged one raises Refusal."""
    shipped = [read(path) | {"shipped": True} for path in sorted(TRAINED.glob(f"*/{CARD}"))]
    own = [read(path) | {"shipped": False} for path in sorted(workspace.models.glob(f"*/{CARD}"))]
    return shipped + own


def read(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8")) | {"folder": path.parent.name}
    except json.JSONDecodeError as damage:
        raise Refusal("model_damaged", path=path.parent, file=path.name) from damage


def figures(found: list[dict], population: str = "test") -> list[dict]:
    """What could be measured on a population over all cards: model (its folder), kind, shipped, scope, auprc, …"""
    rows = [
        row | {"model": card["folder"], "kind": card["model"], "shipped": card["shipped"]}
        for card in found
        for row in card.get("metrics", [])
    ]
    return [row for row in rows if row.get("population", population) == population and row["auprc"] is not None]
