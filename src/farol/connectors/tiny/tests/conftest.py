"""A made-up Tiny of the test's own, and the settings that point to it."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from farol.connectors.tiny.simulator import Simulator

TOKEN = "canary-7c1e40b9d2"


@pytest.fixture
def tiny(tmp_path, settings):
    """The simulator, with the settings of Farol pointing to it."""
    cache.clear()
    with Simulator(tmp_path / "tiny.jsonl", token=TOKEN, per_minute=600) as simulator:
        settings.FAROL_TINY_URL = simulator.url
        settings.FAROL_TINY_TOKEN = TOKEN
        settings.FAROL_TINY_PER_MINUTE = 600
        yield simulator
