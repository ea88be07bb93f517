"""Pages whose cost does not grow with the table: counting stops, and so does turning pages."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts up to `MOST_COUNTED` and has pages for as many rows; `more` where there are further ones."""

    def __init__(self, rows: Any, per_page: int) -> None:
        super().__init__(rows, per_page)

    @cached_property
    def found(self) -> int:
        """Rows, or one more than `MOST_COUNTED`."""
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        return counted(self.object_list)

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_COUNTED) if isinstance(self.object_list, QuerySet) else self.found

    def page(self, number: int | str) -> Page:
        """Keys first, then the rows of this page: what is sorted and skipped are bare keys out of an index."""
        rows = self.object_list
        if not isinstance(rows, QuerySet) or not _by_key(rows):
            return super().page(number)
        number = int(self.validate_number(number))
        first = (number - 1) * self.per_page
        keys = list(rows.values_list("pk", flat=True)[first : min(first + self.per_page, self.count)])
        found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
        return self._get_page([found[key] for key in keys if key in found], number, self)

    @property
    def more(self) -> bool:
        return self.found > self.count


def _by_key(rows: QuerySet) -> bool:
    """False for rows that are dicts, a union, or cut already."""
    return issubclass(rows._iterable_class, ModelIterable) and not (rows.query.combinator or rows.query.is_sliced)


def counted(rows: QuerySet, most: int = MOST_COUNTED) -> int:
    """How many rows there are, or `most + 1`: the database stops there."""
    if rows.query.is_empty():
        return 0
    return rows.order_by().values("pk")[: most + 1].count()
