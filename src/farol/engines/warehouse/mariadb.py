"""Published versions as tables of MariaDB or MySQL, in the database that the address names.

farol_version, farol_pointer        what is published
payments_v12_kpi_daily              a table of one version, never changed
leads_metrics, sales_metrics, …     views for outsiders, replaced last and all at once
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pymysql
from django.conf import settings
from django.utils.translation import gettext as _
from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from farol.core.errors import Refused
from farol.engines.warehouse import mysql
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.copying import copied
from farol.engines.warehouse.dataset import Dataset, find_dataset
from farol.engines.warehouse.marks import percent
from farol.engines.warehouse.mysql import borrowed, changed, run
from farol.engines.warehouse.mysql_load import collation, fill
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal
from farol.engines.warehouse.store import Store, check_base, physical

log = logging.getLogger(__name__)
VIEW_TRIES = 5
BLOCK = 5000


class MySqlStore(Store):
    """The warehouse that `FAROL_WAREHOUSE=mariadb://…` (or `mysql://…`) names."""

    def __init__(self, address: str) -> None:
        self.address = address

    def catalog(self, dataset: str) -> Catalog:
        with borrowed(self.address) as connection:
            return _read_catalog(connection, dataset)

    def reader(self, dataset: Dataset, version: Version) -> Reader:
        return MySqlReader(dataset, version, self.address)

    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        with borrowed(self.address) as connection, _only_writer(connection, dataset):
            _prepare(connection)
            _refuse_foreign_tables(connection, dataset)
            check_base(_read_catalog(connection, dataset.name), version)
            fill(connection, dataset, candidate, version)
            _switch(connection, dataset, version)
            _replace_views(connection, dataset, version.number)
        candidate.unlink()

    def point(self, dataset: str, number: int) -> None:
        with borrowed(self.address) as connection:
            run(connection, "UPDATE farol_pointer SET number = ? WHERE dataset = ?", (number, dataset))
            _replace_views(connection, find_dataset(dataset), number)

    def clean(self, dataset: Dataset) -> None:
        with borrowed(self.address) as connection:
            _prepare(connection)
            catalog = _read_catalog(connection, dataset.name)
            if catalog.current is not None and _views_show(connection, dataset, catalog) != catalog.current:
                _replace_views(connection, dataset, catalog.current)
            kept = {physical(dataset, t, v.number) for v in catalog.versions for t in dataset.all_tables}
            for name in _tables(connection):
                if re.match(rf"{re.escape(dataset.name)}_v\d+_", name) and name not in kept:
                    _drop(connection, name)

    def attached(
        self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version
    ) -> AbstractContextManager[Sql]:
        return copied(connection, self.reader(dataset, version))


class MySqlReader(Reader):
    """Reads the tables of one version in one read-only snapshot; statements carry `?` for parameters."""

    dialect = "mysql"

    def __init__(self, dataset: Dataset, version: Version, address: str) -> None:
        super().__init__(dataset, version)
        self._address = address
        self._lent = borrowed(address)
        self._connection: Connection | None = self._lent.__enter__()
        run(self._connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def table(self, name: str) -> str:
        return physical(self.dataset, self.dataset.table(name), self._version.number)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if self._connection is None:
            raise RuntimeError("the reader is closed")
        with mysql.spoken(self._connection):
            return run(self._connection, sql, params)

    def stream(self, sql: str, size: int = BLOCK, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """On a connection of its own: the driver allows nothing else on it until the last row."""
        with borrowed(self._address) as connection, connection.cursor(SSCursor) as cursor:
            cursor.execute(percent(sql) if params else sql, tuple(params) or None)
            while chunk := cursor.fetchmany(size):
                yield list(chunk)

    def close(self) -> None:
        if self._connection:
            self._connection = None
            self._lent.__exit__(None, None, None)


@contextmanager
def _only_writer(connection: Connection, dataset: Dataset) -> Iterator[None]:
    """One publication at a time, whatever machine it comes from: the lease of the data folder guards only one."""
    name = compose("concat('farol ', left(sha1(database()), 16), {d})", d=literal(f" {dataset.name}"))
    if run(connection, compose("SELECT get_lock({name}, 10)", name=name)) != [(1,)]:
        raise Refused(_("Another load of the same data is running. Wait until it ends, then load again."))
    try:
        yield
    finally:
        if connection.open:
            run(connection, compose("SELECT release_lock({name})", name=name))


def _prepare(connection: Connection) -> None:
    columns = Sql("dataset VARCHAR(64), number BIGINT, body LONGTEXT, PRIMARY KEY (dataset, number)")
    pointer = Sql("dataset VARCHAR(64) PRIMARY KEY, number BIGINT, last_number BIGINT")
    there = _tables(connection)
    for name, declaration in (("farol_version", columns), ("farol_pointer", pointer)):
        if name not in there:
            made = "CREATE TABLE IF NOT EXISTS {name} ({columns}) ENGINE=InnoDB {collation}"
            run(connection, compose(made, name=Sql(name), columns=declaration, collation=collation(connection)))


def _refuse_foreign_tables(connection: Connection, dataset: Dataset) -> None:
    """A view never takes the place of somebody's table."""
    foreign = sorted(set(dataset.views("")) & set(_tables(connection)))
    if foreign:
        sentence = _(
            "The database already has a table “%(table)s”, which is not Farol's. Give Farol a database of its own."
        )
        raise Refused(sentence % {"table": foreign[0]})


