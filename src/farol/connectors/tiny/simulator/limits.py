"""How often the made-up Tiny may be asked: so many calls in any window of a minute, so many at once."""

from __future__ import annotations

import threading
from collections import deque

from farol.connectors.tiny.simulator.services import Wrong
from farol.core import clock


class Limits:
    """Counts every call, refused ones too. `over` says how often a caller went beyond."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.over = 0
        self.most_at_once = 0
        self._calls: deque[float] = deque()
        self._running = 0
        self._lock = threading.Lock()

    def enter(self) -> None:
        with self._lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            now = clock.now().timestamp()
            while self._calls and not now - 60 < self._calls[0] <= now:
                self._calls.popleft()
            self._calls.append(now)
            often = 0 < self.per_minute < len(self._calls)
            many = self._running > max(1, self.per_minute // 4)
            self.over += often or many
        if often:
            raise Wrong(6, "API bloqueada momentaneamente, muitos acessos no último minuto", processing=1)
        if many:
            raise Wrong(11, "API bloqueada momentaneamente, muitos acessos concorrentes", processing=1)

    def leave(self) -> None:
        with self._lock:
            self._running -= 1
