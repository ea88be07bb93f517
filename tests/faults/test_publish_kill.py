"""C3: writers are killed at random moments while readers in other processes ask all the time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SCRIPT = Path(__file__).with_name("warehouse_process.py")
pytestmark = pytest.mark.alone
SEED = int(os.environ.get("FAROL_TEST_SEED", "7"))


@contextmanager
def process(log: Path, *arguments: object, warehouse: str) -> Iterator[subprocess.Popen]:
    env = {**os.environ, "FAROL_WAREHOUSE": warehouse, "FAROL_DATABASE_URL": "sqlite:///", "FAROL_LOG_LEVEL": "ERROR"}
    with log.open("a") as out:
        child = subprocess.Popen([sys.executable, str(SCRIPT), *map(str, arguments)], stdout=out, stderr=out, env=env)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def storm(
    home: Path, *, kills: int, rows: int, writer: str = "write", warehouse: str = "duckdb"
) -> tuple[list[str], list[str]]:
    """Kill `kills` writers while two readers look; (what the readers said, what the writers said)."""
    rng = random.Random(SEED)
    writers, one, two = home / "writers.log", home / "reader1.log", home / "reader2.log"
    first = home / "first.log"
    with process(first, "write", home, rows, warehouse=warehouse):
        wait_for(first, "published 1")
    with process(one, "read", home, warehouse=warehouse), process(two, "read", home, warehouse=warehouse):
        wait_for(one, "ok")
        for _kill in range(kills):
            start = writers.stat().st_size if writers.exists() else 0
            with process(writers, writer, home, rows, warehouse=warehouse):
                wait_for(writers, "ready", start)
                time.sleep(rng.uniform(0.0, 0.7))
        with process(writers, writer, home, rows, warehouse=warehouse):
            wait_for(writers, "published", writers.stat().st_size)
        time.sleep(0.5)
    looks = [line for log in (one, two) for line in log.read_text().splitlines()[1:-1]]
    return looks, writers.read_text().splitlines()


def wait_for(log: Path, word: str, start: int = 0, seconds: float = 30) -> None:
    patience = time.monotonic() + seconds
    while word not in (log.read_text()[start:] if log.exists() else ""):
        if time.monotonic() > patience:
            raise AssertionError(f"{word!r} never came: {log.read_text()[-2000:]}")
        time.sleep(0.02)


def orphans(home: Path) -> list[str]:
    import json

    folder = home / "warehouse" / "torn"
    named = {f"v{v['number']}.duckdb" for v in json.loads((folder / "catalog.json").read_text())["versions"]}
    return [p.name for p in folder.glob("v*.duckdb*") if p.name not in named]


def test_killed_publications_are_never_seen(tmp_path):
    looks, writers = storm(tmp_path, kills=8, rows=20_000)
    assert set(looks) == {"ok"}, sorted(set(looks))
    assert any("published" in line for line in writers), writers
    assert len(looks) > 20
    assert len(orphans(tmp_path)) <= 1


@pytest.mark.slow
def test_killed_publications_are_never_seen_in_size(tmp_path):
    looks, _writers = storm(tmp_path, kills=40, rows=200_000)
    assert set(looks) == {"ok"}, sorted(set(looks))
    assert len(orphans(tmp_path)) <= 1


def test_control_tables_published_separately_are_caught(tmp_path):
    looks, _writers = storm(tmp_path, kills=3, rows=2_000, writer="tear")
    assert any(line.startswith("torn") for line in looks), sorted(set(looks))


@pytest.mark.postgres
def test_killed_publications_are_never_seen_on_postgres(tmp_path):
    warehouse = os.environ.get("FAROL_TEST_POSTGRES", "")
    if not warehouse:
        pytest.skip("needs FAROL_TEST_POSTGRES=postgresql://… (./dev test finds or starts one)")
    forget(warehouse)
    try:
        looks, _writers = storm(tmp_path, kills=6, rows=2_000, warehouse=warehouse)
        assert set(looks) == {"ok"}, sorted(set(looks))
    finally:
        forget(warehouse)


def test_killed_publications_are_never_seen_on_mariadb(tmp_path):
    server = os.environ.get("FAROL_TEST_MARIADB", "")
    if not server:
        pytest.skip("needs FAROL_TEST_MARIADB=mysql://… (./dev test finds or starts one)")
    import pymysql

    from farol.engines.warehouse import mysql

    name = f"farol_kill_{os.getpid()}"
    warehouse = urlsplit(server)._replace(path=f"/{name}").geturl()
    with pymysql.connect(**{**mysql.options(server), "database": None}).cursor() as outside:
        outside.execute(f"CREATE DATABASE {name}")
        try:
            looks, writers = storm(tmp_path, kills=6, rows=2_000, warehouse=warehouse)
            assert set(looks) == {"ok"}, sorted(set(looks))
            assert any("published" in line for line in writers), writers
        finally:
            outside.execute(f"DROP DATABASE {name}")


def forget(warehouse: str) -> None:
    import psycopg

    with psycopg.connect(warehouse, autocommit=True) as connection:
        for schema in ("bi", "farol_warehouse"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
