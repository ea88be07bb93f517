"""A real installation in a folder of its own, driven by the command line and by processes that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.environment import ENGINE, POSTGRES


def wait_for(condition: Callable[[], Any], seconds: float = 60.0, what: str = "") -> Any:
    """The first true answer of `condition`; a failure after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"did not happen within {seconds} s: {what or condition}")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Installation:
    def __init__(self, home: Path, database: str) -> None:
        self.home, self.database = home, database
        self.processes: list[subprocess.Popen] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FAROL_")},
            "FAROL_HOME": str(home),
            "FAROL_DATABASE_URL": database,
            "FAROL_LOG_FORMAT": "json",
            "FAROL_WEB_PROCESSES": "1",
            "DJANGO_SETTINGS_MODULE": "farol.config.settings",
        }

    def farol(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "farol.cli", *arguments]
        env = {**self.environment, **environment}
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=180, check=False)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        log = (self.home / f"log-{len(self.processes)}.txt").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "farol.cli", *arguments],
            env={**self.environment, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def python(self, code: str) -> Any:
        """Run code inside this installation; what it prints as JSON in the last line."""
        head = "import json, django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", head + code],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None

    def script(self, code: str) -> subprocess.Popen:
        """Code that runs beside the test until it ends or is killed."""
        head = "import json, django; django.setup()\n"
        process = subprocess.Popen([sys.executable, "-c", head + code], env=self.environment)
        self.processes.append(process)
        return process

    def log(self) -> str:
        return "".join(path.read_text() for path in self.home.glob("log-*.txt"))

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def get(url: str, **headers: str) -> tuple[int, str]:
    """Status and body; (0, "") if nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.fixture
def tools():
    """The helpers above, for tests that cannot import a conftest."""

    class Tools:
        get, wait_for, free_ports = staticmethod(get), staticmethod(wait_for), staticmethod(free_ports)
        administer = staticmethod(administer)

    return Tools


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """One prepared installation that every test gets a copy of."""
    home = tmp_path_factory.mktemp("template") / "home"
    home.mkdir()
    database = new_database()
    installation = Installation(home, url_of(database))
    done = installation.farol("init")
    assert done.returncode == 0, done.stderr
    yield installation, database
    drop_database(database)


@pytest.fixture
def make_installation(tmp_path, template):
    made: list[tuple[Installation, str]] = []

    def make(name: str = "home", *, empty: bool = False) -> Installation:
        """A copy of the template, or (`empty`) one that nobody has prepared."""
        home = tmp_path / name
        home.mkdir() if empty else shutil.copytree(template[0].home, home)
        database = new_database("" if empty else template[1])
        installation = Installation(home, url_of(database))
        made.append((installation, database))
        return installation

    yield make
    for installation, database in made:
        installation.close()
        drop_database(database)


@pytest.fixture
def installation(make_installation) -> Installation:
    return make_installation()


def administer(statement: str) -> None:
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as admin:
        admin.execute(statement)


def new_database(like: str = "") -> str:
    """A new PostgreSQL database, a copy of `like` where given; empty on SQLite."""
    if ENGINE != "postgres":
        return ""
    name = f"farol_{uuid.uuid4().hex[:12]}"
    administer(f"CREATE DATABASE {name} TEMPLATE {like}" if like else f"CREATE DATABASE {name}")
    return name


def drop_database(name: str) -> None:
    if name:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(database: str) -> str:
    return f"{POSTGRES.rpartition('/')[0]}/{database}" if database else "sqlite:///"
