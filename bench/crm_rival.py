"""The six modules of the commercial area beside the way of the replaced system: pandas over MariaDB."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pymysql

from bench.harness import ROOT, SCRATCH, Row, child, rivals_python

EXPORTS = {
    "leads": 'SELECT * FROM "lead"',
    "events": "SELECT id, type, lead_id, created_by, created_at, from_status, to_status FROM event",
    "tasks": "SELECT id, kind, lead_id, responsible_id, created_at, due_at, completed_at, completed FROM task",
    "notes": "SELECT id, type, lead_id, created_by, created_at, duration FROM note",
}
FIGURES = (
    "SELECT unnest(['leads', 'hours to the first answer', 'won', 'revenue', 'days to closing']), unnest([count(*),"
    " sum(response_seconds) / 3600, sum(won), sum(value_centavos) FILTER (won = 1) / 100, sum(cycle_days)]) FROM lead",
    "SELECT 'moves', count(*) FROM stage_interval WHERE is_first = 0",
    "SELECT unnest(['activities', 'done']), unnest([count(*), count(*) FILTER (task = 0 OR completed = 1)])"
    " FROM activity",
    "SELECT 'of ' || responsible_id, sum(revenue_centavos) / 100 FROM deal GROUP BY responsible_id",
    "SELECT 'in ' || strftime(closed_day, '%Y-%m'), sum(revenue_centavos) / 100 FROM deal GROUP BY ALL",
)
"""What the published tables tell, by the names under which the rival tells it."""


def rival_row(home: Path, ours: float) -> Row:
    """Our rebuild of the same records (`ours` seconds, checks and publication included) beside the loops.

    Needs a MariaDB at FAROL_TEST_MARIADB; its database is dropped afterwards.
    """
    what = "the six modules' tables from the same records"
    address = os.environ.get("FAROL_TEST_MARIADB")
    if not address:
        return Row(what, f"{ours:.1f} s", "no MariaDB here", "", "≥ 10 x")
    folder = SCRATCH / "crm-csv"
    _export(home, folder)
    parts = urlsplit(address)
    server = {"host": parts.hostname, "port": parts.port or 3306, "user": parts.username or "root"}
    server["password"] = parts.password or ""
    name = f"farol_bench_{int(time.time())}"
    _tell(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        connection = json.dumps({**server, "database": name})
        *_cost, output = child(rivals_python(), ROOT / "bench/crm_pandas.py", folder, connection)
    finally:
        _tell(server, f"DROP DATABASE {name}")
    found = json.loads(output.strip().splitlines()[-1])
    _compare(home, found["figures"])
    theirs = found["seconds"]
    return Row(what, f"{ours:.1f} s", f"pandas over MariaDB {theirs:.1f} s", f"{theirs / ours:.0f} x faster", "≥ 10 x")


def _compare(home: Path, theirs: dict[str, float]) -> None:
    """Ends the run where the figures of the two differ."""
    published = max((home / "warehouse/crm").glob("v*.duckdb"), key=os.path.getmtime)
    with duckdb.connect(str(published), read_only=True) as connection:
        ours = {name: float(value) for select in FIGURES for name, value in connection.execute(select).fetchall()}
    for name in ours.keys() | theirs.keys():
        if not math.isclose(ours.get(name, math.nan), theirs.get(name, math.nan), rel_tol=1e-9):
            raise SystemExit(f"bench: {name}: {ours.get(name)} here, {theirs.get(name)} in pandas")


def _export(home: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home / "warehouse/crm/landing.duckdb"), read_only=True) as connection:
        for name, select in EXPORTS.items():
            connection.execute(f"COPY ({select}) TO '{folder / name}.csv' (HEADER)")


def _tell(server: dict[str, object], statement: str) -> None:
    with pymysql.connect(**server) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
