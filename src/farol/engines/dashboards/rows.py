"""The rows of the loaded files behind the figures of a board, under the same filters, rights and row rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import BadInput
from farol.engines.dashboards import tables
from farol.engines.dashboards.board import Table
from farol.engines.dashboards.scope import BadAddress, Scope
from farol.engines.metrics import Query
from farol.engines.metrics.drill import Behind, all_rows_behind, rows_behind
from farol.engines.warehouse import open_reader
from farol.platform.exports import Column

PAGE = 50


def page(scope: Scope, number: int) -> Behind:
    """One page of rows, the first of them 1."""
    scope.principal.require(scope.model.permission)
    with open_reader(scope.model.dataset) as reader:
        rules = scope.model.row_rules(scope.principal)
        return rows_behind(reader, _query(scope), rules, limit=PAGE, offset=(number - 1) * PAGE)


def every(scope: Scope) -> tuple[Sequence[Column], Iterator[Sequence[Any]]]:
    """The columns and all rows; the published version stays open until the last one is read."""
    scope.principal.require(scope.model.permission)
    rows = _every(scope)
    return next(rows), rows


def _every(scope: Scope) -> Iterator[Any]:
    with open_reader(scope.model.dataset) as reader:
        columns, rows = all_rows_behind(reader, _query(scope), scope.model.row_rules(scope.principal))
        yield columns
        yield from rows


def _query(scope: Scope) -> Query:
    measure = next(m for m in scope.model.measures if m.additive and not m.requires)
    return scope.query([measure.name])


def page_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10_000_000:
        raise BadAddress("page", _("This page does not exist."))
    return int(text)


def as_html(scope: Scope, behind: Behind) -> SafeString:
    """The page of rows as a table; columns that no row fills are left out, and the record's name stands first."""
    filled = [i for i in range(len(behind.columns)) if any(row[i] not in (None, "") for row in behind.rows)]
    columns = [behind.columns[i] for i in filled]
    rows = [[row[i] for i in filled] for row in behind.rows]
    if scope.model.record_names:
        columns.insert(0, Column("record", _("Record")))
        told = scope.model.record_names(scope.principal, _records(behind))
        rows = [[name, *row] for name, row in zip(told, rows, strict=True)]
    names = {d.column: d.values for d in scope.model.dimensions if d.values}
    return tables.as_html(Table(columns, rows, (), names, _links(scope, behind)), scope, _("Rows"))


def _links(scope: Scope, behind: Behind) -> list[str]:
    """The page of each row's record, where the model has one."""
    url = scope.model.record_url
    if url is None:
        return []
    return [url(record) if all(record[name] for name in scope.model.record) else "" for record in _records(behind)]


def _records(behind: Behind) -> list[dict[str, Any]]:
    names = [column.name for column in behind.columns]
    return [dict(zip(names, row, strict=True)) for row in behind.rows]


def context(scope: Scope, number: int) -> dict[str, Any]:
    """What the page of rows shows."""
    behind = page(scope, number)
    last = max(1, -(-behind.total // PAGE))
    if number > last:
        raise BadInput("page", _("This page does not exist."))
    first = behind.offset + 1 if behind.rows else 0
    return {
        "table": as_html(scope, behind),
        "total": behind.total,
        "total_text": formats.number(behind.total, language=scope.language),
        "first": formats.number(first, language=scope.language),
        "to": formats.number(behind.offset + len(behind.rows), language=scope.language),
        "number": number,
        "before": scope.address(page=number - 1) if number > 1 else "",
        "after": scope.address(page=number + 1) if number < last else "",
    }
