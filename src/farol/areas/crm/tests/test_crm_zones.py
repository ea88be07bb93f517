"""Days are local days, whatever zone the server keeps and whenever the load runs."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from farol.areas.crm.tests.company import ZONE
from farol.areas.crm.tests.zones import edges
from farol.engines.warehouse import mysql

# zone of the server, and when the load runs: both sides of midnight in the business zone
SERVERS = (
    ("UTC", "2026-11-21T23:30:00-03:00"),
    ("America/Sao_Paulo", "2026-11-22T00:10:00-03:00"),
    ("Asia/Tokyo", "2026-11-21T23:30:00-03:00"),
)


def told_by(zone: str, instant: str, warehouse: str, home) -> dict:
    home.mkdir()
    environment = {**os.environ, "TZ": zone, "PGTZ": zone}
    words = [sys.executable, "-m", "farol.areas.crm.tests.zones", str(home), instant, warehouse]
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_every_cell_is_the_same_whatever_the_zone_of_the_server(tmp_path):
    utc, *others = (told_by(*server, "duckdb", tmp_path / str(n)) for n, server in enumerate(SERVERS))
    days = {row.split(" | ")[1]: row for row in utc["lead"]}
    for lead, moment in edges().items():
        assert f" | {dt.datetime.fromtimestamp(moment, ZONE).date()} | " in days[lead], lead
    for other in others:
        different = [name for name in utc if utc[name] != other[name]]
        assert different == []


@pytest.mark.postgres
@pytest.mark.alone
def test_nor_whatever_that_of_postgres(tmp_path):
    server = os.environ.get("FAROL_TEST_POSTGRES", "")
    if not server:
        pytest.skip("needs FAROL_TEST_POSTGRES (./dev test finds or starts one)")

    def forget():
        with psycopg.connect(server, autocommit=True) as connection:
            for schema in ("bi", "farol_warehouse"):
                connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    found = []
    for n, (zone, instant) in enumerate(SERVERS[1:]):
        forget()
        found.append(told_by(zone, instant, server, tmp_path / str(n)))
    forget()
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []


def test_nor_whatever_that_of_mariadb(tmp_path):
    server = os.environ.get("FAROL_TEST_MARIADB", "")
    if not server:
        pytest.skip("needs FAROL_TEST_MARIADB (./dev test finds or starts one)")
    found = []
    with pymysql.connect(**{**mysql.options(server), "database": None}, autocommit=True).cursor() as cursor:
        cursor.execute("SELECT @@global.time_zone")
        before = cursor.fetchone()[0]
        try:
            for n, (zone, instant) in enumerate(SERVERS[1:]):
                name = f"farol_zone_{os.getpid()}_{n}"
                cursor.execute(f"CREATE DATABASE {name}")
                cursor.execute("SET GLOBAL time_zone = %s", [("-03:00", "+09:00")[n]])
                address = urlsplit(server)._replace(path=f"/{name}").geturl()
                found.append(told_by(zone, instant, address, tmp_path / str(n)))
        finally:
            cursor.execute("SET GLOBAL time_zone = %s", [before])
            for n in range(len(SERVERS)):
                cursor.execute(f"DROP DATABASE IF EXISTS farol_zone_{os.getpid()}_{n}")
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []
