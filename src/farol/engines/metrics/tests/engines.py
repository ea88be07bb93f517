"""The engines that the same questions are asked of: how each takes a table, a statement and its parameters."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class Engine:
    """An open database. `fill` makes a table anew; `rows` answers a statement of the dialect."""

    dialect: str
    mark = "?"
    kinds: Mapping[str, str] = {}
    suffix = ""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def fill(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        declared = ", ".join(f"{column} {self.kinds.get(kind, kind)}" for column, kind in columns.items())
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TABLE {name} ({declared}){self.suffix}")
        if rows:
            self.insert(name, columns, rows)

    def insert(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        marks = ", ".join([self.mark] * len(columns))
        self.connection.cursor().executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

    def run(self, sql: str) -> None:
        self.connection.cursor().execute(sql)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        return self.connection.execute(sql, params).fetchall()


class DuckDb(Engine):
    dialect = "duckdb"

    def insert(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        """Through a file: for every value bound to a parameter it looks for libraries that are not there."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            for row in rows:
                file.write(json.dumps(dict(zip(columns, row, strict=True)), default=str) + "\n")
            file.flush()
            kinds = ", ".join(f"{column}: '{kind}'" for column, kind in columns.items())
            select = f"SELECT * FROM read_json('{file.name}', format='nd', columns={{{kinds}}})"
            self.connection.execute(f"INSERT INTO {name} {select}")


class Sqlite(Engine):
    dialect = "sqlite"

    def insert(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        super().insert(name, columns, [tuple(map(_text, row)) for row in rows])

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        found = self.connection.execute(sql, [_text(p) for p in params]).fetchall()
        return [tuple(_undo_text(value) for value in row) for row in found]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _undo_text(value: Any) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) and _ISO.match(value) else value


class Postgres(Engine):
    dialect = "postgres"
    mark = "%s"

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        with self.connection.cursor() as cursor:
            return [tuple(row) for row in cursor.execute(sql, params).fetchall()]


class MySql(Engine):
    """With the session, the marks and the values of the product's own connections."""

    dialect = "mysql"
    mark = "%s"
    kinds = {"VARCHAR": "VARCHAR(255)", "BOOLEAN": "TINYINT(1)"}

    def __init__(self, connection: Any) -> None:
        from farol.engines.warehouse.mysql_load import collation

        super().__init__(connection)
        self.suffix = f" ENGINE=InnoDB {collation(connection)}"

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        from farol.engines.warehouse import mysql

        return mysql.run(self.connection, sql, params)


class ClickHouse(Engine):
    """The engine itself in this process, with the parameters and values of the product's store."""

    dialect = "clickhouse"
    kinds = {"VARCHAR": "Nullable(String)", "DATE": "Nullable(Date32)", "BOOLEAN": "Nullable(Bool)"}
    kinds |= {"INTEGER": "Nullable(Int32)", "BIGINT": "Nullable(Int64)", "TEXT": "Nullable(String)"}
    kinds |= {"TIMESTAMP": "Nullable(DateTime64(6))", "DOUBLE": "Nullable(Float64)"}
    suffix = " ENGINE = MergeTree ORDER BY tuple()"

    def insert(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        lines = "\n".join(json.dumps(row, default=str) for row in rows)
        self.run(f"INSERT INTO {name} FORMAT JSONCompactEachRow\n{lines}")

    def run(self, sql: str) -> None:
        self.connection.query(sql)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        from farol.engines.warehouse import clickhouse_values

        text, values = clickhouse_values.typed(sql, params)
        found = self.connection.query(text, clickhouse_values.FORMAT, params=values)
        return list(clickhouse_values.parsed(str(found).split("\n")))


class Spark(Engine):
    """Tables are Parquet files that DuckDB writes."""

    dialect = "spark"

    def __init__(self, connection: Any, folder: Path) -> None:
        super().__init__(connection)
        self.folder = folder
        self.writer = DuckDb(duckdb.connect())

    def fill(self, name: str, columns: Mapping[str, str], rows: list[tuple]) -> None:
        self.writer.fill(name, columns, rows)
        file = self.folder / f"{name}-{time.monotonic_ns()}.parquet"
        self.writer.run(f"COPY {name} TO '{file}' (FORMAT parquet)")
        self.run(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT * FROM parquet.`{file}`")

    def run(self, sql: str) -> None:
        self.connection.sql(sql).collect()

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        return [tuple(row) for row in self.connection.sql(sql, args=list(params) or None).collect()]


@contextmanager
def opened(dialect: str) -> Iterator[Engine]:
    """The engine of a dialect, empty; what it leaves behind goes at the end."""
    with ExitStack() as stack:
        yield _OPEN[dialect](stack)


def _duckdb(stack: ExitStack) -> Engine:
    return DuckDb(stack.enter_context(duckdb.connect()))


def _sqlite(stack: ExitStack) -> Engine:
    connection = sqlite3.connect(":memory:")
    stack.callback(connection.close)
    return Sqlite(connection)


def _postgres(stack: ExitStack) -> Engine:
    import psycopg

    connection = stack.enter_context(psycopg.connect(_address("FAROL_TEST_POSTGRES")))
    connection.execute("SET search_path TO pg_temp")
    stack.callback(connection.rollback)
    return Postgres(connection)


def _mysql(stack: ExitStack) -> Engine:
    from farol.engines.warehouse import mysql

    name = f"farol_metrics_{os.getpid()}"
    server = urlsplit(_address("FAROL_TEST_MARIADB"))._replace(path="/mysql").geturl()
    engine = MySql(stack.enter_context(mysql.borrowed(server)))
    engine.run(f"DROP DATABASE IF EXISTS {name}")
    engine.run(f"CREATE DATABASE {name}")
    engine.run(f"USE {name}")
    stack.callback(engine.run, f"DROP DATABASE {name}")
    return engine


def _clickhouse(stack: ExitStack) -> Engine:
    from chdb.session import Session

    session = Session(stack.enter_context(tempfile.TemporaryDirectory()))
    stack.callback(session.close)
    session.query("SET join_use_nulls = 1")
    return ClickHouse(session)


def _spark(stack: ExitStack) -> Engine:
    from pyspark.sql import SparkSession

    address = stack.enter_context(sail())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    session = SparkSession.builder.remote(address).create()
    stack.callback(session.stop)  # or it goes on asking for the server when the process ends
    return Spark(session, folder)


@contextmanager
def sail() -> Iterator[str]:
    """The address of a Spark Connect server of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("sail")), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _address(name: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        pytest.skip(f"needs {name} (./dev test finds or starts one)")
    return found


_OPEN = {
    "duckdb": _duckdb,
    "sqlite": _sqlite,
    "postgres": _postgres,
    "mysql": _mysql,
    "clickhouse": _clickhouse,
    "spark": _spark,
}
