"""Everything bound for another system: written in the transaction of its cause, delivered by the worker.

A row is unique by channel and key, so a cause that is reported twice is delivered once. The payload is encrypted.
"""

from __future__ import annotations

from typing import Any

from farol.platform.outbox.channels import Channel, Message, Permanent, Retry

__all__ = ["Channel", "Message", "Permanent", "Retry", "enqueue"]


def enqueue(channel: str, key: str, payload: dict[str, Any]) -> bool:
    """Put a message (JSON values) into the outbox; False if its key is already there. `KeyError`: no such channel."""
    from farol.platform.outbox.models import OutboxMessage

    return OutboxMessage.put(channel, key, payload)
