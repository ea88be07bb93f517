"""C2: workers are killed while they push documents into the ERP; every document is there once, none is forgotten."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.environment import ENGINE, POSTGRES

from farol.connectors.tiny.simulator import Faults, Simulator
from farol.connectors.tiny.simulator.journal import entries
from farol.core import clock

SCRIPT = Path(__file__).with_name("erp_worker.py")
SEED = int(os.environ.get("FAROL_TEST_SEED", "7"))
BAD_DAY = Faults(cut=0.10, error=0.10, unexpected=0.05, busy=0.05, late=120)
TOKEN = "canary-5f0d1f3a77"
pytestmark = pytest.mark.alone


@contextmanager
def running_clock(path: Path, *, speed: float) -> Iterator[None]:
    """A simulated clock that runs `speed` times as fast, read by this process and by the workers."""
    stop = threading.Event()
    instant = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

    def write() -> None:
        path.with_suffix(".new").write_text(instant.isoformat())
        path.with_suffix(".new").replace(path)

    def run() -> None:
        nonlocal instant
        while not stop.wait(0.02):
            instant += dt.timedelta(seconds=0.02 * speed)
            write()

    write()
    thread = threading.Thread(target=run, daemon=True)
    clock.configure(zone="America/Sao_Paulo", clock_file=str(path))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        clock.configure(zone="America/Sao_Paulo", clock_file=None)


@contextmanager
def database() -> Iterator[str]:
    if ENGINE != "postgres":
        yield "sqlite:///"
        return
    import psycopg

    name = f"farol_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Workers:
    """The process that forks workers."""

    def __init__(self, home: Path, url: str, database: str) -> None:
        self.log = home / "worker.log"
        env = {name: value for name, value in os.environ.items() if not name.startswith("FAROL_")}
        env |= {
            "FAROL_HOME": str(home),
            "FAROL_DATABASE_URL": database,
            "FAROL_CLOCK_FILE": str(home / "clock"),
            "FAROL_TINY_URL": url,
            "FAROL_TINY_TOKEN": TOKEN,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(SCRIPT)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def ask(self, do: str, **options: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": do, **options}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self.log.read_text()[-4000:]
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


class Outcome:
    """What happened, for the assertions."""

    def __init__(self, journal: Path, stand: dict[str, Any], simulator: Simulator) -> None:
        self.journal = list(entries(journal))
        self.made = [(key_of(e["key"]), str(e["id"])) for e in self.journal if e["kind"] in ("order", "payable")]
        self.arrivals = [tuple(row) for row in stand["arrivals"]]
        self.messages = stand["messages"]
        self.over = simulator.limits.over
        self.killed: list[str] = []
        self.decided = 0

    def twice(self) -> list[str]:
        return [key for key, count in Counter(key for key, _id in self.made).items() if count > 1]

    def blind(self) -> list[str]:
        """Keys of creates without a search for them since the create before, or the beginning."""
        looked: set[str] = set()
        found = []
        for entry in self.journal:
            if entry["kind"] != "call":
                continue
            if "pesquisa" in entry["service"]:
                looked.add(entry["about"])
            elif "incluir" in entry["service"]:
                about = key_of(entry["about"])
                asked = about if about.startswith("GT") else due_of(about)
                if asked not in looked:
                    found.append(about)
                looked.discard(asked)
        return found


def key_of(text: str) -> str:
    return text.removeprefix("[FAROL:").partition("]")[0]


def due_of(key: str) -> str:
    number = int(key.rpartition("-")[2])
    return f"{number // 12 % 28 + 1:02}/{number % 12 + 1:02}/2027"


def storm(home: Path, *, orders: int, payables: int, chances: int, mutant: str = "", speed: float = 300) -> Outcome:
    """Kill a worker at every named point and `chances` times at random; then let one finish, and a person decide."""
    rng = random.Random(SEED)
    simulator = Simulator(home / "tiny.jsonl", token=TOKEN, seed=SEED, per_minute=120, faults=BAD_DAY)
    with running_clock(home / "clock", speed=speed), database() as url, simulator:
        workers = Workers(home, simulator.url, url)
        try:
            points = workers.ask("prepare", orders=orders, payables=payables, mutant=mutant)["points"]
            killed = []
            plan = [*([] if mutant else points), *["chance"] * chances]
            rng.shuffle(plan)
            for at in plan:
                seconds = rng.uniform(0.05, 0.6) if at == "chance" else 20
                by_chance = at == "chance"
                answer = workers.ask("run", at=at, passes=rng.randint(1, 3), seconds=seconds, beside=by_chance)
                killed += [at] if answer["killed"] else []
            decided = finish(workers)
            outcome = Outcome(home / "tiny.jsonl", workers.ask("stand"), simulator)
        finally:
            workers.close()
    outcome.killed, outcome.decided = killed, decided
    assert TOKEN not in (home / "tiny.jsonl").read_text()
    assert TOKEN not in workers.log.read_text()
    return outcome


def crowd(home: Path, mutant: str) -> Simulator:
    """Three processes ask as often as they may, over some simulated minutes."""
    simulator = Simulator(home / "tiny.jsonl", token=TOKEN, per_minute=24)
    with running_clock(home / "clock", speed=30), database() as url, simulator:
        workers = Workers(home, simulator.url, url)
        try:
            workers.ask("prepare", orders=0, payables=0, mutant="")
            for _slice in range(20):
                assert workers.ask("spend", processes=3, seconds=3, mutant=mutant)["ends"] == [0, 0, 0]
                if calls(home) >= 60 or (mutant and simulator.limits.over):
                    break
        finally:
            workers.close()
    return simulator


def calls(home: Path) -> int:
    return sum(1 for _entry in entries(home / "tiny.jsonl", "call"))


def test_processes_share_one_allowance(tmp_path):
    simulator = crowd(tmp_path, "")
    assert (simulator.limits.over, simulator.limits.most_at_once <= 2) == (0, True)
    assert calls(tmp_path) >= 60


def test_control_an_allowance_of_each_process_s_own_is_noticed(tmp_path):
    assert crowd(tmp_path, "each for itself").limits.over > 0


def finish(workers: Workers) -> int:
    """Let the worker work on; what waits for a person gets one. How many did."""
    decided = 0
    for _round in range(20):
        workers.ask("run", at="", passes=1, seconds=60)
        again = workers.ask("person")["again"]
        decided += len(again)
        if not again and set(workers.ask("stand")["messages"]) == {"done"}:
            return decided
    return decided


def expected(orders: int, payables: int) -> list[str]:
    return sorted([f"CP-2026-{n:06}" for n in range(payables)] + [f"GT-2026-{n:06}" for n in range(orders)])


def judge(outcome: Outcome, *, orders: int, payables: int, kills: int) -> None:
    everything = expected(orders, payables)
    assert outcome.twice() == []
    assert sorted(key for key, _id in outcome.made) == everything
    assert outcome.messages == {"done": orders + payables}
    assert sorted(outcome.arrivals) == sorted(outcome.made)
    assert outcome.blind() == []
    assert outcome.over == 0
    assert len(outcome.killed) >= kills, outcome.killed


def test_killed_pushes_leave_every_document_once(tmp_path):
    outcome = storm(tmp_path, orders=200, payables=60, chances=6)
    judge(outcome, orders=200, payables=60, kills=16)


def test_control_without_the_search_documents_are_made_twice(tmp_path):
    outcome = storm(tmp_path, orders=12, payables=4, chances=2, mutant="no search")
    assert outcome.twice()
    assert outcome.blind()


def test_control_without_the_looks_a_late_index_makes_twins(tmp_path):
    outcome = storm(tmp_path, orders=12, payables=4, chances=2, mutant="no looks")
    assert outcome.twice()


@pytest.mark.night
@pytest.mark.timeout(1800)
def test_killed_pushes_leave_every_document_once_in_size(tmp_path):
    outcome = storm(tmp_path, orders=1000, payables=300, chances=50, speed=400)
    judge(outcome, orders=1000, payables=300, kills=50)
