"""How often a host may be asked: one row in the database for all processes, so that together they stay within it.

Calls are paced (no burst), at most `parallel` run at once, and no window holds more than `most_in_window`: a call
counts from its beginning until a window after its end, so whenever the other side saw it, it has been counted. After
too many failures in a row the circuit opens; then one probe goes first.

Real seconds count here, never the clock of the business: a simulated clock that stands would let nobody in.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from farol.engines.sources.errors import Busy, Open
from farol.engines.sources.models import Allowance

GIVEN_UP = 150.0
FAILURES = 5
OPEN_FOR = 60.0
LONGEST_SHUT = 7200.0
A_MOMENT = 0.05


@dataclass(frozen=True)
class Limit:
    """`account` names whom the limit counts for (the source, where it counts by address); `most_in_window` is what the
    other side publishes, `per_second` what is asked at most."""

    account: str
    per_second: float
    most_in_window: int
    window: float = 1.0
    parallel: int = 1


class Place:
    """A call under way. Its maker sets `answered` (True or False) where the outcome says how the other side is."""

    answered: bool | None = None


class Limiter:
    """The shared allowance of one account."""

    def __init__(self, limit: Limit, *, now: Callable[[], float] = time.time) -> None:
        self._limit, self._now = limit, now
        self._key = hashlib.sha256(limit.account.encode()).hexdigest()

    @contextmanager
    def call(self) -> Iterator[Place]:
        """A place for one call. `Busy` or `Open`, with the seconds to wait, when there is none now."""
        ticket, place = self._enter(), Place()
        try:
            yield place
        finally:
            self._leave(ticket, place.answered)

    def shut(self, seconds: float) -> None:
        """No process asks for so long."""
        self._made()
        until = self._now() + min(seconds, LONGEST_SHUT)
        Allowance.objects.filter(pk=self._key, shut_until__lt=until).update(shut_until=until)

    def _enter(self) -> str:
        ticket = uuid.uuid4().hex[:12]
        with transaction.atomic():
            row, now = self._row(), self._now()
            self._tidy(row, now)
            self._circuit(row, now, ticket)
            wait = self._wait(row, now)
            if wait > 0:
                raise Busy(_("The allowance of calls is used up for the moment; Farol waits."), after=wait)
            row.running[ticket] = now + GIVEN_UP
            row.next_at = now + self._gap(now - row.next_at)
            row.save(update_fields=["calls", "running", "next_at", "probe"])
        return ticket

    def _gap(self, late: float) -> float:
        """Seconds until the next call may begin: one that came a little late does not slow down the pace."""
        gap = 1 / self._limit.per_second
        return gap - late if 0 < late < gap / 2 else gap

    def _leave(self, ticket: str, answered: bool | None) -> None:
        with transaction.atomic():
            row, now = self._row(), self._now()
            row.running.pop(ticket, None)
            row.calls.append(now)
            if row.probe == ticket:
                row.probe = ""
            if answered:
                row.failures, row.open_until = 0, 0
            elif answered is False:
                row.failures += 1
                row.open_until = now + OPEN_FOR if row.failures >= FAILURES else 0
            row.save()

    def _row(self) -> Allowance:
        self._made()
        return Allowance.objects.select_for_update().get(pk=self._key)

    def _made(self) -> None:
        Allowance.objects.get_or_create(pk=self._key, defaults={"label": self._limit.account[:40]})

    def _tidy(self, row: Allowance, now: float) -> None:
        # what lies in the future was written before the clock was set back
        window = self._limit.window
        for ticket in [t for t, until in row.running.items() if not now < until <= now + 2 * GIVEN_UP]:
            row.calls.append(row.running.pop(ticket))  # its process died: nobody knows when it ended
        row.calls = [at for at in row.calls if now - window < at <= now + window]

    def _circuit(self, row: Allowance, now: float, ticket: str) -> None:
        if row.failures < FAILURES:
            return
        if now < row.open_until <= now + OPEN_FOR:
            raise _open(row.open_until - now)
        if row.probe in row.running:
            raise _open(1.0)
        row.probe = ticket

    def _wait(self, row: Allowance, now: float) -> float:
        """Seconds until a call may begin; 0 at once."""
        limit = self._limit
        if now < row.shut_until <= now + LONGEST_SHUT:
            return row.shut_until - now
        if len(row.running) >= limit.parallel:
            return A_MOMENT
        if now < row.next_at <= now + 2 / limit.per_second:
            return row.next_at - now
        too_many = len(row.calls) + len(row.running) + 1 - limit.most_in_window
        if too_many <= 0:
            return 0.0
        if too_many > len(row.calls):
            return A_MOMENT
        return max(0.001, sorted(row.calls)[too_many - 1] + limit.window - now)


def _open(after: float) -> Open:
    return Open(_("Too many failures in a row; Farol asks again in a while."), after=after)
