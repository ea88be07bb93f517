"""A real installation with a real page server, for bars that must go through the door."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

# of a control: the server runs with one module changed after its import, as if somebody had taken the lock out of it
MUTANT = """
import importlib.machinery, sys

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != {module!r}:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (run(module), exec({code!r}, module.__dict__))[0]
        return spec

sys.meta_path.insert(0, Finder)
"""
CREW = """
import django, json, sys; django.setup()
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR
made = {}
for name, role in json.loads(sys.argv[1]).items():
    user = User.objects.create(email=f"{name}@example.com", name=name)
    user.roles.add(Role.objects.get(slug=role))
    made[name] = tokens.create(OPERATOR, user, "bar")[0]
print(json.dumps(made))
"""
PASSWORD = "uma senha comprida 9"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(home) as server:` on the operational database that this test run uses.

    `mutant` is a module and the code that spoils it, for controls.
    """

    def __init__(self, home: Path, mutant: tuple[str, str] | None = None) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._stack = ExitStack()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("FAROL_")} | {
            "FAROL_HOME": str(home),
            "FAROL_PUBLIC_URL": self.address,
            "FAROL_LOG_LEVEL": "WARNING",
            "FAROL_DATABASE_URL": self._database(),
        }
        home.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen | None = None
        self.spoil = {"PYTHONPATH": self._mutant(home, *mutant)} if mutant else {}
        self.log = (home / "server.log").open("w+")
        self._stack.callback(self.log.close)

    @staticmethod
    def _mutant(home: Path, module: str, code: str) -> str:
        folder = home / "mutant"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(MUTANT.format(module=module, code=code))
        return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])

    def _database(self) -> str:
        if os.environ.get("FAROL_TEST_ENGINE") != "postgres":
            return "sqlite:///"
        name, address = f"farol_bar_{uuid.uuid4().hex[:10]}", urlsplit(os.environ["FAROL_TEST_POSTGRES"])
        with psycopg.connect(urlunsplit(address), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self._stack.callback(self._drop, urlunsplit(address), name)
        return urlunsplit(address._replace(path="/" + name))

    @staticmethod
    def _drop(address: str, name: str) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def farol(self, *arguments: str, text: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "farol.cli", *arguments],
            env=self.env, input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stderr[-2000:]}"
        return done.stdout

    def add(self, email: str, role: str = "manager") -> None:
        self.farol("user", "create", email, "--role", role, "--password-stdin", text=PASSWORD + "\n")

    def __enter__(self) -> Server:
        self.farol("init")
        self._stack.callback(self.stop)
        self.start()
        return self

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "farol.cli", "serve", "--port", str(self.port)],
            env={**self.env, **self.spoil}, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        for _try in range(300):
            try:
                httpx.get(self.address + "/healthz")
                return
            except httpx.TransportError:
                time.sleep(0.2)
        raise AssertionError(self.written())

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def client(self, email: str) -> httpx.Client:
        """A client of the REST interface, with a token of this person."""
        return self._bearer(json.loads(self.farol("token", "create", email, "--json"))["token"])

    def crew(self, **roles: str) -> dict[str, httpx.Client]:
        """People with these roles, in one go, each with a client of the REST interface."""
        done = subprocess.run(
            [sys.executable, "-c", CREW, json.dumps(roles)],
            env={**self.env, "DJANGO_SETTINGS_MODULE": "farol.config.settings"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        tokens = json.loads(done.stdout.splitlines()[-1])
        return {name: self._bearer(token) for name, token in tokens.items()}

    def _bearer(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.address + "/api/v1", headers=headers, timeout=60)

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def written(self) -> str:
        """What the server logged so far."""
        self.log.flush()
        return Path(self.log.name).read_text()

    def browser(self, **headers: str) -> httpx.Client:
        """A client that holds the cookie and sends the token that forms ask for."""
        client = httpx.Client(base_url=self.address, headers=headers, timeout=60)
        client.get("/entrar")
        arm(client, "/entrar")
        client.headers["Origin"] = self.address
        return client


def arm(client: httpx.Client, page: str) -> None:
    """Take the token of forms from a page; a log-in makes a new one."""
    text = client.get(page).text
    client.headers["X-CSRFToken"] = text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
