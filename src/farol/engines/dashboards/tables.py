"""Tables of cards as HTML and as files: the same cells, written for people or kept as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.money import quantize
from farol.engines.dashboards.board import Table
from farol.engines.dashboards.scope import Scope
from farol.platform.exports import Column, Kind

NUMERIC = {Kind.INTEGER, Kind.MONEY, Kind.PERCENT, Kind.NUMBER}
_PERCENT_PLACES = Decimal("0.0001")
_FAINT = ' class="fd-faint"'


def as_html(table: Table, scope: Scope, caption: str) -> SafeString:
    """The table with a link in each row's first cell that opens the row's page or filters by the row.

    Written here and not in a template: a board has a thousand cells, and each costs a template thirty times as much.
    """
    head = "".join(_heading(column) for column in table.columns)
    body = "".join(_row(table, index, scope) for index in range(len(table.rows)))
    return format_html(
        '<table class="fd-rows"><caption class="visually-hidden">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        caption,
        mark_safe(head),  # noqa: S308 - escaped cell by cell
        mark_safe(body),  # noqa: S308
    )


def _heading(column: Column) -> str:
    css = ' class="n"' if column.kind in NUMERIC else ""
    return f'<th scope="col"{css}>{escape(column.label)}</th>'


def _row(table: Table, index: int, scope: Scope) -> str:
    cells = [_cell(table, i, value, scope) for i, value in enumerate(table.rows[index])]
    filters = table.filters[index] if index < len(table.filters) else {}
    if index < len(table.links) and table.links[index]:
        cells[0] = f'<a href="{escape(table.links[index])}" hx-boost="false">{cells[0]}</a>'
    elif filters:
        address, label = escape(filtered(scope, filters)), escape(_("Filter by this row"))
        cells[0] = f'<a href="?{address}" title="{label}">{cells[0]}</a>'
    first = f'<th scope="row"{_css(table.columns[0])}>{cells[0]}</th>'
    rest = "".join(f"<td{_css(c)}>{cell}</td>" for c, cell in zip(table.columns[1:], cells[1:], strict=True))
    return f"<tr{_FAINT if index in table.faint else ''}>{first}{rest}</tr>"


def _css(column: Column) -> str:
    return ' class="n"' if column.kind in NUMERIC else ""


def filtered(scope: Scope, filters: Any) -> str:
    """The address after a click: filters of the board are switched, a `period` is gone to."""
    known = {name: value for name, value in filters.items() if name in scope.board.filter_names}
    changes: dict[str, Any] = {name: _switched(scope, name, str(value)) for name, value in known.items()}
    if "period" in filters:
        changes["period"] = filters["period"]
    return scope.address(**changes)


def _switched(scope: Scope, name: str, value: str) -> tuple[str, ...] | None:
    return None if scope.where.get(name) == (value,) else (value,)


def _cell(table: Table, index: int, value: Any, scope: Scope) -> str:
    column = table.columns[index]
    labels = table.names.get(column.name)
    if labels and value in labels:
        return escape(labels[value])
    return escape(written(column, value, scope.language))


def written(column: Column, value: Any, language: str) -> str:
    """A cell for people; a dash for what is unknown."""
    if value is None or value == "":
        return "—"
    writer = _WRITERS.get(Kind(column.kind))
    return writer(value, language) if writer else str(value)


_WRITERS: dict[Kind, Callable[[Any, str], str]] = {
    Kind.MONEY: lambda v, language: formats.brl(Decimal(v), language),
    Kind.INTEGER: lambda v, language: formats.number(v, 0, language),
    Kind.NUMBER: lambda v, language: formats.number(v, 2, language),
    Kind.PERCENT: lambda v, language: formats.percent(v, 1, language=language),
    Kind.DATE: formats.date,
    Kind.DATETIME: formats.instant,
}


def values(table: Table) -> Iterator[Sequence[Any]]:
    """Rows for a file: money to the centavo, percent with four decimals, texts as the data have them."""
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        yield [_value(kind, cell) for kind, cell in zip(kinds, row, strict=True)]


def _value(kind: str, value: Any) -> Any:
    if value is None or isinstance(value, dt.date):
        return value
    if kind == Kind.MONEY:
        return quantize(Decimal(value))
    if kind in (Kind.PERCENT, Kind.NUMBER):
        return Decimal(value).quantize(_PERCENT_PLACES, ROUND_HALF_UP)
    return value
