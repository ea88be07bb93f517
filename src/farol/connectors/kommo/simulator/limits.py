"""How often the made-up Kommo may be asked: so many requests in any second of real time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

MOST_OFFENCES = 30


class Limits:
    """Counts every request. `over`: beyond the limit; `early`: before a wait that an answer named was over.

    Seconds are real ones, whatever the simulated clock says.
    """

    def __init__(self, per_second: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.requests = self.over = self.early = 0
        self.most_at_once = self.most_in_second = 0
        self.blocked = False
        self._now = now
        self._calls: deque[float] = deque()
        self._running = 0
        self._wait_until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """False: too many in the last second."""
        with self._lock:
            at = self._now()
            self.requests += 1
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            while self._calls and self._calls[0] <= at - 1:
                self._calls.popleft()
            self._calls.append(at)
            self.most_in_second = max(self.most_in_second, len(self._calls))
            self.early += at < self._wait_until
            often = len(self._calls) > self.per_second
            self.over += often
            self.blocked = self.blocked or self.over >= MOST_OFFENCES
            return not often

    def leave(self) -> None:
        with self._lock:
            self._running -= 1

    def told(self, seconds: float) -> None:
        """An answer said to wait so long."""
        with self._lock:
            self._wait_until = max(self._wait_until, self._now() + seconds)

    def stand(self) -> dict[str, int]:
        names = ("requests", "over", "early", "most_at_once", "most_in_second")
        return {name: getattr(self, name) for name in names}
