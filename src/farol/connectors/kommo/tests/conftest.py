"""A made-up Kommo of the test's own, and the settings that point to it."""

from __future__ import annotations

import pytest

from farol.connectors.kommo.simulator import Simulator, seeded
from farol.connectors.kommo.tests.kommo_run import LEADS, MONTHS, NOON
from farol.core import clock


@pytest.fixture
def kommo(settings, tmp_path):
    """The simulator with sixty leads at noon, where the clock stands."""
    settings.FAROL_HOME = tmp_path
    with clock.frozen(NOON), Simulator(seeded(1, NOON, LEADS, MONTHS), per_second=1000) as simulator:
        settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = simulator.url, simulator.token
        settings.FAROL_KOMMO_PER_SECOND, settings.FAROL_KOMMO_PARALLEL = 50.0, 1  # a test's database has one thread
        yield simulator
