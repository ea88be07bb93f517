"""The one way to read facts: a reader stays on one published version from beginning to end."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.dataset import Dataset


class Reader(ABC):
    """Reads one version of one dataset; use it as a context manager.

    `rows` and `stream` take SQL of `dialect` with its parameter marks (`%s` in PostgreSQL, `?` elsewhere); tables are
    named by `table(...)`.
    """

    dialect: str

    def __init__(self, dataset: Dataset, version: Version) -> None:
        self.dataset, self._version = dataset, version

    @property
    def version(self) -> str:
        return self._version.name

    @property
    def published_at(self) -> dt.datetime:
        return self._version.published_at

    @property
    def complete_until(self) -> dt.date | None:
        return self._version.complete_until

    @property
    def first_day(self) -> dt.date | None:
        return self._version.first_day

    @property
    def last_day(self) -> dt.date | None:
        return self._version.last_day

    def columns(self, table: str) -> list[str]:
        """Column names of a published table, in order."""
        return list(self.dataset.table(table).columns)

    @abstractmethod
    def table(self, name: str) -> str:
        """SQL text that names the physical table of this version."""

    @abstractmethod
    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""

    @abstractmethod
    def stream(self, sql: str, size: int = 5000, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a statement in lists of at most `size`, never all of them in memory."""

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; closing twice is harmless."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
