"""Rows of a list: models, objects or dicts, in a query set or a plain sequence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, TypeAlias

from django.db.models import QuerySet

Rows: TypeAlias = Any  # a query set or a sequence


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
