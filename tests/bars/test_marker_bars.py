"""M8 through the door: people open cases of the same orders at once, some requests fail late, and no marker is lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.bars.server import Server

SEED = 7
ORDERS = ("A", "B", "C", "D", "")
# one request in ten ends badly after everything is written: its transaction takes its marker back
FAILS_LATE = """
from farol.core.errors import Refused

_written = _store

def _store(case, rows):
    _written(case, rows)
    if case.notes == "undo":
        raise Refused("undone on purpose")
"""
# what most shops do: the highest number there is, plus one, and no transaction around it
NO_LOCK = """
from contextlib import nullcontext
from types import SimpleNamespace
from django.db.models import Max

def take(kind, key):
    number = (Warranty.objects.filter(marker_key=key).aggregate(n=Max("marker_number"))["n"] or 0) + 1
    return f"{'GR' if kind == 'warranty' else 'TR'}{number}", number

markers = SimpleNamespace(key_of=markers.key_of, take=take)
transaction = SimpleNamespace(atomic=nullcontext)
"""
SERVICES = "farol.areas.aftersales.warranties.services"


def race(server: Server, threads: int, each: int, undone: float) -> list[str]:
    """What must not be: answers that are neither a case nor the planted refusal, holes and twins."""
    server.add("ana@example.com", "cs_analyst")
    clients = [server.client("ana@example.com") for _one in range(2)]
    customer = clients[0].post("/customers", json={"name": "Ana Lima"}).json()["number"]
    chance = random.Random(SEED)
    plan = [
        (at, chance.choice(("warranty", "exchange")), chance.choice(ORDERS), chance.random() < undone)
        for at in range(threads * each)
    ]

    def open_one(step: tuple[int, str, str, bool]) -> httpx.Response:
        at, kind, order, undo = step
        items = [{"sku": "ABC-1", "quantity": 1, "defect": "does not turn on"}]
        body = {"kind": kind, "order": order, "customer": customer, "items": items, "notes": "undo" if undo else ""}
        return clients[at % 2].post("/warranties", json=body)

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(open_one, plan))
    wrong = [a.text[:200] for a, step in zip(answers, plan, strict=True) if a.status_code != (409 if step[3] else 201)]
    cases = [answer.json() for answer in answers if answer.status_code == 201]
    markers: dict[tuple[str, str], list[int]] = {}
    for case in cases:
        markers.setdefault((case["kind"], case["order"]), []).append(int(case["marker"][2:]))
    for key, found in markers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            wrong.append(f"{key}: {sorted(found)}")
    if len({case["number"] for case in cases}) != len(cases):
        wrong.append("a number twice")
    print(f"seed {SEED}: {len(cases)} cases, {len(plan) - len(cases)} undone, {len(markers)} rows of markers, {wrong}")
    return wrong


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.mark.alone
@pytest.mark.parametrize(("threads", "each"), [(16, 5), pytest.param(16, 50, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_m8_markers_through_the_door(home, threads, each):
    with Server(home, (SERVICES, FAILS_LATE)) as server:
        assert race(server, threads, each, undone=0.1) == []


@pytest.mark.alone
def test_m8_control_without_the_lock_markers_collide(home):
    with Server(home, (SERVICES, NO_LOCK)) as server:
        assert race(server, 16, 5, undone=0.0)
