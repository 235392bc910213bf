"""Work done ahead by threads or processes, handed over in the order of the tasks."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing.context import BaseContext
from typing import TypeVar

Made = TypeVar("Made")


def pool_of(processes: int, context: BaseContext | None = None) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C to the one that started them: one that dies of it while it holds a queue stops all."""
    return ProcessPoolExecutor(processes, context, signal.signal, (signal.SIGINT, signal.SIG_IGN))


def in_turn(pool: Executor, make: Callable[..., Made], tasks: Iterable[tuple], ahead: int) -> Iterator[Made]:
    """``make(*task)`` of each task, at most ``ahead`` of them begun and not yet handed over."""
    tasks, waiting = iter(tasks), deque()
    try:
        while True:
            waiting.extend(pool.submit(make, *task) for task in islice(tasks, ahead - len(waiting)))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        for each in waiting:
            each.cancel()
