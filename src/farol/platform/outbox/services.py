"""What people do to messages that did not leave by themselves."""

from __future__ import annotations

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


@transaction.atomic
def try_again(message: OutboxMessage, principal: Principal) -> None:
    """Back into the queue with a fresh number of tries. `attempts` stays above zero: whoever can, searches first."""
    queued = OutboxMessage.objects.filter(pk=message.pk, state__in=WAITING).update(
        state=State.QUEUED, attempts=min(message.attempts, 1), next_at=None, finished_at=None
    )
    if not queued:
        raise Refused(_("This message is not waiting for a decision any more."))
    audit.record(principal, "outbox.again", target=f"outbox:{message.pk}", params={"channel": message.channel})


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
