"""Rows by id, found by ranges of a number and in its order without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]


class Table:
    """`rows` by id. Orders are made when first asked for and forgotten when something changes."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.rows: dict[Any, Row] = {row["id"]: row for row in rows}
        self._orders: dict[str, tuple[list[int], list[Row]]] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, row: Row) -> None:
        self.rows[row["id"]] = row
        self._orders.clear()

    def between(self, field: str, first: int | None, last: int | None) -> list[Row]:
        """Rows whose `field` lies in the closed range, by (field, id)."""
        stamps, rows = self._order(field)
        start = 0 if first is None else bisect_left(stamps, first)
        end = len(rows) if last is None else bisect_right(stamps, last)
        return rows[start:end]

    def _order(self, field: str) -> tuple[list[int], list[Row]]:
        if field not in self._orders:
            rows = sorted(self.rows.values(), key=lambda row: (row.get(field) or 0, row["id"]))
            self._orders[field] = ([row.get(field) or 0 for row in rows], rows)
        return self._orders[field]
