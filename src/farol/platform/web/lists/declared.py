"""What a room declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from farol.platform.accounts.principal import Principal
from farol.platform.web.lists.files import file_of
from farol.platform.web.lists.rows import Rows, read
from farol.platform.web.lists.shown import Shown
from farol.platform.web.lists.state import State

PAGE_SIZE = 50


@dataclass(frozen=True)
class Status:
    """What a cell of kind `status` shows: `tone` is neutral, info, success, warning or danger."""

    label: Any
    tone: str = "neutral"
    icon: str = ""

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Column:
    """One column. `value` is a path (`role.name`) or a function of the row; left out, it is `name`.

    `kind`: text, integer, money, percent, number, date, datetime, boolean, status. `sort` is the field (or, in a plain
    sequence, the path) that it sorts by. `template` shows the cell instead (context: `row`, `value`); the export still
    takes `value`. `link` makes the text open the row. `shown=False` hides it until the person chooses it.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    sort: str = ""
    link: bool = False
    shown: bool = True
    export: bool = True
    template: str = ""

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return read(row, self.value or self.name)

    @property
    def numeric(self) -> bool:
        return self.kind in ("integer", "money", "percent", "number")


@dataclass(frozen=True)
class Filter:
    """A chip with choices. `apply(rows, value)` narrows; a text is the field that must equal the value."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]]
    apply: str | Callable[[Any, str], Any] = ""

    def all_choices(self) -> list[tuple[str, Any]]:
        return list(self.choices() if callable(self.choices) else self.choices)

    def narrow(self, rows: Rows, value: str) -> Rows:
        if callable(self.apply):
            return self.apply(rows, value)
        field = self.apply or self.name
        if isinstance(rows, QuerySet):
            return rows.filter(**{field: value})
        return [row for row in rows if str(read(row, field)) == value]


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and what to do."""

    title: Any
    text: Any = ""
    icon: str = "inbox"
    url_name: str = ""
    label: Any = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) if self.url_name else ""


@dataclass(frozen=True)
class New:
    """The primary action of the page; shown to holders of the permission."""

    label: Any
    url_name: str
    permission: str

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Bulk:
    """Something to do with the selected rows: their keys are posted as `selected`. `confirm` asks first, in words."""

    label: Any
    url_name: str
    permission: str
    confirm: Any = ""
    danger: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class List:
    name: str
    title: Any
    columns: tuple[Column, ...]
    search: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: str = ""
    row_url: Callable[[Any], str] | None = None
    empty: Empty | None = None
    new: New | None = None
    bulk: tuple[Bulk, ...] = ()
    subtitle: Any = ""
    export_permission: str = "export"
    page_size: int = PAGE_SIZE

    def respond(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        template: str = "web/list.html",
        context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """The page, or the export when the address asks for it. A wrong address is refused with 400."""
        state = State(self, request.GET)
        found = state.select(rows)
        principal: Principal = request.principal  # type: ignore[attr-defined]
        if form := request.GET.get("export"):
            principal.require(self.export_permission)
            return file_of(self, found, state, form)
        shown = Shown(self, state, found, principal, anything=state.narrowed or bool(found))
        return render(request, template, {"list": shown, **(context or {})})
