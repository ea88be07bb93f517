"""Two people act on one case at the same moment, with real connections: one wins, the other is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

ROUNDS = 100
RACE = """
import datetime as dt, json, sys, threading
import django; django.setup()
from django.db import connection
from farol.engines.alerts.models import AlertCase
from farol.engines.workflow import TransitionRefused, run, start
from farol.engines.workflow.models import HistoryEntry
from farol.platform.accounts.principal import OPERATOR, SYSTEM

def act(case, version, action, barrier, outcomes):
    mine = AlertCase.objects.get(pk=case.pk)
    barrier.wait()
    try:
        run(mine, action, OPERATOR, version=version)
        outcomes.append("done")
    except TransitionRefused as refusal:
        outcomes.append(refusal.code)
    finally:
        connection.close()

found = []
for turn in range(int(sys.argv[1])):
    day = dt.date(2025, 2, 14)
    case = start(AlertCase(area="payments", rule="expected", kind="level", measure="tpv", direction="down",
                           key=f"race{turn}", first_day=day, last_day=day), SYSTEM)
    barrier, outcomes = threading.Barrier(2), []
    people = [threading.Thread(target=act, args=(case, 1, a, barrier, outcomes)) for a in ("useful", "noise")]
    for person in people: person.start()
    for person in people: person.join()
    case.refresh_from_db()
    found.append([sorted(outcomes), case.version, HistoryEntry.objects.filter(record=case.reference).count()])
print(json.dumps(found))
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
    name = f"farol_race_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**environment, "FAROL_DATABASE_URL": url._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_of_two_people_at_once_exactly_one_wins(database):
    python(database, "-m", "django", "migrate", "--verbosity=0")
    rounds = json.loads(python(database, "-c", RACE, str(ROUNDS)))
    assert [r for r in rounds if r != [["changed_meanwhile", "done"], 2, 2]] == []
    assert len(rounds) == ROUNDS