def _read_catalog(connection: Connection, dataset: str) -> Catalog:
    """Pointer and versions in one statement, so that they belong together."""
    query = (
        "SELECT p.number, p.last_number, v.body FROM farol_pointer p JOIN farol_version v ON v.dataset = p.dataset"
        " WHERE p.dataset = ? ORDER BY v.number"
    )
    try:
        rows = run(connection, query, (dataset,))
    except pymysql.ProgrammingError:  # nothing was ever published here
        return Catalog()
    if not rows:
        return Catalog()
    return Catalog(rows[0][0], tuple(Version.from_json(json.loads(body)) for _n, _l, body in rows), rows[0][1])


def _switch(connection: Connection, dataset: Dataset, version: Version) -> None:
    """Point readers at the new version, unless somebody else published since the build began."""
    run(connection, "INSERT IGNORE INTO farol_pointer VALUES (?, NULL, 0)", (dataset.name,))
    connection.begin()
    done = changed(
        connection,
        "UPDATE farol_pointer SET number = ?, last_number = ? WHERE dataset = ? AND number <=> ? AND last_number < ?",
        (version.number, version.number, dataset.name, version.base, version.number),
    )
    if done != 1:
        raise Refused(_("Another load published in the meantime. Nothing was changed; load again."))
    body = json.dumps(version.to_json())
    run(connection, "INSERT INTO farol_version VALUES (?, ?, ?)", (dataset.name, version.number, body))
    for old in _read_catalog(connection, dataset.name).versions[: -settings.FAROL_WAREHOUSE_KEEP]:
        run(connection, "DELETE FROM farol_version WHERE dataset = ? AND number = ?", (dataset.name, old.number))
    connection.commit()


def _replace_views(connection: Connection, dataset: Dataset, number: int) -> None:
    """An outsider's long query may hold the views: then the next load brings them up to date."""
    for attempt in range(VIEW_TRIES):
        try:
            _create_views(connection, dataset, number)
            return
        except pymysql.OperationalError as error:
            if error.args[0] != mysql.LOCK_TIMEOUT:
                raise
            time.sleep(0.2 * 2**attempt)
    log.warning("views of %s still show an earlier version: somebody holds them", dataset.name)


def _create_views(connection: Connection, dataset: Dataset, number: int) -> None:
    """All views in one step: made under other names, then renamed together."""
    tables = {t.name: Sql(physical(dataset, t, number)) for t in dataset.all_tables}
    selects = dataset.views("")
    if not selects:
        return
    spare = each("{}", [f"farol_{age}_{name}" for age in ("new", "old") for name in selects])
    there = _tables(connection, "VIEW")
    run(connection, compose("DROP VIEW IF EXISTS {spare}", spare=spare))
    for name, select in selects.items():
        body = compose(select, **tables)
        run(connection, compose("CREATE VIEW {v} AS {body}", v=ident(f"farol_new_{name}"), body=body))
    moves = [_moved(name, f"farol_old_{name}") for name in selects if name in there]
    moves += [_moved(f"farol_new_{name}", name) for name in selects]
    run(connection, compose("RENAME TABLE {moves}", moves=listed(moves)))
    run(connection, compose("DROP VIEW IF EXISTS {spare}", spare=spare))


def _moved(old: str, new: str) -> Sql:
    return compose("{old} TO {new}", old=ident(old), new=ident(new))


def _views_show(connection: Connection, dataset: Dataset, catalog: Catalog) -> int | None:
    """The version that the views of a dataset show."""
    names = list(dataset.views(""))
    if not names:
        return catalog.current
    query = "SELECT view_definition FROM information_schema.views WHERE table_schema = database() AND table_name = ?"
    found = run(connection, query, (names[0],))
    match = re.search(rf"\b{re.escape(dataset.name)}_v(\d+)_", found[0][0]) if found else None
    return int(match[1]) if match else None


def _tables(connection: Connection, kind: str = "BASE TABLE") -> list[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = ?"
    return [row[0] for row in run(connection, query, (kind,))]


def _drop(connection: Connection, name: str) -> None:
    """A table that somebody still reads stays until the next run."""
    try:
        run(connection, compose("DROP TABLE IF EXISTS {t}", t=ident(name)))
    except pymysql.OperationalError as error:
        if error.args[0] != mysql.LOCK_TIMEOUT:
            raise
        log.info("%s is still read; it is dropped later", name)
