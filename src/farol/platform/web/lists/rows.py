"""Rows of a list: models, objects or dicts, in a query set or a plain sequence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from django.db.models import QuerySet

Rows: TypeAlias = Any  # a query set or a sequence


def read(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row.get(path)
    for part in path.split("."):
        row = getattr(row, part)
        if row is None:  # a relation that is empty ends the path
            return None
    return row() if callable(row) else row


def stream(rows: Rows) -> Iterable[Any]:
    return rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
