"""Where contents lie: encrypted, under names made from them, brought to the disk before anything refers to them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from farol.core.sealed import Damaged, seal, unseal

TRASH = ".trash-"
PART = ".part-"


def folder() -> Path:
    return Path(settings.FAROL_HOME) / "files" / "attachments"


def place(stored: str) -> Path:
    return folder() / stored[:2] / stored


def stored_name(sha256: str) -> str:
    """A keyed hash: from the name alone nobody can prove which document lies here."""
    return settings.KEYRING.lookup_hash(f"attachment:{sha256}")


def keep(chunks: Iterable[bytes], sha256: str) -> str:
    """Write a content and bring file and folder to the disk; its name. The same content again renews the one file."""
    stored = stored_name(sha256)
    target = place(stored)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=PART, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            seal(settings.KEYRING, chunks, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    for parent in (target.parent, folder(), folder().parent):
        _sync(parent)
    return stored


def read(stored: str) -> Iterator[bytes]:
    """The content, chunk by chunk. `FileNotFoundError`, or `Damaged` when a chunk does not prove itself."""
    with place(stored).open("rb") as file:
        yield from unseal(settings.KEYRING, file)


def is_whole(stored: str, sha256: str) -> bool:
    """Whether the file is there and decrypts to the content that its row tells of."""
    digest = hashlib.sha256()
    try:
        for chunk in read(stored):
            digest.update(chunk)
    except (OSError, Damaged):
        return False
    return digest.hexdigest() == sha256


def _sync(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
