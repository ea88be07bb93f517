"""Published versions as tables of ClickHouse, in the database that the address names.

farol_catalog                  what is published: the row with the highest `turn` of a dataset counts
payments_v12_kpi_daily         a table of one version, never changed
leads_metrics, sales_metrics … views for outsiders, replaced last, one after the other

There are no transactions here: the catalog is one row, written last. Who creates the tables of a version's number
first has the number; what a killed publication leaves is removed before the next one.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.clickhouse_http import TABLE_EXISTS, UNKNOWN_TABLE, ClickHouseError, Server
from farol.engines.warehouse.connection import exporter
from farol.engines.warehouse.copying import copied
from farol.engines.warehouse.dataset import Dataset, Table, find_dataset
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal
from farol.engines.warehouse.store import Store, check_base, physical

log = logging.getLogger(__name__)
KINDS = {
    "TEXT": "String",
    "VARCHAR": "String",
    "DATE": "Date32",
    "TIMESTAMP": "DateTime64(6)",
    "INTEGER": "Int32",
    "BIGINT": "Int64",
    "BOOLEAN": "Bool",
    "DOUBLE": "Float64",
    "DOUBLE PRECISION": "Float64",
}
CATALOG = (
    "CREATE TABLE IF NOT EXISTS farol_catalog (dataset String, turn UInt64, body String)"
    " ENGINE = ReplacingMergeTree(turn) ORDER BY dataset"
)
CURRENT = "SELECT turn, body FROM farol_catalog WHERE dataset = ? ORDER BY turn DESC LIMIT 1"


class ClickHouseStore(Store):
    """The warehouse that `FAROL_WAREHOUSE=clickhouse://…` names."""

    def __init__(self, address: str) -> None:
        self.address = address

    def catalog(self, dataset: str) -> Catalog:
        with Server(self.address) as server:
            return _read(server, dataset)[1]

    def reader(self, dataset: Dataset, version: Version) -> Reader:
        return ClickHouseReader(dataset, version, Server(self.address))

    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        with Server(self.address) as server:
            server.rows(CATALOG)
            _refuse_foreign_tables(server, dataset)
            check_base(_read(server, dataset.name)[1], version)
            _fill(server, dataset, candidate, version)
            turn, before = _read(server, dataset.name)
            check_base(before, version)
            _write(server, dataset.name, turn, before.with_version(version, settings.FAROL_WAREHOUSE_KEEP))
            _replace_views(server, dataset, version.number)
        candidate.unlink()

    def point(self, dataset: str, number: int) -> None:
        with Server(self.address) as server:
            turn, catalog = _read(server, dataset)
            _write(server, dataset, turn, catalog.pointing_at(number))
            _replace_views(server, find_dataset(dataset), number)

    def clean(self, dataset: Dataset) -> None:
        with Server(self.address) as server:
            catalog = _read(server, dataset.name)[1]
            if catalog.current is not None:  # whoever was killed before the views are brought up to date here
                _replace_views(server, dataset, catalog.current)
            kept = {physical(dataset, table, v.number) for v in catalog.versions for table in dataset.all_tables}
            for (name,) in server.rows("SELECT name FROM system.tables WHERE database = currentDatabase()"):
                if re.match(rf"{re.escape(dataset.name)}_v\d+_", name) and name not in kept:
                    server.rows(compose("DROP TABLE IF EXISTS {t}", t=ident(name)))

    def attached(
        self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version
    ) -> AbstractContextManager[Sql]:
        return copied(connection, self.reader(dataset, version))


class ClickHouseReader(Reader):
    """Reads the tables of one version, which never change; statements carry `?` for parameters."""

    dialect = "clickhouse"

    def __init__(self, dataset: Dataset, version: Version, server: Server) -> None:
        super().__init__(dataset, version)
        self._server = server

    def table(self, name: str) -> str:
        return physical(self.dataset, self.dataset.table(name), self._version.number)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._server.rows(sql, params)

    def stream(self, sql: str, size: int = 5000, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        return self._server.stream(sql, size, params)

    def close(self) -> None:
        self._server.__exit__()


def _read(server: Server, dataset: str) -> tuple[int, Catalog]:
    """The turn of the present catalog, 0 before the first, and the catalog."""
    try:
        rows = server.rows(CURRENT, (dataset,))
    except ClickHouseError as error:
        if error.code != UNKNOWN_TABLE:
            raise
        rows = []
    return (rows[0][0], Catalog.loads(rows[0][1])) if rows else (0, Catalog())


def _write(server: Server, dataset: str, turn: int, catalog: Catalog) -> None:
    row = (dataset, turn + 1, catalog.dumps())
    server.rows("INSERT INTO farol_catalog SELECT ?, ?, ?", row)


def _fill(server: Server, dataset: Dataset, candidate: Path, version: Version) -> None:
    with exporter(candidate) as source, tempfile.TemporaryDirectory(dir=candidate.parent) as folder:
        for table in dataset.all_tables:
            name = ident(physical(dataset, table, version.number))
            _create(server, table, name)
            file = Path(folder) / f"{table.name}.json"
            source.execute(compose("COPY {t} TO {f} (FORMAT json)", t=ident(table.name), f=literal(file)))
            if version.rows[table.name]:
                with file.open("rb") as data:
                    server.insert(compose("INSERT INTO {name} FORMAT JSONEachRow", name=name), data)
            file.unlink()
            if server.rows(compose("SELECT count(*) FROM {name}", name=name)) != [(version.rows[table.name],)]:
                raise Refused(_("The warehouse did not take every row. Nothing was changed; load again."))


def _refuse_foreign_tables(server: Server, dataset: Dataset) -> None:
    """A view never takes the place of somebody's table."""
    found = server.rows("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine <> 'View'")
    foreign = sorted({name for (name,) in found} & set(dataset.views("")))
    if foreign:
        sentence = _(
            "The database already has a table “%(table)s”, which is not Farol's. Give Farol a database of its own."
        )
        raise Refused(sentence % {"table": foreign[0]})


def _replace_views(server: Server, dataset: Dataset, number: int) -> None:
    """The version is published by now: a view that an older server does not understand is only missing."""
    tables = {table.name: ident(physical(dataset, table, number)) for table in dataset.all_tables}
    for name, select in dataset.views("").items():
        body = compose(select, **tables)
        try:
            server.rows(compose("CREATE OR REPLACE VIEW {name} AS {body}", name=ident(name), body=body))
        except ClickHouseError as error:
            log.warning("view %s of %s cannot be made: %s", name, dataset.name, error)


def _create(server: Server, table: Table, name: Sql) -> None:
    columns = listed(compose("{n} Nullable({k})", n=ident(n), k=Sql(KINDS[kind])) for n, kind in table.columns.items())
    made = "CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY ({sort}) SETTINGS allow_nullable_key = 1"
    try:
        server.rows(compose(made, name=name, columns=columns, sort=each("{}", table.sort)))
    except ClickHouseError as error:
        if error.code != TABLE_EXISTS:
            raise
        raise Refused(_("Another load of the same data is running. Wait until it ends, then load again.")) from error
