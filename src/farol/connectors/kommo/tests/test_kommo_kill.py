"""Loads in processes of their own, several walks at once, that are killed again and again: the last one has it all."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from farol.connectors.kommo.simulator import Simulator, seeded
from farol.connectors.kommo.tests.kommo_run import NOON, differences
from farol.core import clock

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]


def farol(home: Path, *arguments: str, **options: str) -> subprocess.Popen[bytes]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("FAROL_")}
    env |= {"FAROL_HOME": str(home), "FAROL_CLOCK_FILE": str(home / "clock"), "FAROL_KOMMO_PER_SECOND": "50", **options}
    with (home / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "farol.cli", *arguments], env=env, stdout=subprocess.PIPE, stderr=log
        )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "clock").write_text(NOON.isoformat())
    process = farol(home, "init")
    process.communicate()
    assert process.returncode == 0, (home / "log").read_text()
    return home


def test_killed_loads_are_taken_up_again(home, settings):
    world = seeded(5, NOON, 200, 6)
    with Simulator(world, per_second=1000) as kommo:
        kommo.page_at_most = 40
        account = {"FAROL_KOMMO_URL": kommo.url, "FAROL_KOMMO_TOKEN": kommo.token, "FAROL_KOMMO_PARALLEL": "4"}
        for requests in (12, 30):
            process = farol(home, "sync", "kommo", "--json", **account)
            wanted = kommo.limits.requests + requests
            while kommo.limits.requests < wanted and process.poll() is None:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        last = farol(home, "sync", "kommo", "--json", **account)
        outcome = json.loads(last.communicate()[0])
        assert last.returncode == 0, outcome
        assert outcome["status"] == "done"
        assert kommo.limits.most_at_once <= 4
        settings.FAROL_HOME = home
        with clock.frozen(NOON + dt.timedelta(minutes=1)):
            assert differences(world) == []
