"""The private file of a dataset's loads: what the next version is built from, never published itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.connection import remove_dead_spill, warehouse_home, writer
from farol.engines.warehouse.dataset import Dataset
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.sql import Sql, compose, declared, each, ident, listed, literal
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

    Whatever ended badly before (a kill, a failed check, a rollback, a lost file) leaves landing out of step with what
    is published; it is then rebuilt from the published version: one way of recovery, used often.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, store: Store, folder: Path) -> None:
        self.connection, self.dataset, self.store, self.folder = connection, dataset, store, folder
        self.base = store.catalog(dataset.name).published
        self.touched = False  # table `touched` has the days that a merge changed
        self._recover()

    @property
    def table(self) -> Sql:
        return ident(self.dataset.landed.name)

    def merge(self, incoming: Sql, *, replace_days: bool = False, absent: Sequence[str] = ()) -> Merged:
        """Upsert the rows of table `incoming` (same columns, one row per grain) in one transaction.

        `replace_days` also deletes the rows of the incoming days that did not come. The columns `absent`, which did not
        come at all, keep what landing has.
        """
        if not self._value("SELECT count(*) FROM (SELECT 1 FROM {landing} LIMIT 1)"):
            return self._take_over(incoming)
        parts = self._parts(incoming)
        if absent:
            kept = _pairs("{c} = l.{c}", absent, ", ")
            self._run("UPDATE {incoming} AS i SET {kept} FROM {landing} l WHERE {same}", kept=kept, **parts)
        self._run(
            "CREATE OR REPLACE TEMP TABLE compared AS"
            " SELECT i.{day} AS day, count(*) AS rows, count(l.{day}) AS matched,"
            " count(*) FILTER (l.{day} IS NOT NULL AND ({differs})) AS changed"
            " FROM {incoming} i LEFT JOIN {landing} l ON {same} GROUP BY i.{day}",
            **parts,
        )
        total, matched, changed = self._row("SELECT sum(rows), sum(matched), sum(changed) FROM compared")
        deleted = self._value("SELECT count(*) FROM {landing} l WHERE {gone}", **parts) if replace_days else 0
        merged = Merged(total - matched, changed, matched - changed, deleted)
        self._run(
            "CREATE OR REPLACE TEMP TABLE touched AS SELECT day, rows FROM compared WHERE rows > matched OR changed > 0"
        )
        self.touched = True
        if not merged.nothing:
            self._apply(parts, delete=bool(deleted))
        return merged

    def _parts(self, incoming: Sql) -> dict[str, Sql]:
        """The pieces of SQL that say when an incoming row `i` is a landing row `l`, and when it differs from it."""
        values = [c for c in self.dataset.landed.columns if c not in self.dataset.grain]
        parts = {
            "incoming": incoming,
            "landing": self.table,
            "same": _pairs("l.{c} = i.{c}", self.dataset.grain, " AND "),
            "differs": _pairs("l.{c} IS DISTINCT FROM i.{c}", values, " OR "),
            "columns": each("i.{}", self.dataset.landed.columns),
            "day": ident(self.dataset.day),
        }
        absent = "{day} IN (SELECT {day} FROM {incoming}) AND NOT EXISTS (SELECT 1 FROM {incoming} i WHERE {same})"
        return {**parts, "gone": compose(absent, **parts)}

    def _apply(self, parts: dict[str, Sql], *, delete: bool) -> None:
        with self._transaction():
            self._forget_state()
            if delete:
                self._run("DELETE FROM {landing} l WHERE {gone}", **parts)
            self._run("DELETE FROM {landing} l USING {incoming} i WHERE {same} AND ({differs})", **parts)
            self._run(
                "INSERT INTO {landing} SELECT {columns} FROM {incoming} i ANTI JOIN {landing} l ON {same}", **parts
            )

    def _take_over(self, incoming: Sql) -> Merged:
        """The first load: the incoming table becomes the landing table without being copied."""
        rows = self._value("SELECT count(*) FROM {incoming}", incoming=incoming)
        with self._transaction():
            self._forget_state()
            self._run("DROP TABLE {landing}")
            self._run("ALTER TABLE {incoming} RENAME TO {landing}", incoming=incoming)
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
            self._run("DROP TABLE IF EXISTS {landing}")
            self._run("CREATE TABLE {landing} ({columns})", columns=declared(self.dataset.landed))
        if self.base:
            with self.store.attached(self.connection, self.dataset, self.base) as schema:
                source = compose("{schema}.{table}", schema=schema, table=ident(self.dataset.tables[0].name))
                there = {row[0] for row in self.connection.execute(compose("DESCRIBE {s}", s=source)).fetchall()}
                shared = each("{}", [c for c in self.dataset.landed.columns if c in there])
                self._run("INSERT INTO {landing} BY NAME SELECT {shared} FROM {source}", shared=shared, source=source)
            self.remember(self.base)

    def _exists(self) -> bool:
        name = literal(self.dataset.landed.name)
        return bool(
            self._value("SELECT count(*) FROM duckdb_tables() WHERE table_name = {name} AND NOT temporary", name=name)
        )

    def _forget_state(self) -> None:
        self.connection.execute("DELETE FROM state")

    def _run(self, template: str, **parts: Sql) -> None:
        self.connection.execute(compose(template, **{"landing": self.table, **parts}))

    def _row(self, template: str, **parts: Sql) -> tuple[Any, ...]:
        found = self.connection.execute(compose(template, **{"landing": self.table, **parts})).fetchone()
        assert found is not None  # noqa: S101 - an aggregate always has a row
        return found

    def _value(self, template: str, **parts: Sql) -> int:
        return int(self._row(template, **parts)[0])

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
        remove_dead_spill()
        shutil.rmtree(folder / "work", ignore_errors=True)
        connection = open_private(folder / "landing.duckdb")
        try:
            yield Landing(connection, dataset, store, folder)
        finally:
            connection.close()


def open_private(path: Path) -> duckdb.DuckDBPyConnection:
    """A private file that cannot be opened is set aside: what it held comes back from the published version, or with
    the next load, which finds no cursors and is a full one."""
    try:
        return writer(path)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException):
        path.replace(path.with_suffix(".damaged"))
        path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
        return writer(path)


def _pairs(template: str, names: Iterable[str], between: str) -> Sql:
    return listed((compose(template, c=ident(name)) for name in names), between)
