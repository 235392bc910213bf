"""What is done ahead comes in the order of the tasks, never more of it than allowed, its errors with it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest

from core.turns import in_turn


def test_results_come_in_the_order_of_the_tasks_not_of_their_ends():
    second_done = threading.Event()

    def make(number: int) -> int:
        if number == 0:
            assert second_done.wait(10)
        if number == 1:
            second_done.set()
        return number * 10

    with ThreadPoolExecutor(2) as pool:
        assert list(in_turn(pool, make, ((each,) for each in range(5)), 3)) == [0, 10, 20, 30, 40]


def test_no_more_is_begun_than_may_wait():
    begun = []
    with ThreadPoolExecutor(4) as pool:
        found = in_turn(pool, begun.append, ((each,) for each in range(100)), 3)
        list(islice(found, 5))
    assert sorted(begun) == list(range(7))  # five handed over, two more begun, the next only when asked for


def test_an_error_comes_at_its_turn_and_what_waits_is_dropped():
    gate, begun = threading.Event(), []

    def make(number: int) -> int:
        begun.append(number)
        if number == 1:
            gate.wait(10)
            raise ValueError("second")
        return number

    with ThreadPoolExecutor(1) as pool:
        found = in_turn(pool, make, ((each,) for each in range(50)), 10)
        assert next(found) == 0
        gate.set()
        with pytest.raises(ValueError, match="second"):
            list(found)
    assert len(begun) <= 11


def test_who_stops_reading_leaves_nothing_running():
    begun, gate = [], threading.Event()

    def make(number: int) -> None:
        begun.append(number)
        if number == 1:
            gate.wait(10)

    with ThreadPoolExecutor(1) as pool:
        found = in_turn(pool, make, ((each,) for each in range(50)), 10)
        next(found)
        found.close()
        gate.set()
    assert len(begun) <= 2
