"""Files under `FAROL_HOME/files`, named by the hash of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def put(content: bytes) -> str:
    """Keep `content`; returns its SHA-256. It is on the disk for good when this returns; equal content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    path = Path(settings.FAROL_HOME) / location(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    return digest


def get(digest: str) -> bytes:
    """What was kept; `FileNotFoundError` where it is gone."""
    return (Path(settings.FAROL_HOME) / location(digest)).read_bytes()


def location(digest: str) -> str:
    """The path of a kept file inside the data folder."""
    return f"files/{digest[:2]}/{digest}"


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
