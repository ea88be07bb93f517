"""Looks again for what waits for a person because nobody knows whether it arrived in the ERP."""

from __future__ import annotations

from collections.abc import Iterator

from farol.platform.outbox import Channel
from farol.platform.outbox.channels import channels
from farol.platform.outbox.delivery import look_again


def erp_channels() -> Iterator[Channel]:
    """The channels of documents, of whichever room."""
    return (channel for channel in channels().values() if channel.name.startswith("tiny.") and channel.find)


def reconcile() -> int:
    """Adopt what is found; how many. Nothing is created. `Shut` or `Retry` when Tiny does not answer now."""
    return sum(look_again(channel) for channel in erp_channels())
