"""The rows of the file behind a figure, one page at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farol.core import clock
from farol.core.money import from_centavos
from farol.engines.metrics.compiler import Shape, compile_count, compile_rows
from farol.engines.metrics.facts import facts_of
from farol.engines.metrics.model import TIME, Dimension, RowRules, SemanticModel
from farol.engines.metrics.query import Query, Resolved, resolve
from farol.engines.metrics.sums import Sides, conditions, shape_of
from farol.engines.warehouse.dataset import find_dataset
from farol.platform.exports import Column, Kind

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

MONEY = "_centavos"
KINDS = {
    "TEXT": Kind.TEXT,
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.DATETIME,
    "SMALLINT": Kind.INTEGER,
    "INTEGER": Kind.INTEGER,
    "BIGINT": Kind.INTEGER,
    "DOUBLE PRECISION": Kind.NUMBER,
    "BOOLEAN": Kind.BOOLEAN,
}
"""What a column of an SQL type holds."""


@dataclass(frozen=True)
class Behind:
    """`rows` from `offset` on, of `total`; money as Decimal reais, instants local. `columns` say what each cell is."""

    columns: list[Column]
    rows: list[list[Any]]
    offset: int
    total: int


def rows_behind(reader: Reader, query: Query, rules: RowRules, *, limit: int = 100, offset: int = 0) -> Behind:
    """One page of the rows that the period and filters of `query` select, among those that `rules` allow."""
    work = _Rows(reader, query, rules)
    (total,) = reader.rows(compile_count(work.shape), work.params)[0]
    return Behind(work.columns, work.page(limit, offset), offset, total)


def all_rows_behind(
    reader: Reader, query: Query, rules: RowRules, *, size: int = 5000
) -> tuple[list[Column], Iterator]:
    """The columns and every row, as a stream: memory does not grow with their number."""
    work = _Rows(reader, query, rules)
    return work.columns, work.every(size)


class _Rows:
    def __init__(self, reader: Reader, query: Query, rules: RowRules) -> None:
        facts = facts_of(reader, query.semantic_model)
        resolved = resolve(query, facts)
        sides = Sides(resolved, facts)
        self.reader, self.model = reader, resolved.model
        self.names = _names(reader, resolved.model)
        days = tuple(sides.days(()) if not resolved.time_by else ())
        rules = {**rules, self.model.time: days} if resolved.time_where else rules
        self.shape: Shape = shape_of(reader, sides, (), rules, 1)
        self.params = _params(resolved, rules)
        self.columns = _columns(self.names, self.model)

    def page(self, limit: int, offset: int) -> list[list[Any]]:
        sql = compile_rows(self.shape, self.names, True)
        return [self._row(row) for row in self.reader.rows(sql, (*self.params, limit, offset))]

    def every(self, size: int) -> Iterator[list[Any]]:
        sql = compile_rows(self.shape, self.names, False)
        for chunk in self.reader.stream(sql, size, self.params):
            yield from map(self._row, chunk)

    def _row(self, row: tuple[Any, ...]) -> list[Any]:
        return [_cell(column.kind, value) for column, value in zip(self.columns, row, strict=True)]


def _cell(kind: str, value: Any) -> Any:
    """A value as people's files have it: reais, local time."""
    if value is None:
        return None
    if kind == Kind.MONEY:
        return from_centavos(value)
    return clock.local(value.replace(tzinfo=dt.UTC)) if kind == Kind.DATETIME else value


def _params(resolved: Resolved, rules: RowRules) -> tuple[Any, ...]:
    kept = [value for _column, values in conditions(resolved, rules) for value in values]
    return (*kept, resolved.period.start, resolved.period.end)


def _names(reader: Reader, model: SemanticModel) -> tuple[str, ...]:
    """The day and the dimensions first, so that the order of the columns is an order of the rows."""
    keys = [model.time, *(d.column for d in model.dimensions)]
    return (*keys, *(name for name in reader.columns(model.table) if name not in keys))


def _columns(names: tuple[str, ...], model: SemanticModel) -> list[Column]:
    declared = find_dataset(model.dataset).table(model.table).columns
    dimensions = {d.column: d for d in (TIME["day"], *model.dimensions)}
    return [_column(name, declared[name], dimensions.get(name), model) for name in names]


def _column(name: str, declared: str, dimension: Dimension | None, model: SemanticModel) -> Column:
    if dimension:
        return Column(name, dimension.label, dimension.kind.value)
    kind = Kind.MONEY if name.endswith(MONEY) else KINDS[declared]
    return Column(name, model.column_labels.get(name, name), kind)
