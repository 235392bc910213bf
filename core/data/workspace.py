"""A workspace is one folder: its format version and the list of the parts that count."""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from core.errors import Refusal
from core.settings import Workspace

FORMAT = 1  # of the workspace; a greater one is refused


def write_json(path: Path, content: object) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    os.replace(temporary, path)


def check_format(workspace: Workspace) -> None:
    """Refuse a workspace that a newer version made, or whose workspace.json cannot be read."""
    path = workspace.path / "workspace.json"
    if not path.exists():
        return
    try:
        version = int(json.loads(path.read_text("utf-8"))["format"])
    except (ValueError, KeyError, TypeError) as damage:
        raise Refusal("workspace_damaged", path=path) from damage
    if version > FORMAT:
        raise Refusal("workspace_newer", path=workspace.path, found=version, known=FORMAT)


@contextmanager
def writable(workspace: Workspace) -> Iterator[None]:
    """A folder without access or a full disk, as Refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal("workspace_unwritable", path=workspace.path, why=error.strerror) from error


def create(workspace: Workspace) -> None:
    """Make the folder with its format version; nothing happens when it is there."""
    check_format(workspace)
    if (workspace.path / "workspace.json").exists() and workspace.data.exists():
        return
    with writable(workspace):
        workspace.data.mkdir(parents=True, exist_ok=True)
        if not (workspace.path / "workspace.json").exists():
            write_json(workspace.path / "workspace.json", {"format": FORMAT})


@lru_cache(maxsize=32)
def _parts(path: Path, changed_ns: int, size: int) -> tuple[dict, ...]:
    try:
        return tuple(json.loads(path.read_text("utf-8")))
    except ValueError as damage:
        raise Refusal("workspace_damaged", path=path) from damage


def parts(workspace: Workspace) -> tuple[dict, ...]:
    """The parts in the order of their arrival: import_id, name, rows by table; shared, never change one."""
    check_format(workspace)
    path = workspace.data / "parts.json"
    if not path.exists():
        return ()
    stat = path.stat()
    return _parts(path, stat.st_mtime_ns, stat.st_size)


def imports(workspace: Workspace) -> set[str]:
    """Identifiers of what has been appended so far."""
    return {part["import_id"] for part in parts(workspace)}


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """One writer at a time, over processes."""
    with (workspace.data / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def existing(workspace: Workspace) -> Workspace:
    """The workspace, when there is one; Refusal otherwise, so that a wrong path makes no empty folder."""
    if not (workspace.path / "workspace.json").exists():
        raise Refusal("workspace_missing", path=workspace.path)
    return workspace
