"""Signs of life. Whoever holds a lease or sends a message is a row that beats; a row that stops beating is buried.

Nobody compares clocks: an observer sees that a row has not changed for so long by its own monotonic time. So a clock
that is set back or forward, or stands still in a simulation, neither frees a living holder nor keeps a dead one.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, close_old_connections, connections
from django.db.models import F

from farol.platform.jobs.models import Presence

log = logging.getLogger(__name__)
BEAT = 5.0
SILENCE = 30.0


class Life:
    """This process's own row. `id` changes if others have buried it meanwhile: then everything it held is lost."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.id = ""
        self._enter()

    def _enter(self) -> None:
        self.id = uuid.uuid4().hex
        Presence.objects.create(
            id=self.id, kind=self.kind, host=socket.gethostname()[:120], pid=os.getpid(), beat_at=time.time()
        )

    def beat(self) -> None:
        if not Presence.objects.filter(pk=self.id).update(beat=F("beat") + 1, beat_at=time.time()):
            log.warning("this process was silent for too long and has lost its leases")
            self._enter()

    def leave(self) -> None:
        Presence.objects.filter(pk=self.id).delete()


class Watch:
    """Observes the rows of all processes and buries the silent ones."""

    def __init__(self, silence: float = SILENCE) -> None:
        self.silence = silence
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked: float | None = None

    def look(self, now: float) -> int:
        """Bury whoever has been silent for `silence` observed seconds; `now` is monotonic time. How many."""
        # a pause of the observer itself proves nothing about the others
        step = min(now - self._looked, 2 * BEAT) if self._looked is not None else 0.0
        self._looked = now
        seen = {}
        buried = 0
        for name, beat in Presence.objects.values_list("id", "beat"):
            before, silent = self._seen.get(name, (None, 0.0))
            silent = silent + step if beat == before else 0.0
            if silent >= self.silence:
                buried += Presence.objects.filter(pk=name, beat=beat).delete()[0]
            else:
                seen[name] = (beat, silent)
        self._seen = seen
        return buried

    def forget(self) -> None:
        """Start observing anew (after a time in which the database did not answer, so that nobody could beat)."""
        self._seen, self._looked = {}, None


@contextmanager
def living(kind: str, then: Callable[[Life], None] | None = None) -> Iterator[Life]:
    """A process that holds leases: beats in a thread of its own, and runs `then` after each beat."""
    life = Life(kind)
    stop = threading.Event()
    thread = threading.Thread(target=_beating, args=(life, stop, then), name="beat", daemon=True)
    thread.start()
    try:
        yield life
    finally:
        stop.set()
        thread.join(BEAT)
        life.leave()


def _beating(life: Life, stop: threading.Event, then: Callable[[Life], None] | None) -> None:
    watch = Watch()
    while not stop.wait(BEAT):
        try:
            close_old_connections()
            life.beat()
            watch.look(time.monotonic())
            if then:
                then(life)
        except DatabaseError:
            log.exception("the database does not answer")
            watch.forget()
            connections.close_all()
    connections.close_all()
