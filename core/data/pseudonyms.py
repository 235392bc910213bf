"""Identifiers of patients, stays and lines leave the hospital's files only as keyed digests.

The key is made once for a workspace and stays in ``pseudonym.key``, readable by its owner alone: without it nobody
can go from an identifier to its pseudonym, nor try all of them. Whoever holds it finds a stay again with ``of``.
"""

import hashlib
import os
import secrets
from contextlib import suppress

import pandas as pd

from core.data.workspace import create
from core.errors import Refusal
from core.settings import Workspace

KEY = "pseudonym.key"
KEY_BYTES = 32
DIGEST_BYTES = 10  # 80 bits: two of a million identifiers collide with a chance under 1e-12
WEEKS = 52  # dates of a patient move back by 1 to 52 whole weeks, so that weekdays stay


def key(workspace: Workspace) -> bytes:
    """The workspace's key, made at first use; Refusal when it cannot be read or has been cut."""
    create(workspace)
    path = workspace.path / KEY
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):  # another import was faster: its key counts
            os.link(fresh, path)
        fresh.unlink()
    return read_key(workspace)


def read_key(workspace: Workspace) -> bytes:
    path = workspace.path / KEY
    try:
        found = path.read_bytes()
    except PermissionError as error:
        raise Refusal("pseudonym_key_unreadable", path=path) from error
    if len(found) != KEY_BYTES:
        raise Refusal("pseudonym_key_damaged", path=path)
    return found


def digest(secret: bytes, kind: str, identifier: str) -> str:
    """Pseudonym of one identifier; the same identifier of another kind gives another one."""
    keyed = hashlib.blake2b(f"{kind}:{identifier}".encode(), key=secret, digest_size=DIGEST_BYTES)
    return kind[0] + keyed.hexdigest()


def of(workspace: Workspace, kind: str, identifier: str) -> str:
    """Pseudonym of a stay, patient, line or observation (``kind``) as the hospital names it."""
    return digest(key(workspace), kind, identifier)


def pseudonyms(secret: bytes, kind: str, identifiers: pd.Series) -> pd.Series:
    """Pseudonyms of a column; missing stays missing."""
    known = {text: digest(secret, kind, text) for text in identifiers.dropna().unique()}
    return identifiers.map(known).astype("str")


def shifts(secret: bytes, patients: pd.Series) -> pd.Series:
    """How far the dates of each patient go back: whole weeks, the same for all of a patient."""

    def weeks(patient: str) -> int:
        return (
            1 + int.from_bytes(hashlib.blake2b(f"weeks:{patient}".encode(), key=secret, digest_size=8).digest()) % WEEKS
        )

    known = {patient: pd.Timedelta(weeks=weeks(patient)) for patient in patients.dropna().unique()}
    return patients.map(known)
