"""The private file of a dataset's loads: what the next version is built from, never published itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.connection import quoted, warehouse_home, writer
from farol.engines.warehouse.dataset import Dataset
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.store import Store, current_store


@dataclass(frozen=True)
class Merged:
    """What an upsert did to the landing rows; `days` are those the incoming rows touched."""

    new: int
    changed: int
    unchanged: int
    deleted: int

    @property
    def nothing(self) -> bool:
        return not (self.new or self.changed or self.deleted)


class Landing:
    """The open landing file of a dataset, brought to the state of the published version.

    Whatever ended badly before (a kill, a failed check, a rollback, a lost file) leaves landing out of step with what is
    published; it is then rebuilt from the published version, so there is one way of recovery and it is used often.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, store: Store, folder: Path) -> None:
        self.connection, self.dataset, self.store, self.folder = connection, dataset, store, folder
        self.base = store.catalog(dataset.name).published
        self._recover()

    @property
    def table(self) -> str:
        return quoted(self.dataset.landing.name)

    def merge(self, incoming: str, *, replace_days: bool = False) -> Merged:
        """Upsert the rows of table `incoming` (same columns, one row per grain) in one transaction.

        `replace_days` also deletes the rows of the incoming days that did not come.
        """
        grain = [quoted(c) for c in self.dataset.grain]
        values = [quoted(c) for c in self.dataset.landing.columns if c not in self.dataset.grain]
        same = " AND ".join(f"l.{c} = i.{c}" for c in grain)
        differs = " OR ".join(f"l.{c} IS DISTINCT FROM i.{c}" for c in values)
        if not self._has_rows():
            return self._take_over(incoming)
        matched, changed = self._row(
            f"SELECT count(*), count(*) FILTER ({differs}) FROM {incoming} i JOIN {self.table} l ON {same}"
        )
        total = self._row(f"SELECT count(*) FROM {incoming}")[0]
        day = quoted(self.dataset.day)
        gone = f"{day} IN (SELECT {day} FROM {incoming}) AND NOT EXISTS (SELECT 1 FROM {incoming} i WHERE {same})"
        deleted = self._row(f"SELECT count(*) FROM {self.table} l WHERE {gone}")[0] if replace_days else 0
        merged = Merged(total - matched, changed, matched - changed, deleted)
        if not merged.nothing:
            self._apply(incoming, same, differs, gone if deleted else "")
        return merged

    def _apply(self, incoming: str, same: str, differs: str, gone: str) -> None:
        columns = ", ".join(f"i.{quoted(c)}" for c in self.dataset.landing.columns)
        with self._transaction():
            self._forget_state()
            if gone:
                self.connection.execute(f"DELETE FROM {self.table} l WHERE {gone}")
            self.connection.execute(f"DELETE FROM {self.table} l USING {incoming} i WHERE {same} AND ({differs})")
            self.connection.execute(
                f"INSERT INTO {self.table} SELECT {columns} FROM {incoming} i ANTI JOIN {self.table} l ON {same}"
            )

    def _take_over(self, incoming: str) -> Merged:
        """The first load: the incoming table becomes the landing table without being copied."""
        rows = self._row(f"SELECT count(*) FROM {incoming}")[0]
        with self._transaction():
            self._forget_state()
            self.connection.execute(f"DROP TABLE {self.table}")
            self.connection.execute(f"ALTER TABLE {incoming} RENAME TO {self.table}")
        return Merged(rows, 0, 0, 0)

    def remember(self, version: Version) -> None:
        """Landing now holds exactly what `version` publishes."""
        with self._transaction():
            self._forget_state()
            self.connection.execute("INSERT INTO state VALUES (?, ?)", [version.number, version.schema])

    def _recover(self) -> None:
        self.connection.execute("CREATE TABLE IF NOT EXISTS state (version BIGINT, schema TEXT)")
        wanted = (self.base.number, self.base.schema) if self.base else None
        if not self._exists() or self.connection.execute("SELECT version, schema FROM state").fetchone() != wanted:
            self._rebuild()

    def _rebuild(self) -> None:
        with self._transaction():
            self._forget_state()
            self._create()
        if self.base:
            with self.store.attached(self.connection, self.dataset, self.base) as schema:
                source = f"{schema}.{quoted(self.dataset.tables[0].name)}"
                shared = self._shared_columns(source)
                self.connection.execute(f"INSERT INTO {self.table} BY NAME SELECT {shared} FROM {source}")
            self.remember(self.base)

    def _create(self) -> None:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in self.dataset.landing.columns.items())
        self.connection.execute(f"DROP TABLE IF EXISTS {self.table}")
        self.connection.execute(f"CREATE TABLE {self.table} ({columns})")

    def _shared_columns(self, source: str) -> str:
        there = {row[0] for row in self.connection.execute(f"DESCRIBE {source}").fetchall()}
        return ", ".join(quoted(c) for c in self.dataset.landing.columns if c in there)

    def _exists(self) -> bool:
        sql = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ? AND NOT temporary"
        return bool(self._row(sql, [self.dataset.landing.name])[0])

    def _has_rows(self) -> bool:
        return bool(self._row(f"SELECT count(*) FROM (SELECT 1 FROM {self.table} LIMIT 1)")[0])

    def _forget_state(self) -> None:
        self.connection.execute("DELETE FROM state")

    def _row(self, sql: str, params: list[Any] | None = None) -> tuple[Any, ...]:
        found = self.connection.execute(sql, params or []).fetchone()
        assert found is not None  # noqa: S101 - an aggregate always has a row
        return found

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


@contextmanager
def open_landing(dataset: Dataset, *, wait: float = 600.0) -> Iterator[Landing]:
    """Take the writer lease of a dataset, clean up after earlier runs and open its landing file.

    `Refused` if another load holds the lease for longer than `wait` seconds.
    """
    folder, store = warehouse_home() / dataset.name, current_store()
    with writer_lease(folder, wait):
        store.clean(dataset)
        for name in ("landing.tmp", "work"):
            shutil.rmtree(folder / name, ignore_errors=True)
        connection = _open(folder / "landing.duckdb")
        try:
            yield Landing(connection, dataset, store, folder)
        finally:
            connection.close()


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    """A landing file that cannot be opened is set aside: everything in it comes back from the published version."""
    try:
        return writer(path)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException):
        path.replace(path.with_suffix(".damaged"))
        path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
        return writer(path)
