"""M8: markers and numbers have no hole and no twin, whoever opens cases at once, rolls back, or is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SCRIPT = Path(__file__).with_name("case_worker.py")
SEED = int(os.environ.get("FAROL_TEST_SEED", "7"))
PREPARE = """
import django; django.setup()
from farol.engines.workflow.module import get_module
from farol.engines.workflow.rest.body import blank
from farol.platform.accounts.principal import OPERATOR
module = get_module("customers")
form = module.form({**blank(module.form(principal=OPERATOR)), "name": "Ana Lima"}, principal=OPERATOR)
assert form.is_valid(), form.problems()
print(module.create(OPERATOR, form.values).number)
"""
STAND = """
import json
import django; django.setup()
from farol.areas.aftersales.warranties.models import Warranty, WarrantyItem
from farol.engines.workflow.models import Counter, HistoryEntry
print(json.dumps({
    "cases": list(Warranty.objects.order_by("pk").values_list("number", "marker_key", "marker_number")),
    "items": WarrantyItem.objects.count(),
    "history": HistoryEntry.objects.filter(action="create", record__startswith="warranties:").count(),
    "counters": dict(Counter.objects.filter(key__startswith="marker:").values_list("key", "value")),
}))
"""


class House:
    """An installation of this run's engine, and processes that open cases in it."""

    def __init__(self, home: Path, database: str) -> None:
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("FAROL_")} | {
            "FAROL_HOME": str(home),
            "FAROL_DATABASE_URL": database,
            "FAROL_LOG_FORMAT": "text",
            "DJANGO_SETTINGS_MODULE": "farol.config.settings",
        }
        self.home = home
        self.run("-m", "farol.cli", "init")
        self.customer = self.run("-c", PREPARE).strip()

    def run(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, threads: int, each: int, seed: int, way: str = "locked") -> subprocess.Popen:
        told = (self.home / f"{uuid.uuid4().hex}.told").open("w")
        command = [sys.executable, str(SCRIPT), self.customer, str(threads), str(each), str(seed), way]
        with told:
            return subprocess.Popen(command, env=self.env, stdout=told, stderr=subprocess.STDOUT)

    def told(self) -> list[list[str]]:
        files = sorted(self.home.glob("*.told"), key=lambda file: file.stat().st_ctime_ns)
        lines = [line for file in files for line in file.read_text().splitlines()]
        return [line.split(" ", 3) for line in lines]

    def stand(self) -> dict:
        return json.loads(self.run("-c", STAND))


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """One for the tests that must leave no fault behind."""
    with _database() as url:
        yield House(tmp_path_factory.mktemp("house"), url)


@pytest.fixture
def spoilt_house(tmp_path) -> Iterator[House]:
    with _database() as url:
        yield House(tmp_path, url)


@contextmanager
def _database() -> Iterator[str]:
    if os.environ["FAROL_TEST_ENGINE"] == "sqlite":
        yield "sqlite:///"
        return
    import psycopg

    url, name = urlsplit(os.environ["FAROL_TEST_POSTGRES"]), f"farol_markers_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield url._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def faults(house: House) -> list[str]:
    """Everything that must not be: holes, twins, cases that are half there, or told and not there."""
    stand, told = house.stand(), house.told()
    found = [" ".join(line) for line in told if line[0] not in ("stored", "undone")]
    keys: dict[str, list[int]] = {}
    for _number, key, n in stand["cases"]:
        keys.setdefault(key, []).append(n)
    for key, numbers in keys.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            found.append(f"{key}: {sorted(numbers)}")
        if stand["counters"].get(f"marker:{key}") != len(numbers):
            found.append(f"{key}: counter {stand['counters'].get(f'marker:{key}')} of {len(numbers)}")
    stored = {number for number, _key, _n in stand["cases"]}
    if len(stored) != len(stand["cases"]) or not len(stored) == stand["items"] == stand["history"]:
        found.append(f"{len(stored)} cases, {stand['items']} items, {stand['history']} histories")
    lost = {line[1] for line in told if line[0] == "stored"} - stored
    return found + [f"lost {number}" for number in lost]


@pytest.mark.alone
@pytest.mark.parametrize(("threads", "each"), [(16, 5), pytest.param(16, 50, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_m8_many_people_at_once(house, threads, each):
    before = len(house.told())
    assert house.start(threads, each, SEED).wait() == 0
    assert faults(house) == []
    outcomes = [line[0] for line in house.told()[before:]]
    assert outcomes.count("stored") + outcomes.count("undone") == threads * each
    assert outcomes.count("undone") > 0


@pytest.mark.alone
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_m8_killed_in_the_middle(house, kills):
    chance = random.Random(SEED)
    for turn in range(kills):
        pair = [house.start(4, 1000, SEED + 2 * turn + at) for at in range(2)]
        _wait_for_work(house)
        time.sleep(chance.uniform(0, 0.8))
        for process in pair:
            process.send_signal(signal.SIGKILL)
            process.wait()
    house.start(2, 3, SEED + 999).wait()
    assert faults(house) == []
    assert len(house.stand()["cases"]) > kills


def _wait_for_work(house: House) -> None:
    before = len(house.told())
    for _try in range(600):
        if len(house.told()) > before:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was opened")


@pytest.mark.alone
def test_m8_control_without_the_lock_there_are_twins(spoilt_house):
    spoilt_house.start(16, 5, SEED, "unlocked").wait()
    assert any("twin" in fault for fault in faults(spoilt_house))
