"""The same small facts in every engine behind one reader interface."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from farol.platform.calendar import SHIFTS, default, shift

from .engines import Engine, opened

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
DIALECTS = [
    "duckdb",
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    "mysql",
    pytest.param("clickhouse", marks=pytest.mark.engines),
    pytest.param("spark", marks=pytest.mark.engines),
]
_numbers = itertools.count()


class TableReader:
    """A reader over tables in any database; every one has a version of its own, so that nothing cached is shared."""

    published_at = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)

    def __init__(self, engine: Engine | None, complete_until: dt.date | None) -> None:
        self.engine, self.complete_until = engine, complete_until
        self.dialect = engine.dialect if engine else ""
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
        return self.engine.rows(sql, params)


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


def fill(engine: Engine, facts: list[tuple]) -> TableReader:
    """Create and fill both tables; the last day of the facts counts as complete."""
    days = [row[0] for row in facts]
    first, last = (min(days), max(days)) if days else (dt.date(2025, 1, 1), dt.date(2025, 1, 1))
    engine.fill("kpi_daily", FACT_COLUMNS, facts)
    engine.fill("calendar", CALENDAR_COLUMNS, calendar_rows(first, last))
    return TableReader(engine, last if days else None)


@pytest.fixture(scope="module", params=DIALECTS)
def load(request: pytest.FixtureRequest) -> Iterator[Any]:
    """`load(facts) -> reader` on each engine in turn, opened once per module."""
    with opened(request.param) as engine:
        yield lambda facts: fill(engine, facts)


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    """`duck(facts) -> reader` on DuckDB only, each a database of its own."""
    with ExitStack() as stack:
        yield lambda facts: fill(stack.enter_context(opened("duckdb")), facts)
