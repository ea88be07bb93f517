"""Published versions as DuckDB files: one file per version, and a catalog file that is replaced in one step.

<FAROL_HOME>/warehouse/<dataset>/catalog.json   what is published (replaced by rename)
                                 v12.duckdb     one version, never changed
                                 landing.duckdb the private file of the loads
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.utils.translation import gettext as _

from farol.core.errors import Refused, Unavailable
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.catalog_file import read_catalog, sync, write_catalog
from farol.engines.warehouse.connection import read_only, warehouse_home
from farol.engines.warehouse.dataset import Dataset
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, ident, literal
from farol.engines.warehouse.store import Store


def folder(dataset: str) -> Path:
    return warehouse_home() / dataset


def version_path(dataset: str, number: int) -> Path:
    return folder(dataset) / f"v{number}.duckdb"


class DuckStore(Store):
    """The default warehouse: no server."""

    def catalog(self, dataset: str) -> Catalog:
        return read_catalog(folder(dataset))

    def reader(self, dataset: Dataset, version: Version) -> Reader:
        return DuckReader(dataset, version, _pool.take(dataset.name, version.number))

    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        before = self.catalog(dataset.name)
        if before.current != version.base or before.last_number >= version.number:
            raise Refused(_("Another load published in the meantime. Nothing was changed; load again."))
        sync(candidate)
        candidate.rename(version_path(dataset.name, version.number))
        sync(folder(dataset.name))
        write_catalog(folder(dataset.name), before.with_version(version, settings.FAROL_WAREHOUSE_KEEP))
        self.clean(dataset)

    def point(self, dataset: str, number: int) -> None:
        write_catalog(folder(dataset), self.catalog(dataset).pointing_at(number))

    def clean(self, dataset: Dataset) -> None:
        named = {version_path(dataset.name, v.number).name for v in self.catalog(dataset.name).versions}
        for path in folder(dataset.name).glob("v*.duckdb*"):
            if path.name not in named:
                path.unlink(missing_ok=True)  # a reader that holds it keeps it until it closes

    @contextmanager
    def attached(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version) -> Iterator[Sql]:
        path = version_path(dataset.name, version.number)
        connection.execute(compose("ATTACH {path} AS published (READ_ONLY)", path=literal(path)))
        try:
            yield Sql("published")
        finally:
            connection.execute("DETACH published")


class DuckReader(Reader):
    """Reads a version file through the connection that this process shares."""

    dialect = "duckdb"

    def __init__(self, dataset: Dataset, version: Version, shared: _Shared) -> None:
        super().__init__(dataset, version)
        self._shared: _Shared | None = shared
        self._cursor = shared.connection.cursor()

    def table(self, name: str) -> str:
        return ident(self.dataset.table(name).name)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._cursor.execute(sql, params).fetchall()
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise Unavailable(_("The warehouse cannot answer this now: memory or disk is short.")) from error

    def stream(self, sql: str, size: int = 5000, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        cursor = self._cursor.cursor()
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(size):
            yield chunk

    def close(self) -> None:
        if self._shared:
            self._cursor.close()
            _pool.give_back(self._shared)
            self._shared = None


@dataclass
class _Shared:
    """One open version file of this process; `users` counts the readers on it."""

    key: tuple[int, str, int]
    connection: duckdb.DuckDBPyConnection
    users: int = 0


class _Pool:
    """Open version files of this process. The newest of a dataset stays open, others close with their last reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[int, str, int], _Shared] = {}

    def take(self, dataset: str, number: int) -> _Shared:
        key = (os.getpid(), str(folder(dataset)), number)  # a connection must not cross a fork
        with self._lock:
            if key not in self._open:
                self._open[key] = _Shared(key, _open_version(dataset, number))
                self._close_idle(key)
            self._open[key].users += 1
            return self._open[key]

    def give_back(self, shared: _Shared) -> None:
        with self._lock:
            shared.users -= 1
            newest = max((k[2] for k in self._open if k[:2] == shared.key[:2]), default=0)
            if not shared.users and shared.key[2] != newest:
                self._close(shared.key)

    def _close_idle(self, but: tuple[int, str, int]) -> None:
        for key, shared in list(self._open.items()):
            if key[:2] == but[:2] and key != but and not shared.users:
                self._close(key)

    def _close(self, key: tuple[int, str, int]) -> None:
        shared = self._open.pop(key, None)
        if shared:
            shared.connection.close()


_pool = _Pool()


def _open_version(dataset: str, number: int) -> duckdb.DuckDBPyConnection:
    try:
        return read_only(version_path(dataset, number))
    except duckdb.Error as error:
        raise Unavailable(
            _("Version %(number)s of the data cannot be opened. An administrator can go back to an earlier version.")
            % {"number": number}
        ) from error
