"""Takes due messages out, one at a time: claim by a conditional update, search where that is asked for, send, mark."""

from __future__ import annotations

import logging
from typing import Any

from django.utils.translation import gettext as _

from farol.platform.jobs.models import Presence
from farol.platform.outbox import endings
from farol.platform.outbox.channels import Channel, Message, Permanent, Retry, Shut, channels
from farol.platform.outbox.endings import describe, wait
from farol.platform.outbox.models import OutboxMessage, State
from farol.platform.outbox.queue import claim, due, under_way

__all__ = ["Channel", "claim", "deliver_next", "describe", "due", "look_again", "recover", "wait"]

log = logging.getLogger(__name__)
SENDINGS = 2  # of unknown outcome, for channels that look in between: after the second a person decides


def deliver_next(channel: Channel, owner: str) -> bool:
    """Send the oldest due message of a channel as the present process `owner`; False if there was none."""
    message = claim(channel.name, owner, channel.parallel)
    if message is None:
        return False
    try:
        outgoing = _opened(message)
        if outgoing is None:
            error = Permanent(_("Its content cannot be read: was it written under another key?"))
            endings.end(Channel(channel.name, _nowhere), message, Message(message.key, {}, 0), State.FAILED, error)
        else:
            _process(channel, message, outgoing)
    finally:
        under_way.discard(message.pk)
    return True


def _opened(message: OutboxMessage) -> Message | None:
    try:
        return Message(message.key, message.opened(), message.attempts)
    except Exception:
        log.exception("outbox: %s %s cannot be read", message.channel, message.key)
        return None


def _process(channel: Channel, message: OutboxMessage, outgoing: Message) -> None:
    if message.result is not None:  # it is there; only the record could not take the answer yet
        endings.arrive(channel, message, outgoing, message.result)
        return
    if channel.find and (channel.find_first or message.attempts > 1 or message.doubts):
        try:
            found = channel.find(outgoing)
        except (Permanent, Retry) as error:
            _not_searched(channel, message, outgoing, error)
            return
        except Exception as error:
            log.exception("outbox: %s %s: the search broke", message.channel, message.key)
            endings.repeat(channel, message, outgoing, error)
            return
        if found:
            endings.arrive(channel, message, outgoing, found)
            return
    if _may_send(channel, message):
        if endings.about_to_send(message):
            _send(channel, message, outgoing)
    else:
        endings.looked_in_vain(channel, message, outgoing, last=message.doubts >= SENDINGS)


def _may_send(channel: Channel, message: OutboxMessage) -> bool:
    """After a doubt only when every look found nothing, the present one included."""
    if not (message.doubts and channel.looks):
        return True
    return message.looks + 1 >= len(channel.looks) and message.doubts < SENDINGS


def _send(channel: Channel, message: OutboxMessage, outgoing: Message) -> None:
    try:
        result = channel.deliver(outgoing)
    except Permanent as error:
        endings.end(channel, message, outgoing, State.FAILED, error)
    except Shut as error:
        endings.rest(channel, message, error)
    except Retry as error:
        endings.repeat(channel, message, outgoing, error)
    except Exception as error:
        log.exception("outbox: %s %s: attempt %s broke", message.channel, message.key, message.attempts)
        endings.doubt(channel, message, outgoing, error)
    else:
        endings.arrive(channel, message, outgoing, result)


def _not_searched(channel: Channel, message: OutboxMessage, outgoing: Message, error: Permanent | Retry) -> None:
    """The search itself failed, so nothing was sent by this try."""
    if isinstance(error, Shut):
        endings.rest(channel, message, error)
    elif isinstance(error, Retry):
        endings.repeat(channel, message, outgoing, error)
    else:
        endings.end(channel, message, outgoing, State.UNKNOWN if message.doubts else State.FAILED, error)


def recover(owner: str = "") -> int:
    """Messages whose sender died, or that this process (`owner`) no longer works on: back to the queue where nothing
    was sent yet or a repeat is safe, into the looks where a search decides, else to a person. How many.
    """
    living = Presence.objects.exclude(pk=owner).values("id")
    stranded = OutboxMessage.objects.filter(state=State.SENDING).exclude(owner__in=living)
    known = channels()
    return sum(
        _free(known.get(message.channel), message)
        for message in stranded
        if message.owner != owner or message.pk not in under_way
    )


def _free(channel: Channel | None, message: OutboxMessage) -> bool:
    if message.sent_at is None:
        return endings.requeue(message)
    error = Retry(_("The process that sent it stopped in the middle."))
    channel = channel or Channel(message.channel, _nowhere)
    outgoing = _opened(message) or Message(message.key, {}, message.attempts)
    return endings.doubt(channel, message, outgoing, error, at_once=True)


def _nowhere(message: Message) -> Any:
    raise Permanent(message.key)


def look_again(channel: Channel) -> int:
    """Search once more for what waits for a person because nobody knows whether it arrived; how many were found.

    Only reads outside; `Shut` ends it, and what was found before stays found.
    """
    if not channel.find:
        return 0
    waiting = OutboxMessage.objects.filter(channel=channel.name, state=State.UNKNOWN).order_by("id")
    return sum(_adopt(channel, message) for message in waiting)


def _adopt(channel: Channel, message: OutboxMessage) -> bool:
    outgoing = _opened(message)
    if outgoing is None or channel.find is None:
        return False
    found = channel.find(outgoing) if message.result is None else message.result
    return bool(found) and endings.arrive(channel, message, outgoing, found)
