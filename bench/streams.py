"""Pages while nobody and while a hundred people have a stream open, and somebody is told something every second.

Each of the hundred is a person of their own with notices of their own; the two states alternate, so that what the
machine does besides touches both.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from bench.harness import ROOT, SCRATCH, Row, tree_memory

PORT, STREAM_PORT = 8797, 8798
ADDRESS = f"http://127.0.0.1:{PORT}"
PEOPLE, UNREAD, ROUNDS, VIEWS = 100, 20, 4, 150
PAGES = ("/avisos", "/perfil")
SETUP = """
import django, json, sys; django.setup()
from django.test import Client
from farol.platform.accounts.models import Role, User
from farol.platform.notifications.models import Notification
people, unread = int(sys.argv[1]), int(sys.argv[2])
users = User.objects.bulk_create(User(email=f"p{n}@example.com", name=f"P {n}") for n in range(people))
role = Role.objects.get(slug=sys.argv[3])
role.users.add(*users)
Notification.objects.bulk_create(
    Notification(person=u, code="bench", category="data", params={"n": n}) for u in users for n in range(unread))
clients = [Client() for _ in users]
for client, user in zip(clients, users, strict=True): client.force_login(user)
print(json.dumps([{c.key: c.value for c in client.cookies.values()} for client in clients]))
"""
TELL = """
import django, time; django.setup()
from farol.platform.notifications.models import Notification
people = list(Notification.objects.values_list("person", flat=True).distinct())
for n in range(10**6):
    Notification.objects.create(person_id=people[n % len(people)], code="bench", category="data")
    time.sleep(1)
"""


def run() -> Iterator[Row]:
    with portal() as (cookies, process):
        quiet: list[float] = []
        busy: list[float] = []
        view(cookies[0], 40)
        for _round in range(ROUNDS):
            quiet += view(cookies[0], VIEWS)
            with streams(cookies) as heard:
                time.sleep(4)
                busy += view(cookies[0], VIEWS)
                memory = tree_memory(process)
            said = sum(heard)
    none, many = _p95(quiet), _p95(busy)
    what = f"a page, p95 of {len(busy)} views, {PEOPLE} open streams against none"
    yield Row(what, f"{many:.1f} ms", f"{none:.1f} ms", f"{many / none:.2f} x", "not slower")
    some, rest = statistics.median(busy), statistics.median(quiet)
    yield Row("the same, median", f"{some:.1f} ms", f"{rest:.1f} ms", f"{some / rest:.2f} x", "")
    yield Row("events heard in the last round", str(said), "", "", f"> {PEOPLE}")
    yield Row("memory of web, stream and worker meanwhile (PSS)", f"{memory:.0f} MiB", "", "", "< 1,024 MiB")


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def portal(role: str = "cs_analyst") -> Iterator[tuple[list[dict[str, str]], int]]:
    """A fresh installation with a hundred signed-in people: their cookies, and the process that serves."""
    home = SCRATCH / "streams"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    own = {
        "FAROL_HOME": str(home),
        "FAROL_DATABASE_URL": os.environ.get("FAROL_DATABASE_URL", "sqlite:///"),
        "FAROL_PUBLIC_URL": ADDRESS,
        "FAROL_STREAM_PORT": str(STREAM_PORT),
        "FAROL_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "farol.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    env = {**os.environ, **own}
    python = sys.executable
    subprocess.run([python, "-m", "farol.cli", "init"], env=env, check=True, capture_output=True)
    made = subprocess.run(
        [python, "-c", SETUP, str(PEOPLE), str(UNREAD), role], env=env, check=True, capture_output=True
    )
    with ExitStack() as stack:
        for command in (["-m", "farol.cli", "up", "--port", str(PORT)], ["-c", TELL]):
            process = subprocess.Popen([python, *command], env=env, stderr=subprocess.DEVNULL)
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
            if command[0] == "-m":
                serving = process.pid
                _ready()
        yield json.loads(made.stdout.splitlines()[-1]), serving


def _ready() -> None:
    for _try in range(120):
        try:
            httpx.get(f"{ADDRESS}/healthz")
            socket.create_connection(("127.0.0.1", STREAM_PORT)).close()
            return
        except (httpx.HTTPError, OSError):
            time.sleep(0.5)
    raise SystemExit("bench: the portal did not answer")


def view(cookies: dict[str, str], times: int) -> list[float]:
    """Milliseconds of views one after the other."""
    taken = []
    with httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60) as client:
        for view in range(times):
            started = time.perf_counter()
            client.get(PAGES[view % len(PAGES)]).raise_for_status()
            taken.append(1000 * (time.perf_counter() - started))
    return taken


@contextmanager
def streams(cookies: list[dict[str, str]]) -> Iterator[list[int]]:
    """Everybody listens. One thread reads them all; the number of events each has heard."""
    heard, connections = [0] * len(cookies), []
    with ExitStack() as stack:
        for own in cookies:
            with httpx.Client(base_url=ADDRESS, cookies=own) as client:
                ticket = client.get("/avisos/bilhete?topics=notifications").json()["ticket"]
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", STREAM_PORT)))
            connection.sendall(f"GET /stream?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            connection.setblocking(False)
            connections.append(connection)
        over = threading.Event()
        reader = threading.Thread(target=_read, args=(connections, heard, over))
        reader.start()
        stack.callback(reader.join)
        stack.callback(over.set)
        yield heard


def _read(connections: list[socket.socket], heard: list[int], over: threading.Event) -> None:
    while not over.wait(0.2):
        for place, connection in enumerate(connections):
            try:
                heard[place] += connection.recv(65536).count(b"event: notifications")
            except BlockingIOError:
                continue


if __name__ == "__main__":
    for row in run():
        print(row)
