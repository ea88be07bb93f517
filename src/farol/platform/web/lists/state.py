"""What the address asks of a list."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from farol.core.errors import FarolError
from farol.platform.web.lists.rows import Rows, read
from farol.platform.web.lists.searching import find

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column, List

NOT_KEPT = ("page", "export", "density")  # parts of the address that belong to one look only


def wrong_address() -> FarolError:
    return FarolError(
        _("This list does not know what the address asks for. Open it again from the menu."), code="address"
    )


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
    def address(self) -> str:
        """What the list shows, without page: `status=open&sort=-created`."""
        query = self.query.copy()
        for name, value in self.query.items():
            if name in NOT_KEPT or not value:
                del query[name]
        return query.urlencode(safe=",")

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.chosen)

    def select(self, rows: Rows) -> Rows:
        for one in self.declared.filters:
            if one.name in self.chosen:
                rows = one.narrow(rows, self.chosen[one.name])
        return self._sorted(self._found(rows))

    def _found(self, rows: Rows) -> Rows:
        return find(rows, self.declared.search, self.text) if self.text else rows

    def _sorted(self, rows: Rows) -> Rows:
        name, down = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = next((c for c in self.declared.columns if c.name == name and c.sort), None)
        field = column.sort if column else name
        if isinstance(rows, QuerySet):
            if not field:
                return rows
            # among equals the newest first: that is how the rooms' indexes run, (status, -id), forwards and backwards
            return rows.order_by(*(f"-{field}" if down else field, "pk" if down else "-pk"))
        if not field:
            return rows
        known = [r for r in rows if read(r, field) is not None]
        unknown = [r for r in rows if read(r, field) is None]
        return sorted(known, key=lambda r: read(r, field), reverse=down) + unknown

    def url(self, **changes: str | None) -> str:
        """The address with some of its parts changed or (None) left out; always from page one."""
        parts = {**self._kept, **changes}
        return f"?{urlencode({name: value for name, value in parts.items() if value is not None}, safe=',')}"

    @cached_property
    def _kept(self) -> dict[str, str | None]:
        return {name: value for name, value in self.query.items() if name not in NOT_KEPT}
