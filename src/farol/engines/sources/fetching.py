"""Reads several lists of a source at once, and hands their batches to the one thread that stores them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from django.db import connections
from django.utils import translation

from farol.core.errors import FarolError
from farol.engines.sources.errors import Missing
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Entity

AHEAD = 8
POLL = 0.2


@dataclass(frozen=True, eq=False)
class Walk:
    """Something to be read. `begin()` hands out its batches; an `optional` one may be missing at the source."""

    entity: Entity
    begin: Callable[[], Iterator[Batch]]
    optional: bool = False


@dataclass(frozen=True)
class Ended:
    """A walk is over: whole, `absent` at the source, or with an `error`."""

    absent: bool = False
    error: FarolError | None = None


Item = tuple[Walk, Batch | Ended]


def walked(walks: Sequence[Walk], session: Session, *, at_once: int) -> Generator[Item]:
    """Every batch of every walk, each walk's in order, then how it ended. After the first failure the walks under way
    stop at their next batch and no other begins.
    """
    if at_once > 1 and len(walks) > 1:
        yield from _Threads(walks, session).items(min(at_once, len(walks)))
        return
    for walk in walks:
        for item in _followed(walk):
            yield walk, item
            if isinstance(item, Ended) and item.error:
                return


def _followed(walk: Walk) -> Iterator[Batch | Ended]:
    begun = False
    try:
        for batch in walk.begin():
            begun = True
            yield batch
    except Missing as error:
        yield Ended(absent=True) if walk.optional and not begun else Ended(error=error)
    except FarolError as error:
        yield Ended(error=error)
    else:
        yield Ended()


class _Threads:
    """Walkers that feed one short queue; only the thread that reads it touches the stage."""

    def __init__(self, walks: Sequence[Walk], session: Session) -> None:
        self._waiting, self._lock, self._session = list(walks), threading.Lock(), session
        self._queue: queue.Queue[Item | BaseException | None] = queue.Queue(AHEAD)
        self._stopped, self._closed = threading.Event(), threading.Event()
        self._language = translation.get_language()

    def items(self, count: int) -> Iterator[Item]:
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield from self._received(count)
        except BaseException:
            self._stop()
            raise
        finally:
            self._closed.set()  # nobody reads the queue any more
            for thread in threads:
                thread.join()

    def _received(self, running: int) -> Iterator[Item]:
        while running:
            item = self._queue.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                running -= 1
            else:
                yield item

    def _work(self) -> None:
        try:
            with translation.override(self._language):
                while (walk := self._next()) is not None:
                    self._go(walk)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that reads the queue
            self._put(error)
        else:
            self._put(None)
        finally:
            connections.close_all()

    def _go(self, walk: Walk) -> None:
        for item in _followed(walk):
            self._put((walk, item))
            if isinstance(item, Ended) and item.error:
                self._stop()
            if self._stopped.is_set():
                return

    def _next(self) -> Walk | None:
        with self._lock:
            return self._waiting.pop(0) if self._waiting and not self._stopped.is_set() else None

    def _stop(self) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            self._session.http.stop()

    def _put(self, item: Item | BaseException | None) -> None:
        """The reader may be gone: then nothing is waited for."""
        while True:
            try:
                return self._queue.put(item, timeout=POLL)
            except queue.Full:
                if self._closed.is_set():
                    return None
