"""Where a command is to read and write, looked at before its work begins."""

import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from core.errors import Refusal


def place(text: str) -> Path:
    """A path as it was given; an empty one, as a shell variable that is not set leaves it, would be the current folder."""
    if not text.strip():
        raise Refusal("place_empty")
    return Path(text)


def refuse_unwritable(folder: Path) -> None:
    """Refuse a folder that cannot be made or written; nothing is left of the attempt."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refusal("unwritable", path=folder, why=error.strerror) from error
    finally:
        for each in made:
            with suppress(OSError):
                each.rmdir()


def refuse_file(path: Path, endings: Collection[str]) -> None:
    """Refuse a file that cannot be written, or whose ending is none of these."""
    if path.suffix not in endings or path.is_dir():
        raise Refusal("file_format", path=path, known=", ".join(endings))
    refuse_unwritable(path.parent)
