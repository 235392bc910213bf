"""What a pharmacist finds among so many alerts, equal scores included."""

import numpy as np
import pytest

from core.detection import evaluation, metrics, sources, splits
from tests.test_detection import hospital, trained  # noqa: F401  fixtures


def orders(truth: np.ndarray, score: np.ndarray, draws: int = 4000) -> np.ndarray:
    """(N,) mean of the true ones found over orders drawn at random among equal scores."""
    rng, total = np.random.default_rng(0), np.zeros(len(truth))
    for _ in range(draws):
        total += np.cumsum(truth[np.lexsort((rng.random(len(truth)), -score))])
    return total / draws


def test_of_equal_scores_each_line_counts_for_as_much():
    rng = np.random.default_rng(1)
    score, truth = rng.integers(0, 4, 60), rng.random(60) < 0.3
    assert metrics.found(truth, score) == pytest.approx(orders(truth, score), abs=0.15)
    for turned in (truth, truth[::-1]):
        assert metrics.at_budget(turned, np.zeros(60), 10)[0] == pytest.approx(truth.mean())


def test_without_ties_it_is_the_count_of_the_highest():
    rng = np.random.default_rng(2)
    score, truth = rng.random(80), rng.random(80) < 0.2
    hits = np.cumsum(truth[np.argsort(-score)])
    assert metrics.found(truth, score).tolist() == hits.tolist()
    assert metrics.at_budget(truth, score, 10) == (hits[7] / 8, hits[7] / truth.sum())
    assert metrics.alerts_for(truth, score, 0.5) == 100 * (np.searchsorted(hits, truth.sum() / 2) + 1) / 80


def test_stays_without_a_line_are_not_measured(hospital, trained, monkeypatch):  # noqa: F811
    whole = splits.taken(hospital[0], frozenset(hospital[0].stays["stay_id"].head(60)))
    empty = splits.taken(hospital[0], frozenset())
    bare = type(whole)(hospital[0].stays.tail(5), empty.lines, empty.observations, empty.interventions)
    assert evaluation.evaluate(trained, [(bare, None)], "test") == []
    assert evaluation.evaluate(trained, [(whole, None), (bare, None)], "test") == evaluation.evaluate(trained, [(whole, None)], "test")
    monkeypatch.setattr(sources, "filled", lambda workspace: {"stays": 65})
    monkeypatch.setattr(sources, "knows_all", lambda workspace: False)
    monkeypatch.setattr(sources.store, "stream", lambda *given: iter([whole, bare]))
    assert len(list(sources.stored_parts(None, lambda **_: None))) == 1
