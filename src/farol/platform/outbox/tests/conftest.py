"""Channels that a test declares, and a process that counts as living."""

from __future__ import annotations

import pytest

from farol.platform.jobs.models import Presence
from farol.platform.outbox import channels as module
from farol.platform.outbox.channels import Channel


@pytest.fixture
def declare(monkeypatch):
    """`declare(deliver, **options)` -> the only channel of this test, called `test`."""

    def make(deliver, **options) -> Channel:
        channel = Channel("test", deliver, **options)
        monkeypatch.setattr(module, "collect", lambda *_: (channel,))
        return channel

    return make


@pytest.fixture
def life(db) -> str:
    return Presence.objects.create(id="worker-1", kind="worker", host="test", pid=1).pk
