"""Looks at a version before anybody sees it."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import duckdb

from farol.core import clock
from farol.engines.warehouse.catalog import Finding, Version
from farol.engines.warehouse.dataset import Dataset
from farol.engines.warehouse.sql import Sql, compose, ident


class Audit:
    """What checks may ask: the landing table, the candidate's tables, and the version published before (or None).

    Where `touched`, table `touched` (day, rows) holds the days in which the load changed something.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, published: Version | None, touched: bool
    ) -> None:
        self.connection, self.dataset, self.published = connection, dataset, published
        self.touched = touched

    def row(self, sql: str, params: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """The single row of a statement."""
        found = self.connection.execute(sql, params).fetchone()
        assert found is not None  # noqa: S101 - an aggregate always has a row
        return found

    def rows(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, params).fetchall()

    def table(self, name: str) -> Sql:
        """SQL text that names a table of the candidate."""
        return compose("candidate.{name}", name=ident(name))

    @property
    def landing(self) -> Sql:
        return ident(self.dataset.landed.name)

    def run(self) -> list[Finding]:
        """Every declared check that does not hold."""
        found = [(check, check.find(self)) for check in self.dataset.checks]
        return [Finding(check.name, params, check.hard) for check, params in found if params is not None]

    def row_counts(self) -> dict[str, int]:
        names = [t.name for t in self.dataset.all_tables]
        return {n: self.row(compose("SELECT count(*) FROM {table}", table=self.table(n)))[0] for n in names}

    @cached_property
    def _days(self) -> tuple[dt.date | None, dt.date | None, dt.date | None]:
        main, day = self.table(self.dataset.tables[0].name), ident(self.dataset.day)
        sql = "SELECT min({day}), max({day}), max({day}) FILTER ({day} < ?) FROM {main}"
        return self.row(compose(sql, day=day, main=main), (clock.today(),))  # type: ignore[return-value]

    @property
    def first_day(self) -> dt.date | None:
        return self._days[0]

    @property
    def last_day(self) -> dt.date | None:
        return self._days[1]

    @property
    def complete_until(self) -> dt.date | None:
        """The last day with facts before today: today is never complete."""
        return self._days[2]
