"""Effects that waited for a module are carried out once that module is there and says that it takes them.

    RECEIVERS = [Receiver("dispute", open_dispute)]      in the room's `receivers.py`

`take(pending)` does it and gives the reference of what it made (`disputes:4`), which is then linked with the record
that the effect came from. It runs in the transaction that marks the effect as done: both happen, once, or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from farol.core import clock
from farol.core.errors import FarolError
from farol.engines.workflow import links
from farol.engines.workflow.models import PendingHandoff
from farol.platform.apps import collect

AT_ONCE = 500


@dataclass(frozen=True)
class Receiver:
    """`kind` is the kind of effect, such as `dispute` or `stock_receipt`."""

    kind: str
    take: Callable[[PendingHandoff], str]


@dataclass(frozen=True)
class Carried:
    """How many were done, and which were refused, with the sentence."""

    done: int
    refused: list[tuple[PendingHandoff, str]]


def receivers() -> dict[str, Receiver]:
    return {receiver.kind: receiver for receiver in collect("receivers", "RECEIVERS")}


def carry_out(known: dict[str, Receiver] | None = None) -> Carried:
    """Carry out what waits and has a receiver; the oldest first, at most a few hundred at once."""
    takers = receivers() if known is None else known
    waiting = PendingHandoff.objects.filter(done_at=None, kind__in=list(takers)).order_by("pk")[:AT_ONCE]
    done, refused = 0, []
    for pending in waiting:
        try:
            done += _carry_out(pending, takers[pending.kind])
        except FarolError as error:
            refused.append((pending, str(error)))
    return Carried(done, refused)


def _carry_out(pending: PendingHandoff, receiver: Receiver) -> bool:
    """False if somebody else was faster."""
    with transaction.atomic():
        claimed = PendingHandoff.objects.filter(pk=pending.pk, done_at=None).update(done_at=clock.now())
        if not claimed:
            return False
        made = receiver.take(pending)
        links.connect(pending.record, made, pending.kind)
        return True
