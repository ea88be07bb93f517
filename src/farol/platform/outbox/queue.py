"""Which message is next, and whose it is."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from farol.core import clock
from farol.platform.outbox.models import OutboxMessage, Rest, State

LONGEST_WAIT = 3600.0
# what threads of this process work on; entered before the claim, so that a row that names the process and is not
# here was given up (the database failed between sending and marking)
under_way: set[int] = set()


def claim(channel: str, owner: str, parallel: int = 0) -> OutboxMessage | None:
    """Make the oldest due message this process's own; of several that try, exactly one gets it.

    None also while `parallel` messages of the channel are under way in all processes.
    """
    if not parallel:
        return _claim(channel, owner)
    if not due(channel).exists():
        return None
    with transaction.atomic():
        Rest.objects.get_or_create(channel=channel)
        Rest.objects.select_for_update().get(channel=channel)
        sending = OutboxMessage.objects.filter(channel=channel, state=State.SENDING).count()
        return _claim(channel, owner) if sending < parallel else None


def _claim(channel: str, owner: str) -> OutboxMessage | None:
    for message in due(channel)[:5]:
        under_way.add(message.pk)
        taken = OutboxMessage.objects.filter(pk=message.pk, state=State.QUEUED, attempts=message.attempts).update(
            state=State.SENDING, owner=owner, attempts=message.attempts + 1, sent_at=None
        )
        if taken:
            message.attempts += 1
            message.owner, message.state, message.sent_at = owner, State.SENDING.value, None
            return message
        under_way.discard(message.pk)
    return None


def due(channel: str) -> QuerySet[OutboxMessage]:
    """Waiting messages whose time has come, oldest first; none while the channel rests."""
    now = clock.now()
    far = now + timedelta(seconds=2 * LONGEST_WAIT)
    # farther away than any wait: the clock was set back
    when = Q(next_at=None) | Q(next_at__lte=now) | Q(next_at__gt=far)
    resting = Rest.objects.filter(channel=channel, until__gt=now, until__lte=far)
    return (
        OutboxMessage.objects.filter(when, channel=channel, state=State.QUEUED)
        .exclude(channel__in=resting.values("channel"))
        .order_by("id")
    )
