"""A process beside the server that works out explanations: who judges does not wait for who asks why.

Inside the server both would share one interpreter lock, and a verdict would wait for a tenth of a second of
somebody else's arithmetic at a time (tests/benchmarks/together.py). Once it has read its libraries it steps back behind the
server; not before, or whoever asks first waits a minute while a scoring keeps the processors busy.
"""

import logging
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache
from multiprocessing import get_context, parent_process
from threading import Lock, Thread

from core.errors import Refusal
from core.review.alerts import keep_explanation
from core.review.explaining import explained, folder_of, network
from core.settings import Workspace

COURTESY = 15  # of 19: how far the process steps back
STARTING = Lock()
started: list[ProcessPoolExecutor] = []


def follow() -> None:
    """End when the server does, however it does."""
    Thread(target=end_with, args=[parent_process()], daemon=True).start()


def end_with(server) -> None:  # noqa: ANN001
    server.join()
    os._exit(0)


@cache
def step_back() -> None:
    """Lower the priority, once."""
    os.nice(COURTESY)


def process() -> ProcessPoolExecutor:
    """The process, started once for the server."""
    with STARTING:
        if not started:
            started.append(ProcessPoolExecutor(1, get_context("spawn"), follow))
        return started[0]


def give_up(dead: ProcessPoolExecutor) -> None:
    """Forget a process that has died, unless another has taken its place; the next question starts one."""
    with STARTING:
        if started and started[0] is dead:
            started.pop().shutdown(wait=False)


def answered(workspace: Workspace, alert: dict) -> tuple[str, tuple | dict]:
    """What the process says: ("found", explanation), or ("refused", code and values)."""
    try:
        return "found", explained(workspace, alert)
    except Refusal as refusal:
        return "refused", {"code": refusal.code, **{name: str(value) for name, value in refusal.values.items()}}


def answered_there(workspace: Workspace, alert: dict) -> tuple[str, tuple | dict]:
    """The same in the process."""
    found = answered(workspace, alert)
    step_back()
    return found


def explain_aside(workspace: Workspace, alert: dict) -> dict:
    """The explanation of one alert, kept beside it; worked out here when the process has died."""
    beside = process()
    try:
        state, found = beside.submit(answered_there, workspace, alert).result()
    except BrokenProcessPool:
        logging.getLogger("pharmiage").warning("the process that explains has died; a new one is started when asked")
        give_up(beside)
        state, found = answered(workspace, alert)
    if state == "refused":
        raise Refusal(**found)
    keep_explanation(workspace, *found)
    return found.content


def make_ready(workspace: Workspace, alert: dict) -> None:
    """Start the process and let it read the network of an alert before anybody waits."""
    process().submit(read_network, workspace, alert["model_id"])


def read_network(workspace: Workspace, model_id: str) -> None:
    import core.detection.explain  # noqa: F401  (torch and captum take seconds, whichever network comes)

    with suppress(Refusal):  # an alert of a rule, or of a model that is gone: said when it is opened
        network(folder_of(workspace, model_id))
    step_back()
