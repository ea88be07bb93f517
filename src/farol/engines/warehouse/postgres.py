"""Published versions as tables of PostgreSQL: physical tables carry the version, one row points at the current one.

farol_warehouse.version, farol_warehouse.pointer     what is published
farol_warehouse.payments_v12_kpi_daily               a table of one version, never changed
bi.*                                                 views for outsiders (Metabase), replaced last
"""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from farol.core.errors import Refused, Unavailable
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.connection import exporter
from farol.engines.warehouse.dataset import Dataset, Table
from farol.engines.warehouse.pool import Pool
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, declared, each, ident, literal
from farol.engines.warehouse.store import Store, check_base, physical

log = logging.getLogger(__name__)
SCHEMA, BI = "farol_warehouse", "bi"
LOCK_PATIENCE = "3s"
VIEW_TRIES = 5
BLOCK = 1 << 20
Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresStore(Store):
    """The warehouse that `FAROL_WAREHOUSE=postgresql://…` names."""

    def __init__(self, address: str) -> None:
        self.address = address

    def catalog(self, dataset: str) -> Catalog:
        with _borrowed(self.address) as connection:
            return _read_catalog(connection, dataset)

    def reader(self, dataset: Dataset, version: Version) -> Reader:
        return PostgresReader(dataset, version, self.address)

    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        with _borrowed(self.address) as connection, _only_writer(connection, dataset):
            _prepare(connection)
            check_base(_read_catalog(connection, dataset.name), version)
            _copy_tables(connection, dataset, candidate, version)
            with connection.transaction():
                _switch(connection, dataset, version)
            self._replace_views(connection, dataset, version.number)
        candidate.unlink()

    def point(self, dataset: str, number: int) -> None:
        from farol.engines.warehouse.dataset import find_dataset

        with _borrowed(self.address) as connection:
            connection.execute(
                sql.SQL("UPDATE {} SET number = %s WHERE dataset = %s").format(_own("pointer")), (number, dataset)
            )
            self._replace_views(connection, find_dataset(dataset), number)

    def clean(self, dataset: Dataset) -> None:
        with _borrowed(self.address) as connection:
            _prepare(connection)
            catalog = _read_catalog(connection, dataset.name)
            if catalog.current is not None and _views_show(connection, dataset) != catalog.current:
                self._replace_views(connection, dataset, catalog.current)
            kept = {physical(dataset, t, v.number) for v in catalog.versions for t in dataset.all_tables}
            for name in _physical_tables(connection, dataset):
                if name not in kept:
                    _drop(connection, name)

    @contextmanager
    def attached(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version) -> Iterator[Sql]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "published.duckdb"
            connection.execute(compose("ATTACH {path} AS published", path=literal(file)))
            try:
                self._fetch(connection, dataset, version, Path(folder) / "table.csv")
                yield Sql("published")
            finally:
                connection.execute("DETACH published")

    def _fetch(self, target: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version, file: Path) -> None:
        table = dataset.tables[0]
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT csv, NULL '\\N')").format(
            _own(physical(dataset, table, version.number))
        )
        with _borrowed(self.address) as source, source.cursor().copy(statement) as copy, file.open("wb") as out:
            for block in copy:
                out.write(block)
        name = compose("published.{table}", table=ident(table.name))
        target.execute(compose("CREATE TABLE {name} ({columns})", name=name, columns=declared(table)))
        target.execute(compose("COPY {name} FROM {file} (FORMAT csv, NULL '\\N')", name=name, file=literal(file)))

    def _replace_views(self, connection: Connection, dataset: Dataset, number: int) -> None:
        """All views in one step. An outsider's long query may hold them: then the next load brings them up to date."""
        for attempt in range(VIEW_TRIES):
            try:
                with connection.transaction():
                    _create_views(connection, dataset, number)
                return
            except psycopg.errors.LockNotAvailable:
                time.sleep(0.2 * 2**attempt)
        log.warning("views of %s still show an earlier version: somebody holds them", dataset.name)


