"""How an attempt ends: only while the message is still this process's own, so that a late return undoes nothing."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError
from farol.platform.operation.redaction import redact
from farol.platform.outbox.channels import Channel, Message, Permanent, Retry, Shut
from farol.platform.outbox.models import OutboxMessage, Rest, State
from farol.platform.outbox.queue import LONGEST_WAIT

log = logging.getLogger(__name__)
FIRST_WAIT = 15.0


def arrive(channel: Channel, message: OutboxMessage, outgoing: Message, result: Any) -> bool:
    """Mark as done and tell the record, in one transaction. If the record cannot take it, the answer is kept and the
    record asked again later: nothing is sent twice for that.
    """
    result = None if result is True else result
    try:
        with transaction.atomic():
            if not _end(message, State.DONE, "", payload=b"", result=result):
                return False
            if channel.arrived:
                channel.arrived(outgoing, result)
    except (OperationalError, InterfaceError):
        raise  # the message is freed by `recover`, and searched for
    except Exception as error:
        log.exception("outbox: %s %s arrived, but its record could not take it", message.channel, message.key)
        message.result = result
        repeat(channel, message, outgoing, error, result=result)
        return False
    _awake(channel)
    return True


def end(channel: Channel, message: OutboxMessage, outgoing: Message, state: State, error: Exception) -> bool:
    """Mark as failed or unknown and tell the record, in one transaction."""
    sentence = describe(error)
    try:
        with transaction.atomic():
            ended = _end(message, state, sentence)
            if ended and channel.told:
                channel.told(outgoing, state.value, sentence)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("outbox: %s %s: its record could not be told", message.channel, message.key)
        ended = _end(message, state, sentence)
    if isinstance(error, Permanent):
        _awake(channel)
    return ended


def _end(message: OutboxMessage, state: State, sentence: str, **more: Any) -> bool:
    changes = {"state": state, "owner": "", "error": sentence, "sent_at": None, "finished_at": clock.now(), **more}
    return bool(_own(message).update(**changes))


def about_to_send(message: OutboxMessage) -> bool:
    """The last thing before sending: from here on a death leaves a doubt. False if the message was taken away."""
    return bool(_own(message).update(sent_at=clock.now()))


def requeue(message: OutboxMessage, **changes: Any) -> bool:
    """Back to the queue; it is certain that this attempt sent nothing, or said so with `doubts`."""
    changes = {"state": State.QUEUED, "owner": "", "sent_at": None, "next_at": None, **changes}
    return bool(_own(message).update(**changes))


def repeat(channel: Channel, message: OutboxMessage, outgoing: Message, error: Exception, **changes: Any) -> bool:
    """Later again, at growing waits; after the channel's bound a person decides."""
    if message.tries + 1 >= channel.attempts:
        doubtful = message.doubts or message.result is not None
        return end(channel, message, outgoing, State.UNKNOWN if doubtful else State.FAILED, error)
    after = getattr(error, "after", None)
    seconds = wait(message.tries + 1) if after is None else min(after, LONGEST_WAIT)
    tries = F("tries") + 1
    return requeue(message, next_at=_in(seconds), error=describe(error), tries=tries, **changes)


def rest(channel: Channel, message: OutboxMessage, error: Shut) -> bool:
    """The channel is shut: the message keeps its place, the channel rests."""
    sentence, now = describe(error), clock.now()
    row = Rest.objects.get_or_create(channel=channel.name)[0]
    Rest.objects.filter(pk=row.pk).update(
        until=_in(min(error.rest, LONGEST_WAIT)), reason=sentence, since=row.since or now
    )
    return requeue(message, error=sentence)


def _awake(channel: Channel) -> None:
    rested = Rest.objects.filter(channel=channel.name).exclude(reason="")
    if rested.exists():
        rested.update(until=None, since=None, reason="")


def doubt(
    channel: Channel, message: OutboxMessage, outgoing: Message, error: Exception, *, at_once: bool = False
) -> bool:
    """It may have arrived. `at_once`: no wait before a repeat that is safe."""
    if not channel.may_repeat:
        return end(channel, message, outgoing, State.UNKNOWN, error)
    if channel.looks:
        looks = {"doubts": F("doubts") + 1, "looks": 0, "next_at": _in(channel.looks[0])}
        return requeue(message, error=describe(error), **looks)
    if at_once:
        return requeue(message, error=describe(error))
    return repeat(channel, message, outgoing, error)


def looked_in_vain(channel: Channel, message: OutboxMessage, outgoing: Message, *, last: bool) -> bool:
    """Not found yet: another look later, or, after the `last` sending and all its looks, a person."""
    looks = message.looks + 1
    if looks < len(channel.looks):
        return requeue(message, looks=looks, next_at=_in(channel.looks[looks]), error=message.error)
    if last:
        sentence = _("It was sent more than once without an answer, and is not found on the other side: %(reason)s")
        return end(channel, message, outgoing, State.UNKNOWN, Permanent(sentence % {"reason": message.error}))
    return False


def _own(message: OutboxMessage) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        pk=message.pk, state=message.state, owner=message.owner, attempts=message.attempts
    )


def _in(seconds: float) -> Any:
    return clock.now() + timedelta(seconds=seconds)


def wait(attempt: int) -> float:
    """Seconds before the next try: doubling from 15 s to an hour, less a random part so that not all come at once."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * random.uniform(0.5, 1)  # noqa: S311


def describe(error: Exception) -> str:
    """What goes on the page: the sentence without secrets."""
    told = isinstance(error, Permanent | Retry | FarolError)
    return redact(str(error) if told else f"{type(error).__name__}: {error}")[:2000]
