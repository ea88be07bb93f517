"""Idle connections to a warehouse that is a server, lent to one user at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

C = TypeVar("C")


class Pool(Generic[C]):
    """The connections of this process. `alive` asks the server; `release` ends what is open and says if it can be lent
    again."""

    def __init__(self, connect: Callable[[str], C], alive: Callable[[C], bool], release: Callable[[C], bool]) -> None:
        self._connect, self._alive, self._release = connect, alive, release
        self._lock = threading.Lock()
        self._idle: list[tuple[int, str, C]] = []

    @contextmanager
    def borrowed(self, address: str) -> Iterator[C]:
        connection = self._take(address)
        try:
            yield connection
        finally:
            if self._release(connection):
                with self._lock:
                    self._idle.append((os.getpid(), address, connection))

    def _take(self, address: str) -> C:
        while (connection := self._pop(address)) is not None:
            if self._alive(connection):
                return connection
        return self._connect(address)

    def _pop(self, address: str) -> C | None:
        with self._lock:
            for place, (pid, known, connection) in enumerate(self._idle):
                if pid == os.getpid() and known == address:  # a connection must not cross a fork
                    del self._idle[place]
                    return connection
        return None
