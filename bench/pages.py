"""Fifty people on the pages for a while, one view in ten the dashboard over 90 days of ten million facts.

Times are the server's own, from its access lines: the load generator shares the two cores.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bench.harness import HOME, SCRATCH, Row, farol, installation, tree_memory

PORT, SECONDS, PEOPLE = "8795", 60, 50
ADDRESS = f"http://127.0.0.1:{PORT}"
PASSWORD = "uma senha comprida 42"
PAGES = ["/", "/alertas", "/relatorios", "/fontes", "/perfil"]
DASHBOARD = "/analises/pagamentos/?period=90d"


LOG = SCRATCH / "pages.log"


@contextmanager
def portal() -> Iterator[tuple[httpx.Cookies, int]]:
    """The scratch installation served: cookies of somebody signed in, and the process. `LOG` has its access lines."""
    installation()
    _person()
    own = {
        "FAROL_HOME": str(HOME),
        "FAROL_LOG_FORMAT": "json",
        "FAROL_STREAM_PORT": "8796",
        "FAROL_PUBLIC_URL": ADDRESS,
    }
    command = [sys.executable, "-m", "farol.cli", "up", "--port", PORT]
    with LOG.open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            yield sign_in(ADDRESS), server.pid
        finally:
            server.terminate()
            server.wait(60)


def run() -> Iterator[Row]:
    with portal() as (cookies, process):
        started = time.perf_counter()
        _visit(cookies, DASHBOARD)
        first = time.perf_counter() - started
        for _ in range(12):  # every page process keeps answers of its own
            _visit(cookies, DASHBOARD)
        mark = LOG.stat().st_size
        errors = _crowd(cookies)
        memory = tree_memory(process)
    times = _times(LOG.read_bytes()[mark:].decode())
    for name, label in (("page", "ordinary pages"), ("dashboard", "dashboard, page and cards")):
        p50, p95 = statistics.median(times[name]), statistics.quantiles(times[name], n=20)[-1]
        bar = "< 100 ms" if name == "page" else "< 300 ms"
        yield Row(
            f"{label}, {PEOPLE} people, {len(times[name])} views, p95", f"{p95:.0f} ms (p50 {p50:.0f})", "", "", bar
        )
    yield Row("the very first dashboard after a publish (nothing kept)", f"{1000 * first:.0f} ms", "", "", "")
    yield Row("errors in that time", str(errors), "", "", "0")
    yield Row("memory of web, stream and worker after it (PSS)", f"{memory:.0f} MiB", "", "", "< 1,024 MiB")


def _person() -> None:
    if "bench@example.com" not in farol("user", "list", "--json")[2]:
        env = {**os.environ, "FAROL_HOME": str(HOME)}
        command = [sys.executable, "-m", "farol.cli", "user", "create", "bench@example.com"]
        roles = ["--role", "super_admin", "--role", "manager", "--password-stdin"]
        subprocess.run([*command, *roles], input=PASSWORD + "\n", text=True, env=env, check=True)


def sign_in(address: str, email: str = "bench@example.com") -> httpx.Cookies:
    """The cookies of a person, once the portal answers."""
    _ready(address)
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = client.get("/entrar").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = {"csrfmiddlewaretoken": token, "email": email, "password": PASSWORD}
        client.post("/entrar", data=form, headers={"Referer": address}).raise_for_status()
        return client.cookies


def _ready(address: str) -> None:
    for _ in range(120):
        try:
            httpx.get(f"{address}/healthz")
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit("bench: the portal did not answer")


def _visit(cookies: httpx.Cookies, path: str) -> int:
    with httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60) as client:
        return client.get(path).status_code


def _crowd(cookies: httpx.Cookies) -> int:
    """Everybody looks at a page, thinks two to five seconds, and looks again; how many answers were not 200."""
    wrong: list[int] = []
    end = time.monotonic() + SECONDS

    def person(seed: int) -> None:
        rng = random.Random(seed)
        time.sleep(rng.uniform(0, 4))
        with httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60) as client:
            while time.monotonic() < end:
                path = DASHBOARD if rng.random() < 0.1 else rng.choice(PAGES)
                status = client.get(path, follow_redirects=True).status_code
                if status != 200:
                    wrong.append(status)
                time.sleep(rng.uniform(2, 5))

    crowd = [threading.Thread(target=person, args=(seed,)) for seed in range(PEOPLE)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return len(wrong)


def _times(log: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("name") == "farol.access" and entry.get("status") == 200:
            found["dashboard" if entry["route"].startswith("analises/") else "page"].append(float(entry["ms"]))
    return found
