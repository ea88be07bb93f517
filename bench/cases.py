"""A million cases with three million items: list, filter, search and detail for fifty people on either database.

Beside them, in the same database, what a plain application does for the same list: an exact count, OFFSET, a search
with "contains". Then transitions through the one door beside the same rows written by bare SQL, and a file of 50,000
rows while everybody works. PostgreSQL is the one of FAROL_BENCH_POSTGRES (default: a local server).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.harness import SCRATCH, Row
from bench.pages import PASSWORD, sign_in

PORT, PEOPLE, SECONDS, CASES = "8797", 50, int(os.environ.get("FAROL_BENCH_SECONDS", 25)), 1_000_000
ADDRESS = f"http://127.0.0.1:{PORT}"
SETTLED = 15
SERVER = os.environ.get("FAROL_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
READER, EXPORTER = "bench@example.com", "export@example.com"
ENGINES = {"SQLite": "sqlite:///", "PostgreSQL": f"{SERVER}/farol_bench_cases"}
VIEWS = {
    "list": lambda rng: "/garantias",
    "filtered list": lambda rng: f"/garantias?state={rng.choice(['pending', 'generated', 'verified'])}",
    "search": lambda rng: f"/garantias?q=PED-{rng.randrange(200):04d}-{rng.randrange(CASES // 200)}",
    "detail": lambda rng: f"/garantias/GT-{rng.randrange(1, CASES):09d}",
}


def run() -> Iterator[Row]:
    for engine, url in ENGINES.items():
        home = SCRATCH / f"cases-{engine.lower()}"
        env = environment(home, url)
        prepare(home, env, url)
        yield from _work(engine, env, "plain")
        with served(home, env) as (reader, exporter):
            log = home / "pages.log"
            for name, address in VIEWS.items():
                yield _crowd_row(engine, name, reader, log, address)
            yield _while_exporting(engine, reader, exporter, log)
        yield from _work(engine, env, "transitions")


def environment(home: Path, url: str) -> dict[str, str]:
    own = {
        "FAROL_HOME": str(home),
        "FAROL_DATABASE_URL": url,
        "FAROL_PORT": PORT,
        "FAROL_STREAM_PORT": "8798",
        "FAROL_PUBLIC_URL": ADDRESS,
        "FAROL_LOG_FORMAT": "json",
    }
    return {**os.environ, **own}


def prepare(home: Path, env: dict[str, str], url: str) -> None:
    """The installation with its million, made once."""
    if (home / "ready").exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    if url.startswith("postgres"):
        import psycopg

        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS farol_bench_cases WITH (FORCE)")
            connection.execute("CREATE DATABASE farol_bench_cases")
    farol = [sys.executable, "-m", "farol.cli"]
    subprocess.run([*farol, "init"], env=env, check=True)
    for email in (READER, EXPORTER):
        command = [*farol, "user", "create", email, "--role", "super_admin", "--password-stdin"]
        subprocess.run(command, input=PASSWORD + "\n", text=True, env=env, check=True)
    subprocess.run([sys.executable, "-m", "bench.cases_data", str(CASES)], env=env, check=True)
    (home / "ready").touch()


def _work(engine: str, env: dict[str, str], what: str) -> Iterator[Row]:
    """Rows measured in a process of their own on the same installation."""
    command = [sys.executable, "-m", "bench.cases_data", what]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    for row in json.loads(done.stdout.strip().splitlines()[-1]):
        yield Row(f"{engine}: {row[0]}", *row[1:])


@contextmanager
def served(home: Path, env: dict[str, str]) -> Iterator[tuple[httpx.Cookies, httpx.Cookies]]:
    """Cookies of who reads and of who exports."""
    with (home / "pages.log").open("w") as log:
        command = [sys.executable, "-m", "farol.cli", "up", "--port", PORT]
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            reader, exporter = sign_in(ADDRESS, READER), sign_in(ADDRESS, EXPORTER)
            time.sleep(SETTLED)  # the worker catches up on what it missed while nothing ran
            _warm(reader)
            yield reader, exporter
        finally:
            server.terminate()
            server.wait(60)


def _warm(cookies: httpx.Cookies) -> None:
    """Every page process has read its templates before it is timed."""
    with httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60) as client:
        for at in range(10 * len(VIEWS)):
            client.get(list(VIEWS.values())[at % len(VIEWS)](random.Random(at)))


def _crowd_row(
    engine: str, name: str, cookies: httpx.Cookies, log: Path, address: Callable[[random.Random], str]
) -> Row:
    mark = log.stat().st_size
    wrong = _crowd(cookies, address)
    times = _times(log.read_bytes()[mark:].decode())
    p95 = statistics.quantiles(times, n=20)[-1]
    what = f"{engine}: {name}, {PEOPLE} people, {len(times)} views, p95"
    return Row(what, f"{p95:.0f} ms (p50 {statistics.median(times):.0f}, errors {wrong})", "", "", "< 100 ms")


def _while_exporting(engine: str, cookies: httpx.Cookies, others: httpx.Cookies, log: Path) -> Row:
    """The mixed crowd while files of 50,000 rows are made one after the other."""
    stop, taken = threading.Event(), []

    def export() -> None:
        with httpx.Client(base_url=ADDRESS, cookies=others, timeout=600) as client:
            while not stop.is_set():
                started = time.perf_counter()
                client.get("/garantias?channel=Amazon&export=xlsx").raise_for_status()
                taken.append(time.perf_counter() - started)

    exporter = threading.Thread(target=export)
    exporter.start()
    try:
        row = _crowd_row(
            engine,
            "all four views while a file of 50,000 rows is made",
            cookies,
            log,
            lambda rng: rng.choice(list(VIEWS.values()))(rng),
        )
    finally:
        stop.set()
        exporter.join()
    return Row(f"{row.what} (a file: {statistics.median(taken):.1f} s)", row.ours, "", "", row.bar)


def _crowd(cookies: httpx.Cookies, address: Callable[[random.Random], str]) -> int:
    """Everybody looks, thinks two to five seconds, and looks again; how many answers were not 200."""
    wrong: list[int] = []
    end = time.monotonic() + SECONDS

    def person(seed: int) -> None:
        rng = random.Random(seed)
        time.sleep(rng.uniform(0, 4))
        while time.monotonic() < end:
            status = client.get(address(rng)).status_code
            if status != 200:
                wrong.append(status)
            time.sleep(rng.uniform(2, 5))

    # one client for all: fifty of them would spend the machine's time on their certificates
    with httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60) as client:
        crowd = [threading.Thread(target=person, args=(seed,)) for seed in range(PEOPLE)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
    return len(wrong)


def _times(log: str) -> list[float]:
    """The server's own times of what the crowd looked at; who shows up most often is the crowd's person."""
    found: dict[int, list[float]] = {}
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("name") == "farol.access" and str(entry.get("route", "")).startswith("garantias"):
            found.setdefault(entry["user"], []).append(float(entry["ms"]))
    return max(found.values(), key=len)
