"""Two people enter the same bill at the same moment, with real connections on either engine: one of them is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

ROUNDS = 25
RACE = """
import json, sys, threading
import django; django.setup()
from django.db import connection
from farol.areas.aftersales.payables import services
from farol.areas.aftersales.payables.forms import PayableForm
from farol.areas.aftersales.payables.models import Payable
from farol.core.errors import Refused
from farol.platform.accounts.principal import OPERATOR

BILL = {"beneficiary": "Aurora", "category": "Fretes", "method": "pix", "pix_key": "a@exemplo.com", "amount": "10,00"}

LOOK = services._refuse_twins

def unlocked(values, barrier):
    "The control: the look for twins in front of the lock instead of behind it."
    LOOK(values, Payable())
    barrier.wait()
    services._refuse_twins = lambda values, payable: None
    return services.create(OPERATOR, values)

def locked(values, barrier):
    barrier.wait()
    return services.create(OPERATOR, values)

def enter(day, way, barrier, outcomes):
    try:
        form = PayableForm({**BILL, "due_on": day}, principal=OPERATOR)
        form.is_valid()
        outcomes.append(way(form.values, barrier).status)
    except Refused as refusal:
        outcomes.append(refusal.code)
    finally:
        connection.close()

found = []
for turn in range(int(sys.argv[1])):
    day = f"2026-08-{turn + 1:02d}"
    barrier, outcomes = threading.Barrier(2), []
    way = {"locked": locked, "unlocked": unlocked}[sys.argv[2]]
    people = [threading.Thread(target=enter, args=(day, way, barrier, outcomes)) for _ in range(2)]
    for person in people: person.start()
    for person in people: person.join()
    services._refuse_twins = LOOK
    found.append(sorted(outcomes))
numbers = Payable.objects.values_list("number", flat=True)
print(json.dumps({"found": found, "rows": len(numbers), "numbers": len(set(numbers))}))
"""


@pytest.fixture
def database(tmp_path):
    """The environment of a migrated, empty database of this run's engine."""
    environment = {**os.environ, "FAROL_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
    if os.environ["FAROL_TEST_ENGINE"] == "sqlite":
        yield {**environment, "FAROL_DATABASE_URL": "sqlite:///"}
        return
    import psycopg

    url = urlsplit(os.environ["FAROL_TEST_POSTGRES"])
    name = f"farol_twins_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**environment, "FAROL_DATABASE_URL": url._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def race(database):
    python(database, "-m", "django", "migrate", "--verbosity=0")

    def run(rounds: int, way: str) -> dict:
        return json.loads(python(database, "-c", RACE, str(rounds), way))

    return run


def test_of_two_that_enter_the_same_bill_one_is_asked(race):
    result = race(ROUNDS, "locked")
    assert result["found"] == [["pending", "possible_duplicate"]] * ROUNDS
    assert result["rows"] == result["numbers"] == ROUNDS


def test_control_with_the_look_in_front_of_the_lock_both_get_in(race):
    result = race(3, "unlocked")
    assert result["found"] == [["pending", "pending"]] * 3
    assert result["numbers"] == 6
