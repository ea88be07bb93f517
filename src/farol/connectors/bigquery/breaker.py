"""After several failures in a row nobody waits for a service for a while."""

from __future__ import annotations

import threading
import time

FAILURES = 3
REST = 60.0


class Breaker:
    """Open for `rest` seconds after `failures` in a row; of one process."""

    def __init__(self, failures: int = FAILURES, rest: float = REST) -> None:
        self._failures, self._rest = failures, rest
        self._lock = threading.Lock()
        self._count, self._until = 0, 0.0

    @property
    def open(self) -> bool:
        return time.monotonic() < self._until

    def failed(self) -> None:
        with self._lock:
            self._count += 1
            if self._count >= self._failures:
                self._count, self._until = 0, time.monotonic() + self._rest

    def worked(self) -> None:
        with self._lock:
            self._count, self._until = 0, 0.0
