"""One list for every room: declared once, it brings search, filters, sorting, pages, columns and export.

Its state is the address.

    PEOPLE = List(
        name="people",
        title=_("People"),
        columns=(
            Column("name", _("Name"), sort="name", link=True),
            Column("email", _("E-mail"), sort="email"),
            Column("state", _("State"), value=lambda u: ACTIVE if u.is_active else OFF, kind="status"),
            Column("seen", _("Last seen"), sort="last_login", value="last_login", kind="datetime"),
        ),
        search=("name", "email"),
        filters=(Filter("state", _("State"), [("on", _("Active")), ("off", _("Off"))], active_or_not),),
        order="name",
        row_url=lambda u: reverse("accounts:person", args=[u.pk]),
        empty=Empty(_("No people yet"), _("Create the first one."), icon="users"),
        new=New(_("New person"), "accounts:person_new", "administration"),
    )

    @requires("administration")
    def people(request):
        return PEOPLE.respond(request, User.objects.all())

`respond` takes a query set, or a plain sequence for the few lists that live in code; a row is a model, an object or a
dict. The template `web/list.html` may be extended (blocks `before`, `after`); pass it as `template=`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError
from farol.platform.accounts.principal import Principal
from farol.platform.exports import Column as ExportColumn
from farol.platform.exports import Kind, csv_lines, xlsx

Rows: TypeAlias = Any  # a query set or a sequence
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
            return self.export(found, state, form)
        shown = Shown(self, state, found, principal, anything=state.narrowed or bool(found))
        return render(request, template, {"list": shown, **(context or {})})

    def export(self, rows: Rows, state: State, form: str) -> HttpResponseBase:
        """All selected rows with the columns on screen, as XLSX or CSV; row by row, never all of them in memory."""
        columns = [c for c in state.columns if c.export]
        heads = [ExportColumn(c.name, c.label, Kind.TEXT if c.kind == "status" else Kind(c.kind)) for c in columns]
        values = ([exported(c, row) for c in columns] for row in stream(rows))
        name = f"{self.name}-{clock.today().isoformat()}.{form}"
        if form == "xlsx":
            file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
            xlsx(file, heads, values, self.title)
            file.seek(0)
            return FileResponse(file, as_attachment=True, filename=name)
        if form == "csv":
            lines = csv_lines(heads, values)
            disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
            return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=disposition)
        raise wrong_address()


def wrong_address() -> FarolError:
    return FarolError(
        _("This list does not know what the address asks for. Open it again from the menu."), code="address"
    )


def read(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row.get(path)
    value = attrgetter(path)(row) if all(_reachable(row, path)) else None
    return value() if callable(value) else value


def _reachable(row: Any, path: str) -> Iterator[bool]:
    """A relation that is empty ends the path."""
    for part in path.split(".")[:-1]:
        row = getattr(row, part)
        yield row is not None


def stream(rows: Rows) -> Iterable[Any]:
    return rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows


def exported(column: Column, row: Any) -> Any:
    """What the file holds: a status by its label, an instant in the business zone."""
    value = column.of(row)
    if column.kind == "status" and value is not None:
        return str(value)
    return localtime(value) if column.kind == "datetime" and value is not None else value


class State:
    """What the address asks of a list, checked against what the list declares."""

    def __init__(self, declared: List, query: QueryDict) -> None:
        self.declared, self.query = declared, query
        self.text = "".join(c for c in query.get("q", "") if c.isprintable()).strip()[:200]
        self.sort = query.get("sort") or declared.order
        self.chosen = {f.name: value for f in declared.filters if (value := query.get(f.name))}
        self.columns = self._columns()
        self._check()

    def _columns(self) -> list[Column]:
        asked = self.query.get("cols")
        if not asked:
            return [c for c in self.declared.columns if c.shown]
        names = asked.split(",")
        if set(names) - {c.name for c in self.declared.columns}:
            raise wrong_address()
        return [c for c in self.declared.columns if c.name in names]

    def _check(self) -> None:
        sortable = {c.name for c in self.declared.columns if c.sort}
        if "sort" in self.query and self.sort.removeprefix("-") not in sortable:
            raise wrong_address()
        for one in self.declared.filters:
            if one.name in self.chosen and self.chosen[one.name] not in {str(v) for v, _label in one.all_choices()}:
                raise wrong_address()

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.chosen)

    def select(self, rows: Rows) -> Rows:
        for one in self.declared.filters:
            if one.name in self.chosen:
                rows = one.narrow(rows, self.chosen[one.name])
        return self._sorted(self._found(rows))

    def _found(self, rows: Rows) -> Rows:
        """Rows in which every word is somewhere in the searched fields."""
        for word in self.text.split():
            if isinstance(rows, QuerySet):
                anywhere = Q()
                for field in self.declared.search:
                    anywhere |= Q(**{f"{field}__icontains": word})
                rows = rows.filter(anywhere)
            else:
                fields, low = self.declared.search, word.casefold()
                rows = [r for r in rows if any(low in str(read(r, f) or "").casefold() for f in fields)]
        return rows

    def _sorted(self, rows: Rows) -> Rows:
        name, down = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = next((c for c in self.declared.columns if c.name == name and c.sort), None)
        field = column.sort if column else name
        if isinstance(rows, QuerySet):
            if not field:
                return rows
            return rows.order_by(*(f"-{field}" if down else field, "-pk" if down else "pk"))
        if not field:
            return rows
        known = [r for r in rows if read(r, field) is not None]
        unknown = [r for r in rows if read(r, field) is None]
        return sorted(known, key=lambda r: read(r, field), reverse=down) + unknown

    def url(self, **changes: str | None) -> str:
        """The address with some of its parts changed or (None) left out; always from page one."""
        query = self.query.copy()
        for name in ("page", "export"):
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode(safe=',')}"


@dataclass(frozen=True)
class Link:
    label: Any
    url: str
    current: bool


@dataclass(frozen=True)
class Chip:
    label: Any
    chosen: Any
    choices: list[Link]
    clear_url: str


@dataclass(frozen=True)
class Head:
    column: Column
    url: str
    direction: str


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any


@dataclass(frozen=True)
class Row:
    key: Any
    url: str
    cells: list[Cell]
    object: Any


class Shown:
    """What the template draws."""

    def __init__(self, declared: List, state: State, rows: Rows, principal: Principal, *, anything: bool) -> None:
        self.declared, self.state, self.narrowed = declared, state, state.narrowed
        self.anything = anything
        self.page: Page = Paginator(rows, declared.page_size).get_page(state.query.get("page"))
        self.new = declared.new if declared.new and principal.may(declared.new.permission) else None
        self.bulk = [b for b in declared.bulk if principal.may(b.permission)]
        self.may_export = principal.may(declared.export_permission)

    @property
    def count(self) -> int:
        return self.page.paginator.count

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

    @property
    def rows(self) -> list[Row]:
        url = self.declared.row_url or (lambda _row: "")
        return [
            Row(
                row.pk if isinstance(row, Model) else "",
                url(row),
                [Cell(c, c.of(row)) for c in self.state.columns],
                row,
            )
            for row in self.page
        ]

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
        return Chip(one.label, chosen, links, self.state.url(**{one.name: None}))

    @property
    def column_links(self) -> list[Link]:
        shown = [c.name for c in self.state.columns]
        return [Link(c.label, self._toggled(c, shown), c.name in shown) for c in self.declared.columns]

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
        return [(n, v) for n, v in self.state.query.items() if n not in ("q", "page", "export")]
