"""Reads records of the published version as one person may see them, in SQL that every warehouse understands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlglot import exp, parse_one

from farol.areas.crm import people
from farol.core import clock
from farol.engines.warehouse import Reader, open_reader
from farol.engines.warehouse.sql import Sql, compose, ident, listed
from farol.platform.accounts.principal import Principal

DATASET, RIGHT = "crm", "dashboard.commercial"
Record = dict[str, Any]


class Records:
    """One published version. `rules` are the row rules of the person, `where` the filters; both name columns."""

    def __init__(self, reader: Reader, rules: Mapping[str, Sequence[Any]], where: Mapping[str, Sequence[Any]]) -> None:
        self.reader = reader
        self._conditions = [*sorted(where.items()), *sorted(rules.items())]
        self._values = [value for _column, values in self._conditions for value in values]

    @property
    def end(self) -> dt.datetime:
        """Up to where the data tell anything: the end of the last complete day, in UTC without zone as in the marts."""
        day = (self.reader.complete_until or clock.today()) + dt.timedelta(days=1)
        local = dt.datetime.combine(day, dt.time(), clock.zone())
        return local.astimezone(dt.UTC).replace(tzinfo=None)

    def ask(self, template: str, *values: Any) -> list[Record]:
        """The rows of a statement in DuckDB's words. Tables go by their published names and values by `?`; `{seen}`,
        within a query of one table, is what the person may see and has filtered."""
        seen = listed([_among(column, len(values)) for column, values in self._conditions], " AND ")
        text = compose(template, seen=Sql(f"({seen})") if seen else Sql("(1 = 1)"))
        tables = tuple((table.name, self.reader.table(table.name)) for table in self.reader.dataset.tables)
        sql, names = _translated(text, self.reader.dialect, tables)
        return [dict(zip(names, row, strict=True)) for row in self.reader.rows(sql, self._bound(template, values))]

    def _bound(self, template: str, values: Sequence[Any]) -> list[Any]:
        """`values` in the order of their marks, with those of the conditions where `{seen}` stands."""
        rest, bound = list(values), []
        for place, piece in enumerate(template.split("{seen}")):
            bound += self._values if place else []
            count = piece.count("?")
            bound += rest[:count]
            rest = rest[count:]
        return bound


def _among(column: str, count: int) -> Sql:
    if not count:
        return Sql("1 = 0")
    return compose("{column} IN ({marks})", column=ident(column), marks=listed([Sql("?")] * count))


@lru_cache(maxsize=256)
def _translated(text: str, dialect: str, tables: tuple[tuple[str, str], ...]) -> tuple[str, list[str]]:
    """The statement in the warehouse's dialect with its physical tables, and the names of its columns."""
    tree: Any = parse_one(text, read="duckdb")
    names: list[str] = tree.named_selects
    physical = dict(tables)
    for table in list(tree.find_all(exp.Table)):
        if table.name in physical:
            named = exp.to_table(physical[table.name], dialect=dialect)
            table.replace(exp.alias_(named, table.alias or table.name, table=True))
    if dialect == "clickhouse":  # its own placeholders want names and types; its drivers take `?` as well
        tree = tree.transform(lambda node: exp.var("?") if isinstance(node, exp.Placeholder) else node)
    return tree.sql(dialect=dialect), names


@contextmanager
def open_records(principal: Principal, where: Mapping[str, Sequence[Any]] | None = None) -> Iterator[Records]:
    """`NotAllowed` without the right to the dashboard, `Unavailable` while nothing was published."""
    principal.require(RIGHT)
    with open_reader(DATASET) as reader:
        yield Records(reader, people.own_rows(principal), where or {})
