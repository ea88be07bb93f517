"""How often the ERP may be asked. Its allowance counts per company and minute, so all processes share one row.

A call counts from its beginning until a minute after its end: whenever the other side saw it, no window of a minute
holds more than the allowance. A fifth of it is kept for people who wait at a screen; what runs behind stops earlier.
"""

from __future__ import annotations

import hashlib
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from farol.connectors.tiny.models import Allowance
from farol.connectors.tiny.port import ErpBusy
from farol.core import clock

WINDOW = 60.0
RESERVE = 0.2
AT_ONCE = 2
GIVEN_UP = 120.0
NARROW = 600.0
MOST = 600
PATIENCE = 0.1


class Limiter:
    """The allowance of one account; `background` leaves the reserve to people."""

    def __init__(self, account: str, *, background: bool) -> None:
        self.account = hashlib.sha256(account.encode()).hexdigest()
        self.background = background

    @contextmanager
    def call(self, until: float | None = None) -> Iterator[None]:
        """A place for one call; `ErpBusy` with the seconds to wait when there is none. With `until` (of the monotonic
        clock) somebody waits at a screen: a place that comes free at once is waited for.
        """
        ticket = self._patiently(until) if until else self._enter()
        try:
            yield
        finally:
            self._leave(ticket)

    def _patiently(self, until: float) -> str:
        while True:
            try:
                return self._enter()
            except ErpBusy as busy:
                if busy.after > 1.0 or time.monotonic() + PATIENCE > until:
                    raise
                time.sleep(PATIENCE)

    def learn(self, per_minute: int) -> None:
        """The allowance that the other side has stated."""
        if 0 < per_minute <= MOST:
            Allowance.objects.filter(pk=self.account).exclude(per_minute=per_minute).update(per_minute=per_minute)

    def shut(self, seconds: float) -> None:
        """Nobody asks for so long (the other side said: too many in the last minute)."""
        Allowance.objects.filter(pk=self.account).update(shut_until=_now() + seconds)

    def narrow(self) -> float:
        """One call at a time for a while (too many at once), and none for the seconds returned."""
        pause = random.uniform(3, 8)  # noqa: S311
        now = _now()
        Allowance.objects.filter(pk=self.account).update(shut_until=now + pause, narrow_until=now + NARROW)
        return pause

    def per_minute(self) -> int:
        """What is known of the allowance."""
        row = Allowance.objects.filter(pk=self.account).first()
        return row.per_minute if row else settings.FAROL_TINY_PER_MINUTE

    def _enter(self) -> str:
        with transaction.atomic():
            row = self._locked()
            now = _now()
            _tidy(row, now)
            wait = _wait(row, now, self.background)
            if wait > 0:
                raise ErpBusy(_("The allowance of calls to Tiny is used up for the moment; Farol waits."), after=wait)
            ticket = uuid.uuid4().hex[:12]
            row.running[ticket] = now + GIVEN_UP
            row.save(update_fields=["calls", "running"])
        return ticket

    def _leave(self, ticket: str) -> None:
        with transaction.atomic():
            row = self._locked()
            row.running.pop(ticket, None)
            row.calls.append(_now())
            row.save(update_fields=["calls", "running"])

    def _locked(self) -> Allowance:
        Allowance.objects.get_or_create(pk=self.account, defaults={"per_minute": settings.FAROL_TINY_PER_MINUTE})
        return Allowance.objects.select_for_update().get(pk=self.account)


def _now() -> float:
    return clock.now().timestamp()


def _tidy(row: Allowance, now: float) -> None:
    # what lies in the future was written before the clock was set back
    row.calls = [at for at in row.calls if now - WINDOW < at <= now + WINDOW]
    lost = [ticket for ticket, until in row.running.items() if not now < until <= now + 2 * GIVEN_UP]
    for ticket in lost:
        row.calls.append(now)
        del row.running[ticket]


def _wait(row: Allowance, now: float, background: bool) -> float:
    """Seconds until a call may begin; 0 at once."""
    if now < row.shut_until <= now + 3600:
        return row.shut_until - now
    narrow = now < row.narrow_until <= now + NARROW
    if len(row.running) >= (1 if narrow else max(1, min(AT_ONCE, row.per_minute // 4))):
        return 1.0
    kept = int(row.per_minute * RESERVE + 0.5) if background else 0
    allowed = max(1, row.per_minute - kept)
    used = len(row.calls) + len(row.running)
    if used < allowed:
        return 0.0
    oldest = sorted(row.calls)[: used - allowed + 1]
    return max(1.0, oldest[-1] + WINDOW - now + 0.1) if oldest else 1.0
