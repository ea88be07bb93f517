"""How the cells of a list and the entries of its menus are drawn.

In Python, because a page has hundreds of them, and a template for each would be most of the page's time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farol.core import formats
from farol.platform.web.templatetags.farol import ago, icon, localdate, pill

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column
    from farol.platform.web.lists.shown import Row

NOTHING = mark_safe('<span class="nothing">—</span>')


@lru_cache(maxsize=1024)
def _pill(label: str, tone: str, icon: str) -> SafeString:
    return pill(label, tone, icon)


_DRAW: dict[str, Callable[[Any], Any]] = {
    "status": lambda value: _pill(str(value.label), value.tone, value.icon),
    "money": formats.brl,
    "integer": formats.number,
    "number": lambda value: formats.number(value, 2),
    "percent": formats.percent,
    "date": localdate,
    "datetime": ago,
    "boolean": lambda value: _("Yes") if value else _("No"),
}


@dataclass(frozen=True)
class Link:
    """An entry of a menu: `current` is marked as chosen."""

    label: Any
    url: str
    current: bool


def menu_items(links: list[Link]) -> SafeString:
    chosen, other = ' aria-current="true">' + icon("check"), ">" + icon("point", "is-faint")
    begun = ((link, chosen if link.current else other) for link in links)
    items = [
        f'<a class="menu-item" href="{escape(link.url)}"{begin}{escape(str(link.label))}</a>' for link, begin in begun
    ]
    return mark_safe("".join(items))  # noqa: S308 (each part is escaped)


@dataclass
class Cell:
    """One value under one column."""

    column: Column
    value: Any
    row: Any

    @property
    def html(self) -> SafeString:
        return mark_safe(_drawn(self))  # noqa: S308 (escaped there)


def cells(columns: list[Column], row: Any) -> list[Cell]:
    return [Cell(column, column.masked(row), row) for column in columns]


def table_rows(columns: list[Column], rows: list[Row], select: str) -> SafeString:
    """The rows as elements of a table; each begins with a box to tick where `select` says what that does."""
    begun, box = _openings(columns), _BOX % escape(select) if select else ""
    return mark_safe("".join([_table_row(begun, row, box) for row in rows]))  # noqa: S308 (each part is escaped)


_BOX = (
    '<td class="cell-check"><label><input type="checkbox" class="form-check-input" name="selected"'
    ' data-select aria-label="%s" value="'
)
_BOX_END = '"></label></td>'


def _openings(columns: list[Column]) -> list[str]:
    """The elements that the cells of each column begin with."""
    found = []
    for place, column in enumerate(columns):
        css = ' class="num"' if column.numeric else "" if place else ' class="cell-lead"'
        found.append(f'<td data-label="{escape(str(column.label))}"{css}>')
    return found


def _table_row(begun: list[str], row: Row, box: str) -> str:
    url = escape(row.url)
    parts = [f'<tr data-href="{url}">' if url else "<tr>"]
    if box:
        parts += [box, escape(str(row.key)), _BOX_END]
    for begin, cell in zip(begun, row.cells, strict=True):
        linked = url and cell.column.link
        parts += [begin, f'<a class="row-link" href="{url}">{_drawn(cell)}</a>' if linked else _drawn(cell), "</td>"]
    return "".join([*parts, "</tr>"])


def _drawn(cell: Cell) -> str:
    column, value = cell.column, cell.value
    if column.draw:
        return _escaped(column.draw(cell.row, value))
    if value is None or value == "":
        return NOTHING
    kind = "text" if column.personal else column.kind  # what is masked is text
    return _escaped(_DRAW.get(kind, str)(value))


def _escaped(value: Any) -> str:
    """As Django's `conditional_escape`, which looks at each text for words that are translated later."""
    return value if isinstance(value, SafeString) else escape(str(value))
