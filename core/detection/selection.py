"""Which model goes to work, by a criterion written down before the test part is opened.

CRITERION, on validation stays only, among models from which nothing was withheld:
1. the highest average precision on several-line errors, mean over the seeds;
2. models that reach at least that mean less its standard deviation over seeds (``spread``; less ``TOLERANCE`` when
   there is one seed) count as equal, and among equals the one that scored the same stays in the fewest seconds goes;
3. of its seeds, the one with the highest average precision on several-line errors.
A detector without a model folder (the rules) takes part in no selection; how it stands is told beside the champion
(``beside``). The test part, the other hospital and unseen pairs are not read here.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from core.detection.evaluation import BEYOND
from core.detection.trials import RECALLS, name_of
from core.errors import Refusal

CRITERION = "valid_several_auprc"
TOLERANCE = 0.005
FEW = 30  # errors of several lines in validation, under which an order of models is mostly chance
WIDE = 0.2  # of the best, above which a margin is wide (``wide``)
HERE = ("unloadable", "stays_changed")  # what who reads the folder of a comparison finds there, and says of the chosen
MEANS = ("auprc", "auprc_low", "auprc_high", "base_rate", "oracle_auprc", "oracle_ratio", "ece", *BEYOND)
COUNTS = ("lines", "errors")
BUDGETED = ("precision_at", "recall_at")


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 5) if known else None


def whole(count: float | None) -> int | None:
    return None if count is None else round(count)


def spread(values: list[float]) -> float:
    """Standard deviation of all the seeds that could be drawn, as some of them tell it (n - 1); 0 where one was drawn."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def summary(results: list[dict]) -> list[dict]:
    """One row a model, variant, scope and population: means over the seeds, and the spread of the precision.

    ``auprc_low`` and ``auprc_high`` are the means of the seeds' bootstrap limits (patients drawn with replacement).
    """
    grouped = defaultdict(list)
    for result in results:
        for row in result["rows"]:
            grouped[row["model"], result["trial"]["variant"], row["scope"], row["population"]].append((result, row))
    recall = {key[2:]: items[0][1]["flagged"] for key, items in grouped.items() if key[0] == "rules"}
    return [summed_up(key, items, recall.get(key[2:])) for key, items in sorted(grouped.items())]


def summed_up(key: tuple, items: list[tuple], rules: dict | None) -> dict:
    """The row of one group; ``alerts_to_rules`` is its alerts over the rules' at the recall of the rules."""
    rows = [row for _, row in items]
    found = dict(zip(("model", "variant", "scope", "population"), key, strict=True)) | {"seeds": len(rows)}
    found |= {name: mean(row.get(name) for row in rows) for name in MEANS}  # an older trial lacks the newer figures
    found |= {name: whole(mean(row.get(name) for row in rows)) for name in COUNTS}
    found["auprc_sd"] = round(spread([row["auprc"] or 0 for row in rows]), 5)
    for name in BUDGETED:
        found[name] = {budget: mean(row[name][budget] for row in rows) for budget in rows[0][name]}
    found["alerts_to_rules"] = mean(alerts_to_rules(row, rules) for row in rows)
    found["fit_seconds"] = mean(result.get("fit_seconds") for result, _ in items)
    return found


def alerts_to_rules(row: dict, rules: dict | None) -> float | None:
    """Alerts that reach the recall of the rules, over the rules' alerts; None where the rules find nothing."""
    if not rules or not rules["recall"]:
        return None
    if row["flagged"]:
        return 1.0
    alerts, _, recall = np.array(row["curve"]).T  # an older trial has its curve alone, too coarse where it bends
    alerts, recall = (row["alerts_for"], RECALLS) if "alerts_for" in row else (alerts, recall)
    return float(np.interp(rules["recall"], recall, alerts)) / rules["alerts_per_100"]


def on_validation(results: list[dict]) -> dict[str, list[tuple[float, dict]]]:
    """By kind, the precision on several-line errors of each seed and its result."""
    found = defaultdict(list)
    for result in results:
        if result["trial"]["variant"] == "whole" and "model" in result:
            for row in result["rows"]:
                if row["population"] == "valid" and row["scope"] == "several":
                    found[row["model"]].append((row["auprc"] or 0.0, result))
    return found


