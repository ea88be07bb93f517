"""All or nothing, also for ten thousand rows and a process that dies in the middle; with real processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

ROWS = 10_000
WORLD = """
import os, signal, sys
import django; django.setup()
from django.db import transaction
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import principal_of
from farol.platform.imports import Checked, Field, Importer, kept, services
from farol.platform.imports.models import ImportRun
from farol.platform.tables.typed import Line
from farol.core.errors import BadInput

die_at, bad_at, rows = map(int, sys.argv[1:])
saved = 0

def save(values, _principal):
    global saved
    if saved == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    if saved == bad_at:
        raise BadInput("code", "no")
    Role.objects.create(slug=values["code"], name=values["code"])
    saved += 1

importer = Importer("codes", "Codes", (Field("code", "Code", required=True),),
                    lambda rows, _p: Checked([r.values for r in rows]), save)
person, new = User.objects.get_or_create(email="ana@farol.example", defaults={"name": "Ana"})
if new:
    person.roles.add(Role.objects.create(slug="importer", name="x", rights=["import"]))
    run = ImportRun(importer="codes", person=person, file_name="x.xlsx", digest="x", rows=rows, state="saving")
    kept.keep_lines(run.token, [Line(1, ["Code"]), *(Line(n + 2, [f"c-{n}"]) for n in range(rows))])
    run.save()
run = ImportRun.objects.get()
ImportRun.objects.update(state="saving")
run.refresh_from_db()
services.save(run, importer, principal_of(person))
run.refresh_from_db()
print(run.state, run.bad_rows, Role.objects.filter(slug__startswith="c-").count())
"""  # fmt: skip
COUNT = """
import django; django.setup()
from farol.platform.accounts.models import Role
from farol.platform.imports.models import ImportRun
print(ImportRun.objects.get().state, Role.objects.filter(slug__startswith="c-").count())
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
    name = f"farol_import_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**environment, "FAROL_DATABASE_URL": url._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(environment: dict[str, str], *arguments: str, code: int = 0) -> str:
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.both
@pytest.mark.slow
def test_a_killed_import_leaves_nothing_and_can_be_tried_again(database, tmp_path):
    """The key file is made first: each process must be able to read what another kept."""
    python(database, "-m", "farol.cli", "init")
    at = random.Random(11).randrange(ROWS)
    python(database, "-c", WORLD, str(at), "-1", str(ROWS), code=-signal.SIGKILL)
    assert python(database, "-c", COUNT) == "saving 0"
    assert python(database, "-c", WORLD, "-1", str(at), str(ROWS)) == "bad 1 0"
    assert python(database, "-c", WORLD, "-1", "-1", str(ROWS)) == f"done 0 {ROWS}"
    assert not list((tmp_path / "imports").iterdir())
