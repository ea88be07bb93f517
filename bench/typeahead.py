"""Customers while typing, at a million of them, on either database; beside `name ILIKE '%text%'` on the same table.

PostgreSQL is the one of FAROL_BENCH_POSTGRES (default: a local server). FAROL_BENCH_CUSTOMERS makes it smaller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.harness import SCRATCH, Row

SERVER = os.environ.get("FAROL_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
NAME = "farol_bench_typeahead"
ENGINES = {"SQLite": "sqlite:///", "PostgreSQL": f"{SERVER}/{NAME}"}


def run() -> Iterator[Row]:
    count = int(os.environ.get("FAROL_BENCH_CUSTOMERS", "1000000"))
    for engine, url in ENGINES.items():
        home = SCRATCH / f"typeahead-{engine.lower()}-{count}"
        env = {**os.environ, "FAROL_HOME": str(home), "FAROL_DATABASE_URL": url}
        prepare(home, env, url, count)
        command = [sys.executable, "-m", "bench.typeahead_data", "measure"]
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        for what, ours, rival, ratio in json.loads(done.stdout.strip().splitlines()[-1]):
            yield Row(f"{engine}: {what}, {count:,} customers", ours, rival, ratio, "< 150 ms")


def prepare(home: Path, env: dict[str, str], url: str, count: int) -> None:
    """The installation with its customers, made once."""
    if (home / "ready").exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    if url.startswith("postgres"):
        import psycopg

        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME}")
    subprocess.run([sys.executable, "-m", "farol.cli", "init"], env=env, check=True)
    subprocess.run([sys.executable, "-m", "bench.typeahead_data", "build", str(count)], env=env, check=True)
    (home / "ready").touch()
