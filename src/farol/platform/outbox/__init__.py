"""Everything bound for another system: written in the transaction of its cause, delivered by the worker.

A row is unique by channel and key, so a cause that is reported twice is delivered once. The payload is encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from farol.platform.outbox.channels import Channel, Message, Permanent, Retry, Shut

if TYPE_CHECKING:
    from farol.platform.outbox.standing import Delivery

__all__ = ["Channel", "Message", "Permanent", "Retry", "Shut", "enqueue", "states"]


def enqueue(channel: str, key: str, payload: dict[str, Any]) -> bool:
    """Put a message (JSON values) into the outbox; False if its key is already there. `KeyError`: no such channel."""
    from farol.platform.outbox.models import OutboxMessage

    return OutboxMessage.put(channel, key, payload)


def states(channel: str, keys: Iterable[str]) -> dict[str, Delivery]:
    """Where the messages of these keys stand: `Delivery(pk, state, error, attempts, next_at, result)` by key."""
    from farol.platform.outbox.standing import states as read

    return read(channel, keys)