def select(results: list[dict]) -> dict:
    """The champion, why, and how every candidate stood."""
    found = on_validation(results)
    if not found:
        raise Refusal("nothing_to_select")
    means = {kind: float(np.mean([value for value, _ in seeds])) for kind, seeds in found.items()}
    best = max(means, key=means.get)
    margin = spread([value for value, _ in found[best]]) if len(found[best]) > 1 else TOLERANCE
    speed = {kind: float(np.mean([result["measure_seconds"] for _, result in seeds])) for kind, seeds in found.items()}
    equals = sorted((kind for kind in means if means[kind] >= means[best] - margin), key=speed.get)
    champion = equals[0]
    value, result = max(found[champion], key=lambda each: each[0])
    return {
        "criterion": CRITERION, "champion": champion, "seed": result["trial"]["seed"], "model": result["model"],
        "trial": name_of(result), "reason": reason(means, equals),
        "validation_errors": min((many for _, result in found[champion] for many in errors_of(result)), default=None),
        "validation_auprc": round(value, 5), "margin": round(margin, 5), "equals": equals,
        "candidates": [
            {"model": kind, "validation_auprc": round(means[kind], 5), "seeds": len(found[kind]),
             "measure_seconds": round(speed[kind], 2)}
            for kind in sorted(means, key=means.get, reverse=True)
        ],
    }  # fmt: skip


def errors_of(result: dict) -> list[int]:
    """How many errors of several lines the validation of a trial has; empty where an older one does not say."""
    rows = [row for row in result["rows"] if (row["population"], row["scope"]) == ("valid", "several")]
    return [row["errors"] for row in rows if row.get("errors") is not None]


def reason(means: dict[str, float], equals: list[str]) -> str:
    """Code of why the champion was chosen."""
    if len(means) == 1:
        return "only_candidate"
    return "alone" if len(equals) == 1 else "fastest_of_equals"


def fewer(candidates: list[dict]) -> list[dict]:
    """Candidates with fewer seeds than the most: their mean may be one lucky seed. An older comparison does not say."""
    most = most_seeds(candidates)
    return [each for each in candidates if (each.get("seeds") or 0) < most]


def most_seeds(candidates: list[dict]) -> int:
    return max(each.get("seeds") or 0 for each in candidates)


def wide(chosen: dict) -> bool:
    """Whether models count as equal within a margin of more than a fifth (WIDE) of the best, so that speed chooses among unlike ones.

    In the shipped race that margin is 2 % of the best; the next kind of network lies 6 % below the best, the trees that are told
    what is active 27 and 35 %. A fifth lies between: a margin above it comes near to making a network and a tree equal.
    """
    candidates = chosen["candidates"]
    return len(candidates) > 1 and chosen["margin"] > WIDE * candidates[0]["validation_auprc"]


def beside(chosen: dict, rows: list[dict]) -> dict:
    """How the rules and lines drawn at random stand beside the champion on validation, several-line errors.

    ``cautions``: "rules" where the rules do at least as well, "chance" where the champion does no better than chance, "few" where
    there are too few errors to tell, "seeds" where some candidates have ``fewer``, "wide" where the margin is ``wide``, and of
    HERE what the chosen is said to be.
    """
    found = {row["model"]: row for row in rows
             if (row["variant"], row["scope"], row["population"]) == ("whole", "several", "valid")}  # fmt: skip
    mine = next(each["validation_auprc"] for each in chosen["candidates"] if each["model"] == chosen["champion"])
    rules, base_rate = found.get("rules", {}).get("auprc"), found[chosen["champion"]]["base_rate"]
    cautions = ["rules"] if rules is not None and rules >= mine else []
    cautions += ["chance"] if base_rate is not None and mine <= base_rate else []
    errors = chosen.get("validation_errors")  # a comparison of before does not say
    cautions += ["few"] if errors is not None and errors < FEW else []
    cautions += ["seeds"] if fewer(chosen["candidates"]) else []
    cautions += ["wide"] if wide(chosen) else []
    cautions += [code for code in HERE if chosen.get(code)]
    return {"champion": mine, "rules": rules, "base_rate": base_rate, "cautions": cautions}
