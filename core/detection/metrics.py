"""Figures of merit over lines: what a pharmacist gets for what is read."""

import numpy as np

ALERTS_PER_100 = (1, 3, 5, 10)
BINS = 15
LEAST = 50  # lines of a bin that is shown: with fewer its interval is wider than 0.26 at a share of a half
FEW = 1000  # positives under which a sigmoid is taken: better up to 300, no worse at 600 (tests/benchmarks/README.md)
ENDS = (-25.0, 15.0)  # logits between which knots stand


def average_precision(truth: np.ndarray, score: np.ndarray) -> float:
    """Area under precision and recall, ties taken together; nan without a positive."""
    order = np.argsort(-score, kind="stable")
    hit, found = truth[order].astype(float), np.cumsum(truth[order].astype(float))
    if not found.size or found[-1] == 0:
        return float("nan")
    last = np.append(np.diff(score[order]) != 0, True)  # the end of each run of equal scores
    precision = (found / np.arange(1, len(hit) + 1))[last]
    return float((precision * np.diff(found[last], prepend=0)).sum() / found[-1])


def found(truth: np.ndarray, score: np.ndarray) -> np.ndarray:
    """(N,) true ones among the highest 1 to N lines; of equal scores, the mean over the orders that they can stand in."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True)) + 1
    hits = np.cumsum(truth[order].astype(float))[ends - 1]
    return np.interp(np.arange(1, len(score) + 1), np.append(0, ends), np.append(0.0, hits))


def at_budget(truth: np.ndarray, score: np.ndarray, per_100: int) -> tuple[float, float]:
    """Precision and recall of the highest ``per_100`` lines of 100."""
    taken = max(1, round(len(score) * per_100 / 100))
    hits = found(truth, score)[taken - 1]
    return float(hits / taken), float(hits / max(truth.sum(), 1))


def alerts_for(truth: np.ndarray, score: np.ndarray, recall: float) -> float:
    """Alerts on 100 lines, the highest first, that find this share of the true ones."""
    return float(alerts_for_each(truth, score, np.array([recall]))[0])


def alerts_for_each(truth: np.ndarray, score: np.ndarray, recalls: np.ndarray) -> np.ndarray:
    """The same for each of some shares; as many figures."""
    share = found(truth, score) / max(truth.sum(), 1)
    return 100 * np.minimum(np.searchsorted(share, recalls - 1e-12) + 1, len(truth)) / max(len(truth), 1)


def calibration_error(truth: np.ndarray, chance: np.ndarray) -> float:
    """Expected calibration error over bins of equal width: 0 is perfect."""
    which = np.minimum((chance * BINS).astype(int), BINS - 1)
    gap = np.abs(np.bincount(which, truth - chance, minlength=BINS))
    return float(gap.sum() / max(len(truth), 1))


def reliability(truth: np.ndarray, chance: np.ndarray) -> list[dict]:
    """Mean chance, share of positives and size of each bin that holds a line."""
    which = np.minimum((chance * BINS).astype(int), BINS - 1)
    return [
        {"chance": round(float(chance[which == b].mean()), 4), "share": round(float(truth[which == b].mean()), 4),
         "lines": int((which == b).sum())}
        for b in range(BINS) if (which == b).any()
    ]  # fmt: skip


def together(one: dict, other: dict) -> dict:
    """Two bins of reliability as one."""
    lines = one["lines"] + other["lines"]
    mean = {name: (one[name] * one["lines"] + other[name] * other["lines"]) / lines for name in ("chance", "share")}
    return mean | {"lines": lines}


def gathered(bins: list[dict]) -> list[dict]:
    """Bins in rising order of chance, those of fewer than ``LEAST`` lines joined to their neighbour, each with its interval."""
    found: list[dict] = []
    for each in bins:
        if found and found[-1]["lines"] < LEAST:
            found[-1] = together(found[-1], each)
        else:
            found.append(each)
    if len(found) > 1 and found[-1]["lines"] < LEAST:
        found[-2:] = [together(*found[-2:])]
    return [each | dict(zip(("low", "high"), wilson(each["share"], each["lines"]), strict=True)) for each in found]


def wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share of ``count`` (Wilson 1927, J Am Stat Assoc 22:209)."""
    z = 1.96
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(truth: np.ndarray, score: np.ndarray, patient: np.ndarray, draws: int, seed: int) -> tuple[float, float]:
    """95 % interval of the average precision, patients drawn with replacement."""
    rng = np.random.default_rng(seed)
    number = np.unique(patient, return_inverse=True)[1]
    order = np.argsort(-score, kind="stable")
    truth, number, score = truth[order], number[order], score[order]
    found = [weighted_precision(truth, score, np.bincount(rng.integers(0, number.max() + 1, number.max() + 1),
                                minlength=number.max() + 1)[number]) for _ in range(draws)]  # fmt: skip
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def weighted_precision(truth: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    """Average precision of lines in falling order of score, each counted ``weight`` times."""
    hits = np.cumsum(truth * weight)
    if hits[-1] == 0:
        return float("nan")
    last = np.append(np.diff(score) != 0, True)
    precision = (hits / np.maximum(np.cumsum(weight), 1))[last]
    return float((precision * np.diff(hits[last], prepend=0)).sum() / hits[-1])


def knots(truth: np.ndarray, logit: np.ndarray) -> dict[str, list[float]]:
    """Monotone knots from logit to probability: a sigmoid where positives are few, isotonic regression else."""
    few = 0 < truth.sum() < min(FEW, len(truth))
    return (sigmoid_knots(truth, logit) if few else None) or isotonic_knots(truth, logit)


def sigmoid_knots(truth: np.ndarray, logit: np.ndarray) -> dict[str, list[float]] | None:
    """Knots on the logistic regression of truth on logit (Platt 1999); None where it would turn the order round."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(logit.astype(float)[:, None], truth)
    if fitted.coef_[0, 0] <= 0:
        return None
    at = np.arange(ENDS[0], ENDS[1] + 0.5, 0.5)
    chance = fitted.predict_proba(at[:, None])[:, 1].clip(1e-9, 1 - 1e-9)  # a steep one is 0 or 1 to the last digit
    return {"logit": at.tolist(), "probability": chance.tolist()}


def isotonic_knots(truth: np.ndarray, logit: np.ndarray, most: int = 60) -> dict[str, list[float]]:
    """Monotone knots from logit to probability: pooled blocks, drawn through their means so that order stays."""
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(logit, kind="stable")
    blocks = np.array_split(order, min(max(len(order) // 200, 2), 400))
    x = np.array([logit[block].mean() for block in blocks])
    y = np.array([truth[block].mean() for block in blocks])
    size = np.array([len(block) for block in blocks])
    fitted = IsotonicRegression(y_min=1e-4, y_max=0.999).fit(x, y, sample_weight=size).predict(x)
    edges = np.flatnonzero(np.diff(fitted, prepend=-1) > 0)
    mean = [
        np.average(part, weights=w) for part, w in zip(np.split(x, edges[1:]), np.split(size, edges[1:]), strict=True)
    ]
    kept = np.unique(np.linspace(0, len(edges) - 1, min(most, len(edges))).round().astype(int))
    return {
        "logit": [ENDS[0], *(float(np.clip(mean[i], *ENDS)) for i in kept), ENDS[1]],
        "probability": [1e-5, *(float(fitted[edges[i]]) for i in kept), 0.9999],
    }
