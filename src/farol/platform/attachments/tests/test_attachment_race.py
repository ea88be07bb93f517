"""The quota of a day holds when a person sends many files at the same moment; with real connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

RACE = """
import json, sys, threading
import django; django.setup()
from contextlib import nullcontext
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from farol.core.errors import Refused
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal
from farol.platform import attachments
from farol.platform.attachments import services
from farol.platform.attachments.models import Attachment

settings.FAROL_ATTACHMENT_DAILY_MB = 1
if sys.argv[1] == "without":
    class Unlocked:
        def __getattr__(self, name): return lambda *a, **k: self
        def __iter__(self): return iter(())
    services.User.objects.select_for_update = lambda: Unlocked()
    services.transaction.atomic = nullcontext
user = User.objects.create_user(f"{sys.argv[1]}@farol.example", "long enough 123")
ana = Principal(frozenset(), user, "ana")
barrier, refused = threading.Barrier(8), []

def send(number):
    barrier.wait()
    try:
        text = (str(number) + " row of text\\n") * 40_000
        attachments.attach(f"warranties:{number}", SimpleUploadedFile("a.txt", text.encode()), ana)
    except Refused:
        refused.append(number)
    finally:
        connection.close()

threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(json.dumps([Attachment.objects.filter(person=user).count(), len(refused)]))
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The environment of a migrated, empty database of this run's engine."""
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "FAROL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
    if os.environ["FAROL_TEST_ENGINE"] == "sqlite":
        environment["FAROL_DATABASE_URL"] = "sqlite:///"
        python(environment, "-m", "django", "migrate", "--verbosity=0")
        yield environment
        return
    import psycopg

    url = urlsplit(os.environ["FAROL_TEST_POSTGRES"])
    name = f"farol_attachments_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        environment["FAROL_DATABASE_URL"] = url._replace(path=f"/{name}").geturl()
        python(environment, "-m", "django", "migrate", "--verbosity=0")
        yield environment
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def race(environment: dict[str, str], mode: str) -> list[int]:
    return json.loads(python(environment, "-c", RACE, mode))


def test_files_sent_at_once_do_not_pass_the_quota_together(database):
    kept, refused = race(database, "with")
    assert (kept, refused) == (1, 7)


def test_without_the_lock_they_do(database):
    """Control: the same files, the check outside of a transaction."""
    kept, _refused = race(database, "without")
    assert kept > 1
