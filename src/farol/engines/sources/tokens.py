"""Access tokens that expire: refreshed by one process at a time, kept encrypted, never lost and never spent twice.

The refresh token is good for one use. Whoever refreshes first claims the row (`refreshing`, with a lease), asks
outside of any transaction, and stores the new pair under the generation it began from; the others wait for that. If it
dies in between, one other process tries the old token once more after the lease: either the answer never came about,
or somebody has to give consent again, and is told so.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from farol.core import clock
from farol.engines.sources import stands
from farol.engines.sources.errors import Rejected, SourceError, Unauthorised, Unreachable
from farol.engines.sources.models import OAuthToken
from farol.platform import audit
from farol.platform.accounts.principal import SYSTEM

MARGIN = dt.timedelta(minutes=5)
LEASE = 25.0
PATIENCE = 60.0
POLL = 0.2


@dataclass(frozen=True)
class Tokens:
    """A pair as the other side gives it; `expires_in` counts seconds."""

    access: str
    refresh: str
    expires_in: int


class TokenStore:
    """The tokens of one connection, such as `kommo:default`.

    `refresh(refresh_token)` asks the other side for a new pair; `Unauthorised` or `Rejected` means the token is spent.
    Any other error means that nobody knows. It serves as the `Auth` of `Http`.
    """

    def __init__(
        self,
        connection: str,
        refresh: Callable[[str], Tokens],
        *,
        lease: float = LEASE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self._refresh, self._lease, self._sleep = refresh, lease, sleep

    def header(self) -> str:
        """`Bearer …`, refreshed first where it is about to expire. `Unauthorised` where nobody has connected."""
        row = self._row()
        if row.expires_at is None or row.expires_at - MARGIN <= clock.now():
            row = self._renewed(row.generation)
        return "Bearer " + settings.KEYRING.decrypt(bytes(row.access)).decode()

    def refused(self, used: str) -> bool:
        """`used` was not accepted: refresh once, unless somebody else has already done so."""
        row = self._row()
        if "Bearer " + settings.KEYRING.decrypt(bytes(row.access)).decode() == used:
            self._renewed(row.generation)
        return True

    def _row(self) -> OAuthToken:
        row = OAuthToken.objects.filter(pk=self.connection).first()
        if row is None or row.state == "consent_needed":
            raise _no_consent()
        return row

    def _renewed(self, seen: int) -> OAuthToken:
        """The row once it holds a newer pair than generation `seen`, by this process's doing or another's."""
        me, patience = uuid.uuid4().hex, time.monotonic() + max(PATIENCE, 2 * self._lease)
        while time.monotonic() < patience:
            row = self._row()
            if row.generation > seen:
                return row
            if self._claimed(row, me):
                self._spend(row, me)
            else:
                self._sleep(POLL)
        raise Unreachable(_("The access could not be renewed in time. Farol tries again with the next load."))

    def _claimed(self, row: OAuthToken, me: str) -> bool:
        """One conditional UPDATE: the row is free, or its holder's lease has ended."""
        now = _real_now()
        free = Q(state="ok") | Q(state="refreshing", held_until__lt=now)
        claim = OAuthToken.objects.filter(free, pk=self.connection, generation=row.generation)
        until = now + dt.timedelta(seconds=self._lease)
        return bool(claim.update(state="refreshing", holder=me, held_until=until))

    def _spend(self, row: OAuthToken, me: str) -> None:
        mine = OAuthToken.objects.filter(pk=self.connection, generation=row.generation, holder=me)
        try:
            tokens = self._refresh(settings.KEYRING.decrypt(bytes(row.refresh)).decode())
        except (Unauthorised, Rejected):
            lost, name = _no_consent(), self.connection.partition(":")[0]
            if mine.update(state="consent_needed", holder="", held_until=None):
                audit.record(SYSTEM, "sources.consent_lost", target=name)
                stands.consent_lost(name, str(lost.detail))
            raise lost from None
        except SourceError:
            mine.update(state="ok", holder="", held_until=None)
            raise
        # 0 rows changed: the lease ended and somebody else went on; this pair is thrown away
        mine.update(**_values(tokens), generation=row.generation + 1, state="ok", holder="", held_until=None)


def keep(connection: str, tokens: Tokens, host: str) -> None:
    """Store the pair that a consent for `connection` gave; whoever is refreshing the old one is fenced off."""
    values = {**_values(tokens), "host": host, "state": "ok", "holder": "", "held_until": None}
    with transaction.atomic():
        if not OAuthToken.objects.filter(pk=connection).update(generation=F("generation") + 1, **values):
            OAuthToken.objects.create(pk=connection, generation=1, **values)


def _values(tokens: Tokens) -> dict[str, Any]:
    now = clock.now()
    return {
        "access": settings.KEYRING.encrypt(tokens.access.encode()),
        "refresh": settings.KEYRING.encrypt(tokens.refresh.encode()),
        "expires_at": now + dt.timedelta(seconds=tokens.expires_in),
        "refreshed_at": now,
    }


def _real_now() -> dt.datetime:
    """Leases count real seconds, whatever the clock of the business says."""
    return dt.datetime.fromtimestamp(time.time(), dt.UTC)


def _no_consent() -> Unauthorised:
    return Unauthorised(_("The consent is gone. Connect the account again on the page of data sources."))
