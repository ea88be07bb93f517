"""What people do to messages that did not leave by themselves."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.outbox.models import NEEDS_A_PERSON, OutboxMessage, State

WAITING = [state.value for state in NEEDS_A_PERSON]
DISCARDABLE = [*WAITING, State.QUEUED.value]
LONGEST_REASON = 300
LONG_AGO = 99  # more looks than any channel makes


@transaction.atomic
def try_again(message: OutboxMessage, principal: Principal) -> None:
    """Back into the queue with a fresh number of tries. `attempts` stays above zero: whoever can, searches first.

    Of a message that was sent twice in vain, one more sending is allowed: the person decided it.
    """
    # what was held may have left after the backup: it is searched for as after a doubt, but no index is late by now
    doubts = {"doubts": 1, "looks": LONG_AGO} if message.state == State.HELD else {"doubts": min(message.doubts, 1)}
    queued = OutboxMessage.objects.filter(pk=message.pk, state=message.state, state__in=WAITING).update(
        state=State.QUEUED, attempts=min(message.attempts, 1), tries=0, next_at=None, finished_at=None, **doubts
    )
    if not queued:
        raise Refused(_("This message is not waiting for a decision any more."))
    audit.record(principal, "outbox.again", target=f"outbox:{message.pk}", params={"channel": message.channel})


def resend(channel: str, key: str, payload: dict[str, Any]) -> bool:
    """Put another content under the key of a message that failed or was discarded, and send it again; else False.

    As with `try_again`, whoever can, searches first.
    """
    ended = [State.FAILED.value, State.DISCARDED.value]
    failed = OutboxMessage.objects.filter(channel=channel, key=key, state__in=ended)
    sealed = settings.KEYRING.encrypt(json.dumps(payload).encode())
    changes = {"payload": sealed, "state": State.QUEUED, "attempts": 1, "next_at": None, "finished_at": None}
    return failed.update(**changes, tries=0, error="") == 1


def withhold(channel: str, key: str) -> bool:
    """Take back a message that waits and certainly has never left (its record changed its mind); False if there is
    none, or if it is under way or in doubt. For channels that look after a doubt.
    """
    waiting = OutboxMessage.objects.filter(channel=channel, key=key, state=State.QUEUED, doubts=0, result__isnull=True)
    return waiting.update(state=State.DISCARDED, payload=b"", finished_at=clock.now()) == 1


@transaction.atomic
def discard(message: OutboxMessage, reason: str, principal: Principal) -> None:
    """Never deliver it. The reason is kept; the content is not."""
    reason = reason.strip()
    if not reason:
        raise BadInput("reason", _("Say why the message should not be delivered."))
    discarded = OutboxMessage.objects.filter(pk=message.pk, state__in=DISCARDABLE).update(
        state=State.DISCARDED, payload=b"", finished_at=clock.now(), error=reason[:LONGEST_REASON]
    )
    if not discarded:
        raise Refused(_("This message is being sent, or has left already."))
    params = {"channel": message.channel, "reason": reason[:LONGEST_REASON]}
    audit.record(principal, "outbox.discarded", target=f"outbox:{message.pk}", params=params)
