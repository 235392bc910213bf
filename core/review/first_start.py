"""The first start as everybody sees it: who builds, how far it is, and how to set it going.

The demo (core/review/demo.py) is made beside the workspace in ``<workspace>.partial`` and put in its place by
one rename, so that an interrupted start leaves nothing that counts; a lock keeps two starts from building
twice. Nothing heavy is imported here: the app looks at each gesture.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from core.errors import Refusal
from core.settings import ROOT, Workspace

STEPS = ("simulating", "scoring", "explaining", "keeping")


@dataclass(frozen=True)
class State:
    """Where the first start is: done, under way (step and share from 0 to 1), or neither."""

    ready: bool = False
    building: bool = False
    step: str = "waiting"
    share: float = 0.0


def beside(workspace: Workspace, ending: str) -> Path:
    return workspace.path.with_name(workspace.path.name + ending)


def is_ready(workspace: Workspace) -> bool:
    return (workspace.data / "parts.json").exists()


def taken(handle: TextIO) -> bool:
    """Try to take the lock; a process that ends gives it back, however it ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def builder(workspace: Workspace) -> Iterator[None]:
    """Hold the right to build; raises Refusal('demo_under_way') while another process does.

    Tried for a second, because a watcher that looks holds the lock for an instant.
    """
    workspace.path.parent.mkdir(parents=True, exist_ok=True)
    with beside(workspace, ".lock").open("w") as handle:
        if not any(taken(handle) or time.sleep(0.1) for _ in range(10)):
            raise Refusal("demo_under_way", path=str(workspace.path))
        yield


def under_way(workspace: Workspace) -> bool:
    """True while some process holds the right to build."""
    if not beside(workspace, ".lock").exists():
        return False
    with beside(workspace, ".lock").open("w") as handle:
        return not taken(handle)


def watch(workspace: Workspace) -> State:
    """The state as any process sees it."""
    if is_ready(workspace):
        return State(ready=True)
    try:
        told = json.loads((beside(workspace, ".partial") / "progress.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        told = {}
    return State(building=under_way(workspace), **told)


def launch(workspace: Workspace, language: str) -> subprocess.Popen:
    """Build in a process of its own: the server stays free, and a closed browser stops nothing."""
    workspace.path.parent.mkdir(parents=True, exist_ok=True)
    with beside(workspace, ".log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "demo", "--workspace", str(workspace.path), "--lang", language],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def last_words(workspace: Workspace) -> str:
    """What the builder said last: why it stopped, when it has."""
    log = beside(workspace, ".log")
    said = log.read_text("utf-8").split("\n") if log.exists() else []
    return next((line for line in reversed(said) if line.strip()), "")


def teller(folder: Path, tell: Callable[[str, float], None]) -> Callable[[str, float], None]:
    """Progress to the caller and to whoever watches the folder."""

    def say(step: str, share: float) -> None:
        whole = (STEPS.index(step) + min(max(share, 0.0), 1.0)) / len(STEPS)
        fresh = folder / "progress.tmp"
        fresh.write_text(json.dumps({"step": step, "share": whole}), "utf-8")
        os.replace(fresh, folder / "progress.json")
        tell(step, whole)

    return say
