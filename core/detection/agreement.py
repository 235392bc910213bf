"""Which trials may stand side by side: those of the same stays, rules, effort and other populations."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.data.store import Tables
from core.detection.recipe import Recipe
from core.knowledge.rules import rules_id

RULES = "rules"
UNSAID = "null"  # of an earlier version, which did not say of which stays it was
OF_EACH = ("seed", "threads")  # of a recipe: the seed is the trial's own, threads change the speed, and weights by rounding alone


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


def agree(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether what both have is the same."""
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def apart(results: Sequence[dict]) -> list[dict]:
    """The results that may not stand beside the others, these being those that most agree with; the first on a tie."""
    told = [facts(result) for result in results]
    learned = [each for each in told if "recipe" in each] or told
    common = dict(max(learned, key=lambda one: (sum(agree(one, other) for other in told), one["stays"] != UNSAID)))
    others = []
    for result, each in zip(results, told, strict=True):
        if agree(common, each):
            common |= each
        else:
            others.append(result)
    return others


def changed(results: Sequence[dict], tables: Tables) -> bool:
    """Whether these stays are no longer those that were compared; a result of an earlier version does not say which they were."""
    compared = {result["fingerprint"]["stays"] for result in results if "fingerprint" in result}
    return bool(compared) and compared != {stays_digest(tables)}
