"""Two at once, with real connections on either engine: one document, one survivor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

START = """
import json, threading
import django; django.setup()
from django.db import connection, IntegrityError, OperationalError
from farol.core.errors import FarolError
from farol.engines import workflow
from farol.platform.accounts.principal import OPERATOR
from farol.registry.customers import privacy, services
from farol.registry.customers.models import Customer

def at_once(*acts):
    barrier, found = threading.Barrier(len(acts)), []
    def work(act):
        barrier.wait()
        try:
            act()
            found.append("done")
        except FarolError as refusal:
            found.append(refusal.code)
        except (IntegrityError, OperationalError) as error:
            found.append(type(error).__name__)
        finally:
            connection.close()
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return sorted(found)

def opened(name="Maria", document=""):
    return services.create(OPERATOR, {"name": name, "document": document})

def merge(one, two):
    return lambda: workflow.run(Customer.objects.get(pk=one.pk), "merge", OPERATOR, data={"into": two.number})
"""
DOCUMENT = """
def unconstrained():
    constraint = next(c for c in Customer._meta.constraints if c.name == "customers_one_per_document")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Customer, constraint)
if "without" in "%s":
    unconstrained()
found = at_once(*[lambda: opened(document="11144477735")] * 6)
print(json.dumps([found, Customer.objects.count()]))
"""
CROSSING = """
found = []
for turn in range(10):
    one, two = opened("Ana"), opened("Ana Lima")
    outcome = at_once(merge(one, two), merge(two, one))
    states = Customer.objects.filter(pk__in=[one.pk, two.pk]).values_list("status", flat=True)
    found.append([outcome.count("done"), "OperationalError" in outcome, sorted(states)])
print(json.dumps(found))
"""
FORGETTING = """
found = []
for turn in range(10):
    one, two = opened("Ana"), opened("Ana Lima")
    outcome = at_once(merge(one, two), lambda: privacy.anonymise(Customer.objects.get(pk=two.pk), OPERATOR, "pedido"))
    one.refresh_from_db(); two.refresh_from_db()
    found.append([outcome, one.status, two.status])
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
    name = f"farol_customers_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**environment, "FAROL_DATABASE_URL": url._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def race(database):
    def python(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env=database, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    python("-m", "django", "migrate", "--verbosity=0")
    return lambda script: json.loads(python("-c", START + script).strip().splitlines()[-1])


def test_two_at_once(race):
    assert race(DOCUMENT % "with") == [["document_taken"] * 5 + ["done"], 1]
    for done, deadlock, states in race(CROSSING):
        assert (done, deadlock, states) == (1, False, ["active", "merged"])
    for outcome, merged, into in race(FORGETTING):
        assert "OperationalError" not in outcome
        # who was merged first is forgotten with the other; who came too late stays as it was
        assert (merged, into) in {("anonymised", "anonymised"), ("active", "anonymised"), ("merged", "active")}, outcome


def test_control_without_the_constraint_there_are_more(race):
    _outcome, count = race(DOCUMENT % "without")
    assert count > 1
