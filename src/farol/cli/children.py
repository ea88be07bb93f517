"""A process that `farol up` started ends when its parent ends, however that happened."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

MARK = "FAROL_PARENT_PIPE"
GRACE = 50.0


def follow_parent() -> None:
    """If started by `farol up`: stop when the pipe from the parent breaks (the parent is gone, even by kill -9)."""
    if os.environ.pop(MARK, None):
        threading.Thread(target=_wait_for_the_end, args=(sys.stdin.fileno(),), name="parent", daemon=True).start()


def _wait_for_the_end(pipe: int) -> None:
    while os.read(pipe, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
