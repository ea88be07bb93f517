"""Where messages stand, for the records that caused them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from farol.platform.outbox.models import OutboxMessage, State

SHOWN = {State.HELD.value: State.UNKNOWN.value, State.DISCARDED.value: State.FAILED.value}


@dataclass(frozen=True)
class Delivery:
    """`state`: queued sending unknown failed done (held counts as unknown, discarded as failed); `error` says why.

    `result` is what the other side answered (an ERP document: `id`, `number`).
    """

    pk: int
    state: str
    error: str
    attempts: int
    next_at: dt.datetime | None
    result: Any = None


def states(channel: str, keys: Iterable[str]) -> dict[str, Delivery]:
    """The messages of these keys; a key that was never put is absent. One question, whatever their number."""
    rows = OutboxMessage.objects.filter(channel=channel, key__in=list(keys)).defer("payload")
    return {row.key: _delivery(row) for row in rows}


def _delivery(row: OutboxMessage) -> Delivery:
    state = SHOWN.get(row.state, row.state)
    return Delivery(row.pk, state, row.error, row.attempts, row.next_at, row.result)
