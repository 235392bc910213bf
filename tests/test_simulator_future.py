"""What the simulator weighs is in the tables, and at or before the instant at which it weighs it."""

import numpy as np
import pytest

from core.simulator import MAIN
from core.simulator.biology import Observations, make_observations
from core.simulator.catalogue import catalogue
from core.simulator.context import Scene
from core.simulator.draws import draw
from core.simulator.lines import make_lines
from core.simulator.patients import DAY, make_stays
from core.simulator.pharmacists import read
from core.simulator.problems import find


@pytest.fixture(scope="module")
def scene():
    rng = np.random.default_rng(4)
    stays = make_stays(MAIN, rng, 500)
    lines = make_lines(MAIN, catalogue(), stays, rng)
    return Scene(catalogue(), stays, lines, make_observations(MAIN, catalogue(), stays, lines, rng))


def without_future(scene: Scene, minute: int) -> Scene:
    """Nothing that starts or is observed after ``minute``; lines that end later are still open."""
    lines = scene.lines.take(np.flatnonzero(scene.lines.start <= minute))
    lines.end = np.where(lines.end > minute, 400 * DAY, lines.end)
    seen, kept = scene.observations, scene.observations.time <= minute
    return Scene(
        scene.catalogue,
        scene.stays,
        lines,
        Observations(*(x[kept] for x in (seen.stay, seen.time, seen.kind, seen.value))),
    )


def found(scene: Scene, until: int) -> dict[tuple, float]:
    p, uid = find(scene, MAIN.severity, MAIN.contrast), scene.lines.uid
    minute = scene.minute[p.instant]
    partner = np.where(p.partner >= 0, uid[p.partner], -1)
    rows = zip(uid[p.line], partner, p.kind, minute, p.type, p.real, strict=True)
    return {(i, j, k, at, code): real for i, j, k, at, code, real in rows if at <= until}


@pytest.mark.parametrize("days", (1, 3))
def test_the_future_changes_nothing(scene, days):
    whole, cut = found(scene, days * DAY), found(without_future(scene, days * DAY), days * DAY)
    assert len(whole) > 500
    assert whole.keys() == cut.keys()
    assert np.allclose(list(whole.values()), [cut[key] for key in whole], atol=1e-9)


def test_reading_again_says_the_same(scene):
    problems = find(scene, MAIN.severity, MAIN.contrast)
    first, second = (read(MAIN, scene, problems, seed=9) for _ in range(2))
    assert (first.acted == second.acted).all()
    assert (first.acted != read(MAIN, scene, problems, seed=10).acted).any()


def test_drugs_that_read_alike_are_weighed_alike():
    """The probability may not hang on an item that the tables do not tell from another."""
    known, seen = catalogue(), {}
    facts = np.column_stack([known.strength, known.low, known.high, known.maximum, known.preventive, known.level])
    for i, item in enumerate(known.items):
        name = (item["substances"], item["atc"], item["route"])
        same = seen.setdefault(name, i)
        assert np.array_equal(facts[i], facts[same]), name
        assert np.array_equal(known.renal[i], known.renal[same])


def test_draws_are_even_and_belong_to_their_key():
    many = draw(3, np.arange(100_000), 7)
    assert np.array_equal(many[:10], draw(3, np.arange(10), 7))
    assert abs(np.histogram(many, 10, (0, 1))[0] / 10_000 - 1).max() < 0.05
    assert abs(np.corrcoef(many[:-1], many[1:])[0, 1]) < 0.02
