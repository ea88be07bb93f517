"""What a room declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.web.lists.apart import is_large, made_apart
from farol.platform.web.lists.density import remember_density
from farol.platform.web.lists.files import file_of
from farol.platform.web.lists.rows import Rows, read
from farol.platform.web.lists.searching import Search
from farol.platform.web.lists.shown import Shown
from farol.platform.web.lists.state import State

PAGE_SIZE = 50


def by_template(name: str) -> Callable[[Any, Any], str]:
    """Draws a cell by a template, whose context is `row` and `value`."""
    return lambda row, value: render_to_string(name, {"row": row, "value": value})


def hidden(value: Any) -> str:
    """The last two characters of a personal text, enough to recognise what one knows already."""
    text = str(value)
    return "•••" + (text[-2:] if len(text) > 5 else "")


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
    sequence, the path) that it sorts by. `draw(row, value)` makes the cell's HTML instead (`by_template` for a longer
    one); the export still takes `value`. `link` makes the text open the row. `shown=False` hides it until the person
    chooses it.

    `personal` data go through `mask` on the screen always, and in a file unless the person holds the list's
    `reveal_permission`.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    sort: str = ""
    link: bool = False
    shown: bool = True
    export: bool = True
    draw: Callable[[Any, Any], str] | None = None
    personal: bool = False
    mask: Callable[[Any], str] = hidden

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return read(row, self.value or self.name)

    def masked(self, row: Any) -> Any:
        """What the screen shows."""
        value = self.of(row)
        return self.mask(value) if self.personal and value not in (None, "") else value

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
    """Something to do with the selected rows; its view gets them from `chosen`. `confirm` asks first, in words.

    `args` complete the address. With `reason` the bar has a field whose text is posted as `reason`. `barred` is the
    sentence that stands in the place of the button where it can't be done with many rows.
    """

    label: Any
    url_name: str
    permission: str
    confirm: Any = ""
    danger: bool = False
    args: tuple[Any, ...] = ()
    reason: bool = False
    barred: Any = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args)


@dataclass(frozen=True)
class List:
    """`search` names fields (see `searching`), or is a function of rows and text. `own` narrows to a person's own rows
    what they export where they hold the right for those only; without it such a person exports nothing.
    """

    name: str
    title: Any
    columns: tuple[Column, ...]
    search: Search = ()
    filters: tuple[Filter, ...] = ()
    order: str = ""
    row_url: Callable[[Any], str] | None = None
    empty: Empty | None = None
    new: New | None = None
    bulk: tuple[Bulk, ...] = ()
    subtitle: Any = ""
    export_permission: str = "export"
    reveal_permission: str = ""
    own: Callable[[Any, Principal], Any] | None = None
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
        principal = asker_of(request)
        if form := request.GET.get("export"):
            return made_apart(request) if is_large(request, found) else file_of(self, found, state, form, principal)
        shown = Shown(self, state, found, request)
        return remember_density(request, render(request, template, {"list": shown, **(context or {})}))

    def may_export(self, principal: Principal) -> bool:
        return principal.may(self.export_permission) and (
            self.own is not None or not principal.own_only(self.export_permission)
        )