class PostgresReader(Reader):
    """Reads the tables of one version in one read-only snapshot."""

    dialect = "postgres"

    def __init__(self, dataset: Dataset, version: Version, address: str) -> None:
        super().__init__(dataset, version)
        self._lent = _borrowed(address)
        self._connection: Connection | None = self._lent.__enter__()
        self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def table(self, name: str) -> str:
        return ident(SCHEMA) + "." + ident(physical(self.dataset, self.dataset.table(name), self._version.number))

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._open.execute(sql.encode(), tuple(params) or None).fetchall()
        except psycopg.OperationalError as error:
            raise Unavailable(_("The warehouse does not answer.")) from error

    def stream(self, sql: str, size: int = 5000, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        with self._open.cursor(name="farol_stream") as cursor:
            cursor.execute(sql.encode(), tuple(params) or None)
            while chunk := cursor.fetchmany(size):
                yield chunk

    def close(self) -> None:
        if self._connection:
            self._connection.rollback()
            self._connection = None
            self._lent.__exit__(None, None, None)

    @property
    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the reader is closed")
        return self._connection


def _connect(address: str) -> Connection:
    try:
        return psycopg.connect(address, connect_timeout=5, autocommit=True)
    except psycopg.OperationalError as error:  # its text may carry the address
        raise Unavailable(_("The warehouse does not answer.")) from error


def _alive(connection: Connection) -> bool:
    """False for a connection that the server ended while it lay idle."""
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def _release(connection: Connection) -> bool:
    if not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.rollback()
    return not connection.closed


_pool = Pool(_connect, _alive, _release)


@contextmanager
def _borrowed(address: str) -> Iterator[Connection]:
    with _pool.borrowed(address) as connection:
        try:
            yield connection
        except psycopg.OperationalError as error:
            connection.close()
            raise Unavailable(_("The warehouse does not answer. Nothing was changed.")) from error


@contextmanager
def _only_writer(connection: Connection, dataset: Dataset) -> Iterator[None]:
    """One publication at a time, whatever machine it comes from: the lease of the data folder guards only one."""
    key = f"farol {dataset.name}"
    done = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (key,)).fetchone()
    if done != (True,):
        raise Refused(_("Another load of the same data is running. Wait until it ends, then load again."))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (key,))


def _own(name: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, name)


def _prepare(connection: Connection) -> None:
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(BI)))
    connection.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {} (dataset text, number bigint, body jsonb, PRIMARY KEY (dataset, number))"
        ).format(_own("version"))
    )
    connection.execute(
        sql.SQL("CREATE TABLE IF NOT EXISTS {} (dataset text PRIMARY KEY, number bigint, last_number bigint)").format(
            _own("pointer")
        )
    )


def _read_catalog(connection: Connection, dataset: str) -> Catalog:
    """Pointer and versions in one statement, so that they belong together."""
    query = sql.SQL(
        "SELECT p.number, p.last_number, v.body FROM {} p JOIN {} v USING (dataset)"
        " WHERE dataset = %s ORDER BY v.number"
    ).format(_own("pointer"), _own("version"))
    try:
        rows = connection.execute(query, (dataset,)).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return Catalog()
    if not rows:
        return Catalog()
    return Catalog(rows[0][0], tuple(Version.from_json(body) for _n, _l, body in rows), rows[0][1])


def _copy_tables(connection: Connection, dataset: Dataset, candidate: Path, version: Version) -> None:
    with exporter(candidate) as source, tempfile.TemporaryDirectory(dir=candidate.parent) as folder:
        for table in dataset.all_tables:
            file = Path(folder) / f"{table.name}.csv"
            texts = [n for n, kind in table.columns.items() if kind == "TEXT"]
            quoted = compose(", FORCE_QUOTE ({names})", names=each("{}", texts)) if texts else Sql("")
            source.execute(
                compose(
                    "COPY {table} TO {file} (FORMAT csv, HEADER false, NULL '\\N'{quoted})",
                    table=ident(table.name),
                    file=literal(file),
                    quoted=quoted,
                )
            )
            name = physical(dataset, table, version.number)
            _fill(connection, name, table, file)
            _count(connection, name, version.rows[table.name])


