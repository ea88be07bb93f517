"""What the pages of the outbox say besides the columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farol.core import clock
from farol.platform.apps import collect
from farol.platform.outbox.channels import channels
from farol.platform.outbox.models import OutboxMessage, Rest, State


@dataclass(frozen=True)
class Resting:
    """A channel that is shut: until when at least, since when, and why."""

    name: str
    label: Any
    until: dt.datetime
    since: dt.datetime
    reason: str


def resting(*, longer_than: dt.timedelta = dt.timedelta(0)) -> list[Resting]:
    """The channels whose last attempt found the way shut, with messages waiting for it."""
    waiting = OutboxMessage.objects.filter(state=State.QUEUED).values("channel")
    rows = Rest.objects.filter(channel__in=waiting, since__lte=clock.now() - longer_than).exclude(reason="")
    return [
        Resting(row.channel, _label(row.channel), row.until, row.since, row.reason)
        for row in rows.order_by("channel")
        if row.until and row.since
    ]


def _label(name: str) -> Any:
    channel = channels().get(name)
    return channel.label if channel and channel.label else name


def place_of(reference: str) -> tuple[str, str] | None:
    """Label and address of the record behind a message, as some room above knows it."""
    places = (place(reference) for place in collect("references", "REFERENCES")) if reference else ()
    return next((found for found in places if found), None)


def next_step(message: OutboxMessage) -> str:
    """What happens next with a message whose arrival is in doubt; empty where nothing is."""
    channel = channels().get(message.channel)
    looks = len(channel.looks) if channel else 0
    if message.state != State.QUEUED or not message.doubts or not looks:
        return ""
    if message.result is not None:
        return _("It has arrived. The record is told again.")
    values = {"look": min(message.looks + 1, looks), "looks": looks}
    return _("It may have arrived. Farol looks for it (look %(look)s of %(looks)s) before it sends anything.") % values


def answer(message: OutboxMessage) -> str:
    """The number that the other side gave it."""
    result = message.result if isinstance(message.result, dict) else {}
    return str(result.get("number") or result.get("id") or "")


def warnings(message: OutboxMessage) -> list[str]:
    """What the other side could not hold as it was."""
    result = message.result if isinstance(message.result, dict) else {}
    return [str(text) for text in result.get("warnings") or ()]
