"""One writer per dataset: an operating-system lock that a dead process cannot keep."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core.errors import Refused

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def writer_lease(folder: Path, wait: float = 600.0) -> Iterator[None]:
    """Hold the right to write in `folder`; `Refused` after `wait` seconds of somebody else holding it.

    Publishing also compares the catalog with the one the build began from, so a writer that lost its lock on a
    network disk is stopped there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, wait)
        yield
    finally:
        os.close(handle)  # releases the lock


def _lock(handle: int, wait: float) -> None:
    patience = time.monotonic() + wait
    while True:
        try:
            return _try_lock(handle)
        except OSError as error:
            if time.monotonic() >= patience:
                raise Refused(
                    _("Another load of the same data is running. Wait until it ends, then load again.")
                ) from error
            time.sleep(0.2)
