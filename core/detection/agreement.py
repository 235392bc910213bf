"""Which trials may stand side by side: those of the same stays, rules, effort and other populations."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.data.store import Tables
from core.detection.recipe import Recipe
from core.knowledge.rules import rules_id

RULES = "rules"
OF_EACH = ("seed", "threads")  # of a recipe: the seed is the trial's own, threads only change how fast it goes


def stays_digest(tables: Tables) -> str:
    """One value for all that is stored of some stays; another row, or another value, makes another."""
    digest = hashlib.sha256()
    for frame in (tables.stays, tables.lines, tables.observations, tables.interventions):
        digest.update(np.ascontiguousarray(pd.util.hash_pandas_object(frame, index=False)).tobytes())
    return digest.hexdigest()[:16]


def fingerprint(recipe: Recipe, stays: str) -> dict:
    """What a trial depends on beside its kind, seed and what is withheld; ``stays`` is their digest."""
    effort = {name: value for name, value in asdict(recipe).items() if name not in OF_EACH}
    return json.loads(json.dumps({"stays": stays, "rules": rules_id(), "recipe": effort}))


def differs(result: dict, asked: dict) -> bool:
    """Whether a trial was made otherwise than is asked; one of an earlier version does not say, so it does."""
    made = result.get("fingerprint", {})
    shared = ("stays", "rules") if result["trial"]["kind"] == RULES else asked
    return any(made.get(name) != asked[name] for name in shared)


def facts(result: dict) -> dict[str, str]:
    """What has to be the same wherever two results both have it."""
    made = result.get("fingerprint", {})
    found = {"stays": made.get("stays"), "rules": made.get("rules")}
    found |= {} if result["trial"]["kind"] == RULES else {"recipe": made.get("recipe")}
    found |= {f"on {name}": source for name, source in result.get("elsewhere", {}).items()}
    return {name: json.dumps(value, sort_keys=True) for name, value in found.items()}


def apart(results: Sequence[dict]) -> list[dict]:
    """The results that may not stand beside the others: where they differ, most of them are right, or the first."""
    told = [facts(result) for result in results]
    names = {name for each in told for name in each}
    usual = {name: Counter(each[name] for each in told if name in each).most_common(1)[0][0] for name in names}
    return [
        result
        for result, each in zip(results, told, strict=True)
        if any(value != usual[name] for name, value in each.items())
    ]
