"""The engines that the same questions are asked of: how each takes a table, a statement and its parameters."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
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
        """Lists, because its executemany is slow."""
        lists = [list(column) for column in zip(*rows, strict=True)]
        unnested = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
        self.connection.execute(f"INSERT INTO {name} SELECT {unnested}", lists)


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


def _address(name: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        pytest.skip(f"needs {name} (./dev test finds or starts one)")
    return found


_OPEN = {"duckdb": _duckdb, "sqlite": _sqlite, "postgres": _postgres, "mysql": _mysql}
