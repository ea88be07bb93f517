"""Contents that no row refers to: left behind by a transaction that did not commit, or by a killed process."""

from __future__ import annotations

import os
from pathlib import Path

from farol.core import clock
from farol.platform.attachments import storage
from farol.platform.attachments.models import Attachment

AGE_SECONDS = 86_400


def sweep() -> int:
    """Delete what is older than a day and belongs to nobody; how many files that were.

    Each is renamed first and looked at again: one that was written anew meanwhile goes back to its place.
    """
    root, gone = storage.folder(), 0
    for path in sorted(root.glob("*/*")) if root.is_dir() else []:
        if path.name.startswith(storage.PART):
            if _old(path):
                path.unlink(missing_ok=True)
        elif path.name.startswith(storage.TRASH) or (_old(path) and not _wanted(path.name)):
            gone += _drop(path)
    return gone


def _drop(path: Path) -> bool:
    name = path.name.removeprefix(storage.TRASH)
    aside = path.with_name(storage.TRASH + name)
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        return False
    if not _old(aside) or _wanted(name):
        if not aside.with_name(name).exists():
            os.replace(aside, aside.with_name(name))
            return False
        aside.unlink(missing_ok=True)
        return False
    aside.unlink(missing_ok=True)
    return True


def _old(path: Path) -> bool:
    try:
        return clock.now().timestamp() - path.stat().st_mtime > AGE_SECONDS
    except FileNotFoundError:
        return False


def _wanted(stored: str) -> bool:
    return Attachment.objects.filter(stored=stored).exists()