def _fill(connection: Connection, name: str, table: Table, file: Path) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(kind)) for n, kind in table.columns.items()
    )
    with connection.transaction():
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_own(name)))
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(_own(name), columns))
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv, NULL '\\N')").format(_own(name))
        with connection.cursor().copy(statement) as copy, file.open("rb") as text:
            while block := text.read(BLOCK):
                copy.write(block)
        for group in table.indexed:
            fields = sql.SQL(", ").join(map(sql.Identifier, group))
            connection.execute(sql.SQL("CREATE INDEX ON {} ({})").format(_own(name), fields))
    connection.execute(sql.SQL("ANALYZE {}").format(_own(name)))


def _count(connection: Connection, name: str, wanted: int) -> None:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(_own(name))).fetchone()
    if not found or found[0] != wanted:
        raise Refused(_("The warehouse did not take every row. Nothing was changed; load again."))


def _switch(connection: Connection, dataset: Dataset, version: Version) -> None:
    """Point readers at the new version, unless somebody else published since the build began."""
    pointer, versions = _own("pointer"), _own("version")
    connection.execute(
        sql.SQL("INSERT INTO {} VALUES (%s, NULL, 0) ON CONFLICT DO NOTHING").format(pointer), (dataset.name,)
    )
    done = connection.execute(
        sql.SQL(
            "UPDATE {} SET number = %s, last_number = %s"
            " WHERE dataset = %s AND number IS NOT DISTINCT FROM %s AND last_number < %s"
        ).format(pointer),
        (version.number, version.number, dataset.name, version.base, version.number),
    )
    if done.rowcount != 1:
        raise Refused(_("Another load published in the meantime. Nothing was changed; load again."))
    connection.execute(
        sql.SQL("INSERT INTO {} VALUES (%s, %s, %s)").format(versions),
        (dataset.name, version.number, Jsonb(version.to_json())),
    )
    connection.execute(
        sql.SQL(
            "DELETE FROM {v} WHERE dataset = %s AND number NOT IN"
            " (SELECT number FROM {v} WHERE dataset = %s ORDER BY number DESC LIMIT %s)"
        ).format(v=versions),
        (dataset.name, dataset.name, settings.FAROL_WAREHOUSE_KEEP),
    )


def _create_views(connection: Connection, dataset: Dataset, number: int) -> None:
    tables = {t.name: _own(physical(dataset, t, number)) for t in dataset.all_tables}
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_PATIENCE))
    for name, select in dataset.views(BI).items():
        view = sql.Identifier(BI, name)
        body = sql.SQL(select).format(**tables)
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
        connection.execute(sql.SQL("CREATE VIEW {} AS {}").format(view, body))
        connection.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(view, f"Farol {dataset.name} {number}"))


def _views_show(connection: Connection, dataset: Dataset) -> int | None:
    """The version that the views of a dataset show."""
    names = list(dataset.views(BI))
    if not names:
        return _read_catalog(connection, dataset.name).current
    query = "SELECT obj_description(to_regclass(%s), 'pg_class')"
    found = connection.execute(query, (f"{BI}.{names[0]}",)).fetchone()
    match = re.search(r"(\d+)$", found[0] or "") if found else None
    return int(match[1]) if match else None


def _physical_tables(connection: Connection, dataset: Dataset) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename ~ %s"
    pattern = f"^{re.escape(dataset.name)}_v[0-9]+_"
    return [row[0] for row in connection.execute(query, (SCHEMA, pattern)).fetchall()]


def _drop(connection: Connection, name: str) -> None:
    """A table that somebody still reads, or that a view still shows, stays until the next run."""
    try:
        with connection.transaction():
            connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_PATIENCE))
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_own(name)))
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist):
        log.info("%s is still read; it is dropped later", name)
