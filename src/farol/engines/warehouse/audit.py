"""Looks at a version before anybody sees it."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import duckdb

from farol.core import clock
from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.dataset import Check, Dataset
from farol.engines.warehouse.sql import Sql, compose, ident

CANDIDATE = Sql("candidate")


class Audit:
    """What checks may ask: the private tables, the candidate's tables, and the version published before (or None).

    Where `touched`, table `touched` (day, rows) holds the days in which the load changed something. `schema` is where
    the candidate's tables are.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        dataset: Dataset,
        published: Version | None,
        touched: bool,
        schema: Sql = CANDIDATE,
    ) -> None:
        self.connection, self.dataset, self.published = connection, dataset, published
        self.touched, self.schema = touched, schema

    def row(self, sql: str, params: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """The single row of a statement."""
        found = self.connection.execute(sql, params).fetchone()
        assert found is not None  # noqa: S101 - an aggregate always has a row
        return found

    def rows(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, params).fetchall()

    def table(self, name: str) -> Sql:
        """SQL text that names a table of the candidate."""
        return compose("{schema}.{name}", schema=self.schema, name=ident(name))

    def marks(self, prefix: str = "") -> dict[str, str]:
        """What the loads said to builds and checks (`Stage.set_mark`), by what follows `prefix` in the name."""
        sql = "SELECT name, value FROM mark WHERE starts_with(name, ?)"
        return {name.removeprefix(prefix): value for name, value in self.rows(sql, (prefix,))}

    @property
    def landing(self) -> Sql:
        return ident(self.dataset.landed.name)

    def run(self) -> list[tuple[Check, dict[str, Any] | None]]:
        """Every declared check with what it found: None where it holds."""
        return [(check, check.find(self)) for check in self.dataset.checks]

    def row_counts(self) -> dict[str, int]:
        names = [t.name for t in self.dataset.all_tables]
        return {n: self.row(compose("SELECT count(*) FROM {table}", table=self.table(n)))[0] for n in names}

    @cached_property
    def _days(self) -> tuple[dt.date | None, dt.date | None, dt.date | None]:
        """First and last day with facts, and the last of them before today."""
        spans = self.dataset.spans or ((self.dataset.tables[0].name, self.dataset.day),)
        template = "SELECT min({day}), max({day}), max({day}) FILTER ({day} < ?) FROM {table}"
        found = [
            self.row(compose(template, day=ident(day), table=self.table(name)), (clock.today(),)) for name, day in spans
        ]
        firsts, lasts, before = ([day for day in days if day] for days in zip(*found, strict=True))
        return min(firsts, default=None), max(lasts, default=None), max(before, default=None)

    @property
    def first_day(self) -> dt.date | None:
        return self._days[0]

    @property
    def last_day(self) -> dt.date | None:
        return self._days[1]

    @property
    def complete_until(self) -> dt.date | None:
        """The last whole day: what the dataset says, else the last day with facts before today, which never is."""
        return self.dataset.complete(self) if self.dataset.complete else self._days[2]
