"""What the template of a list draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from farol.platform.accounts.principal import asker_of
from farol.platform.web.lists.cells import Cell, Link, cells, menu_items, table_rows
from farol.platform.web.lists.density import density
from farol.platform.web.lists.paging import MOST_COUNTED, CappedPaginator
from farol.platform.web.lists.rows import Rows
from farol.platform.web.lists.state import NOT_KEPT, State
from farol.platform.web.saved import Tabs, tabs_of

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column, Filter, List


@dataclass(frozen=True)
class Chip:
    label: Any
    chosen: Any
    items: SafeString
    clear_url: str


@dataclass(frozen=True)
class Head:
    column: Column
    url: str
    direction: str


@dataclass(frozen=True)
class Row:
    key: Any
    url: str
    cells: list[Cell]
    object: Any


class Shown:
    """What the template draws."""

    def __init__(
        self, declared: List, state: State, rows: Rows, request: HttpRequest, *, per_page: int | None = None
    ) -> None:
        principal = asker_of(request)
        self.declared, self.state, self.narrowed = declared, state, state.narrowed
        self.request, self.principal = request, principal
        self.pages = CappedPaginator(rows, per_page or declared.page_size)
        self.page: Page = self.pages.get_page(state.query.get("page"))
        self.new = declared.new if declared.new and principal.may(declared.new.permission) else None
        self.bulk = [b for b in declared.bulk if principal.may(b.permission)]
        self.may_export = declared.may_export(principal)
        self.compact = density(request) == "compact"

    @property
    def searchable(self) -> bool:
        """A template would call a search that is a function."""
        return bool(self.declared.search)

    @property
    def anything(self) -> bool:
        """False where the list is empty however it is looked at."""
        return self.narrowed or bool(self.count)

    @property
    def count(self) -> int:
        return self.pages.count

    @property
    def more(self) -> bool:
        """More rows than are counted."""
        return self.pages.more

    @property
    def beyond(self) -> bool:
        """On the last page that can be turned to, though there are more rows."""
        return self.more and not self.page.has_next()

    @property
    def most(self) -> int:
        return MOST_COUNTED

    @cached_property
    def views(self) -> Tabs | None:
        """Saved views; None for somebody without an account."""
        return tabs_of(self.request, self.declared.name, self.state.address)

    @property
    def asks_reason(self) -> bool:
        return any(action.reason for action in self.bulk)

    @property
    def density_url(self) -> str:
        return f"{self.state.url()}&density={'comfortable' if self.compact else 'compact'}"

    @property
    def heads(self) -> list[Head]:
        return [Head(c, self._sort_url(c), self._direction(c)) for c in self.state.columns]

    def _direction(self, column: Column) -> str:
        if self.state.sort.removeprefix("-") != column.name or not column.sort:
            return ""
        return "descending" if self.state.sort.startswith("-") else "ascending"

    def _sort_url(self, column: Column) -> str:
        if not column.sort:
            return ""
        return self.state.url(sort=f"-{column.name}" if self._direction(column) == "ascending" else column.name)

    @cached_property
    def rows(self) -> list[Row]:
        url, columns = self.declared.row_url or (lambda _row: ""), self.state.columns
        return [Row(getattr(row, "pk", ""), url(row), cells(columns, row), row) for row in self.page]

    @property
    def table_rows(self) -> SafeString:
        return table_rows(self.state.columns, self.rows, _("Select the row") if self.bulk else "")

    @property
    def chips(self) -> list[Chip]:
        return [self._chip(one) for one in self.declared.filters]

    def _chip(self, one: Filter) -> Chip:
        value = self.state.chosen.get(one.name)
        links = [
            Link(label, self.state.url(**{one.name: None if str(v) == value else str(v)}), str(v) == value)
            for v, label in one.all_choices()
        ]
        chosen = next((link.label for link in links if link.current), "")
        return Chip(one.label, chosen, menu_items(links), self.state.url(**{one.name: None}))

    @property
    def column_items(self) -> SafeString:
        shown = [c.name for c in self.state.columns]
        return menu_items([Link(c.label, self._toggled(c, shown), c.name in shown) for c in self.declared.columns])

    def _toggled(self, column: Column, shown: list[str]) -> str:
        """The address with one column more or less; the last one stays."""
        names = [c.name for c in self.declared.columns if (c.name in shown) != (c is column)]
        return self.state.url(cols=",".join(names) or column.name)

    @property
    def clear_url(self) -> str:
        return self.state.url(q=None, **{f.name: None for f in self.declared.filters})

    @property
    def export_url(self) -> str:
        return f"{self.state.url()}&export="

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The rest of the address, for the search form to keep."""
        return [(n, v) for n, v in self.state.query.items() if n != "q" and n not in NOT_KEPT]
