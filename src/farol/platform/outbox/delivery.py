"""Takes due messages out, one at a time: claim by a conditional update, send, mark."""

from __future__ import annotations

import logging
import random
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from farol.core import clock
from farol.platform.jobs.models import Presence
from farol.platform.operation.redaction import redact
from farol.platform.outbox.channels import Channel, Message, Permanent, Retry, channels
from farol.platform.outbox.models import OutboxMessage, State

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0


def deliver_next(channel: Channel, owner: str) -> bool:
    """Send the oldest due message of a channel as the present process `owner`; False if there was none."""
    message = claim(channel.name, owner)
    if message is None:
        return False
    try:
        _send(channel, message)
    except Permanent as error:
        _mark(message, State.FAILED, error)
    except Retry as error:
        _repeat(channel, message, error, error.after)
    except Exception as error:
        log.exception("outbox: %s %s: attempt %s broke", message.channel, message.key, message.attempts)
        _doubt(channel, message, error)
    else:
        _mark(message, State.DONE)
    return True


def claim(channel: str, owner: str) -> OutboxMessage | None:
    """Make the oldest due message this process's own; of several that try, exactly one gets it."""
    for message in due(channel)[:5]:
        taken = OutboxMessage.objects.filter(pk=message.pk, state=State.QUEUED, attempts=message.attempts).update(
            state=State.SENDING, owner=owner, attempts=message.attempts + 1
        )
        if taken:
            message.attempts += 1
            message.owner = owner
            return message
    return None


def due(channel: str) -> QuerySet[OutboxMessage]:
    now = clock.now()
    # farther away than any wait: the clock was set back
    when = Q(next_at=None) | Q(next_at__lte=now) | Q(next_at__gt=now + timedelta(seconds=2 * LONGEST_WAIT))
    return OutboxMessage.objects.filter(when, channel=channel, state=State.QUEUED).order_by("id")


def _send(channel: Channel, message: OutboxMessage) -> None:
    outgoing = Message(message.key, message.opened(), message.attempts)
    arrived = message.attempts > 1 and channel.find is not None and channel.find(outgoing)
    if not arrived:
        channel.deliver(outgoing)


def _mark(message: OutboxMessage, state: State, error: Exception | None = None) -> None:
    """Only while the message is still this process's own: a late return must not undo what others decided."""
    changes = {"state": state, "owner": "", "error": describe(error), "finished_at": clock.now()}
    if state == State.DONE:
        changes["payload"] = b""
    _own(message).update(**changes)


def _repeat(channel: Channel, message: OutboxMessage, error: Exception, after: float | None = None) -> None:
    if message.attempts >= channel.attempts:
        _mark(message, State.FAILED, error)
        return
    next_at = clock.now() + timedelta(seconds=wait(message.attempts) if after is None else min(after, LONGEST_WAIT))
    _own(message).update(state=State.QUEUED, owner="", next_at=next_at, error=describe(error))


def _doubt(channel: Channel, message: OutboxMessage, error: Exception) -> None:
    if channel.may_repeat:
        _repeat(channel, message, error)
    else:
        _mark(message, State.UNKNOWN, error)


def _own(message: OutboxMessage) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        pk=message.pk, state=State.SENDING, owner=message.owner, attempts=message.attempts
    )


def wait(attempt: int) -> float:
    """Seconds before the next try: doubling from 15 s to an hour, less a random part so that not all come at once."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * random.uniform(0.5, 1)  # noqa: S311


def describe(error: Exception | None) -> str:
    """What goes on the page: the sentence without secrets."""
    if error is None:
        return ""
    text = str(error) if isinstance(error, Permanent | Retry) else f"{type(error).__name__}: {error}"
    return redact(text)[:2000]


def recover() -> int:
    """Messages whose sender died: back to the queue where a repeat is safe, else to a person; how many."""
    stranded = OutboxMessage.objects.filter(state=State.SENDING).exclude(owner__in=Presence.objects.values("id"))
    repeatable = [channel.name for channel in channels().values() if channel.may_repeat]
    note = _("The process that sent it stopped in the middle.")
    again = stranded.filter(channel__in=repeatable).update(state=State.QUEUED, owner="", next_at=None, error=note)
    return again + stranded.update(state=State.UNKNOWN, owner="", error=note)
