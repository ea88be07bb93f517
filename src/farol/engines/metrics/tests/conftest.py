"""The same small facts in DuckDB, PostgreSQL and SQLite behind one reader interface."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import duckdb
import pytest

from farol.platform.calendar import SHIFTS, default, shift

FACT_COLUMNS = {
    "day": "DATE",
    "entity": "VARCHAR",
    "product": "VARCHAR",
    "price_tier": "VARCHAR",
    "anticipation_method": "VARCHAR",
    "payment_method": "VARCHAR",
    "installments": "INTEGER",
    "merchant": "VARCHAR",
    "amount_centavos": "BIGINT",
    "quantity_transactions": "BIGINT",
    "quantity_of_merchants": "BIGINT",
    "fee_centavos": "BIGINT",
    "cost_centavos": "BIGINT",
    "chargeback_centavos": "BIGINT",
    "extra": "VARCHAR",
}
CALENDAR_COLUMNS = {
    "day": "DATE",
    **dict.fromkeys(SHIFTS, "DATE"),
    "weekday": "INTEGER",
    "kind": "VARCHAR",
    "name": "VARCHAR",
    "business_day": "BOOLEAN",
    "pay_day": "BOOLEAN",
    "week_start": "DATE",
    "month_start": "DATE",
}
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_numbers = itertools.count()


class TableReader:
    """A reader over tables in any database; every one has a version of its own, so that nothing cached is shared."""

    published_at = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)

    def __init__(self, dialect: str, connection: Any, complete_until: dt.date | None) -> None:
        self.dialect, self.connection, self.complete_until = dialect, connection, complete_until
        self.version = f"test-{next(_numbers)}"
        self.statements: list[str] = []

    def __enter__(self) -> TableReader:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def table(self, name: str) -> str:
        return name

    def columns(self, table: str) -> list[str]:
        return list(CALENDAR_COLUMNS if table == "calendar" else FACT_COLUMNS)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple]:
        self.statements.append(sql)
        if self.dialect == "sqlite":
            plain = [p.isoformat() if isinstance(p, dt.date) else p for p in params]
            return [tuple(_undo_text(v) for v in row) for row in self.connection.execute(sql, plain).fetchall()]
        if self.dialect == "postgres":
            with self.connection.cursor() as cursor:
                return [tuple(row) for row in cursor.execute(sql, params).fetchall()]
        return self.connection.execute(sql, params).fetchall()


def _undo_text(value: Any) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) and _ISO.match(value) else value


def fact(day: str | dt.date, amount: int | None, quantity: int, **others: Any) -> tuple:
    """One row of the file; `amount` in centavos."""
    values = {
        "day": dt.date.fromisoformat(day) if isinstance(day, str) else day,
        "entity": "PJ",
        "product": "pos",
        "price_tier": "normal",
        "anticipation_method": "D0/Nitro",
        "payment_method": "credit",
        "installments": 1,
        "merchant": "",
        "amount_centavos": amount,
        "quantity_transactions": quantity,
        "quantity_of_merchants": 1,
        "fee_centavos": None,
        "cost_centavos": None,
        "chargeback_centavos": None,
        "extra": None,
    }
    return tuple((values | others).values())


@cache
def calendar_rows(first: dt.date, last: dt.date) -> list[tuple]:
    margin = dt.timedelta(days=400)
    return [
        (
            d.day,
            *[shift(d.day, name) for name in SHIFTS],
            d.weekday,
            d.kind.value,
            d.name,
            d.business_day,
            d.pay_day,
            d.day - dt.timedelta(days=d.weekday),
            d.day.replace(day=1),
        )
        for d in default().days(first - margin, last + margin)
    ]


def fill(dialect: str, connection: Any, facts: list[tuple]) -> TableReader:
    """Create and fill both tables; the last day of the facts counts as complete."""
    days = [row[0] for row in facts]
    first, last = (min(days), max(days)) if days else (dt.date(2025, 1, 1), dt.date(2025, 1, 1))
    for name, columns, rows in (
        ("kpi_daily", FACT_COLUMNS, facts),
        ("calendar", CALENDAR_COLUMNS, calendar_rows(first, last)),
    ):
        kinds = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        mark = "%s" if dialect == "postgres" else "?"
        insert = f"INSERT INTO {name} VALUES ({', '.join([mark] * len(columns))})"
        cursor = connection.cursor()
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TABLE {name} ({kinds})")
        if dialect == "duckdb":  # its executemany is slow
            _insert_lists(cursor, name, columns, rows)
        elif rows:
            cursor.executemany(insert, [[_bound(dialect, v) for v in row] for row in rows])
    return TableReader(dialect, connection, last if days else None)


def _insert_lists(cursor: Any, name: str, columns: dict[str, str], rows: list[tuple]) -> None:
    lists = [list(column) for column in zip(*rows, strict=True)] or [[] for _column in columns]
    unnested = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
    cursor.execute(f"INSERT INTO {name} SELECT {unnested}", lists)


def _bound(dialect: str, value: Any) -> Any:
    return value.isoformat() if dialect == "sqlite" and isinstance(value, dt.date) else value


@pytest.fixture(scope="module", params=["duckdb", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres" and not os.environ.get("FAROL_TEST_POSTGRES"):
        pytest.skip("needs FAROL_TEST_POSTGRES=postgresql://… (./dev test finds or starts one)")
    return request.param


@pytest.fixture(scope="module")
def load(dialect: str) -> Iterator[Any]:
    """`load(facts) -> reader` on each engine in turn, once per module."""
    if dialect == "postgres":
        import psycopg

        with psycopg.connect(os.environ["FAROL_TEST_POSTGRES"]) as found:
            found.execute("SET search_path TO pg_temp")
            yield lambda facts: fill(dialect, found, facts)
            found.rollback()
        return
    found = duckdb.connect() if dialect == "duckdb" else sqlite3.connect(":memory:")
    yield lambda facts: fill(dialect, found, facts)
    found.close()


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    """`duck(facts) -> reader` on DuckDB only, each a database of its own."""
    with ExitStack() as stack:
        yield lambda facts: fill("duckdb", stack.enter_context(duckdb.connect()), facts)
