"""Published versions as Parquet files in a folder that Farol and a Spark Connect server both see.

<share>/<dataset>/catalog.json            what is published (replaced by rename)
                  v12/kpi_daily.parquet   a table of one version, never changed

Databricks, Apache Spark and Sail speak Spark Connect. The client (`pyspark-client`) is no part of the product's
requirements: who wants this warehouse installs it beside.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
from django.conf import settings
from django.utils.translation import gettext as _

from farol.core.errors import Unavailable
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.catalog_file import read_catalog, sync, write_catalog
from farol.engines.warehouse.connection import exporter
from farol.engines.warehouse.dataset import Dataset
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, ident, literal
from farol.engines.warehouse.store import Store, check_base, physical

PORT = 15002


class SparkStore(Store):
    """The warehouse that `FAROL_WAREHOUSE=sc://host:15002/?share=/folder` names; other parameters are Spark's own."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        shares = parse_qs(url.query).get("share")
        if not shares:
            raise Unavailable(_("The address of the warehouse names no folder: add ?share=/folder."))
        self.share = Path(shares[-1])
        own = [part for part in url.query.split("&") if part and not part.startswith("share=")]
        self.remote = f"sc://{url.netloc}/" + "".join(f";{part}" for part in own)

    def catalog(self, dataset: str) -> Catalog:
        return read_catalog(self.share / dataset)

    def reader(self, dataset: Dataset, version: Version) -> Reader:
        return SparkReader(dataset, version, self)

    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        before = self.catalog(dataset.name)
        check_base(before, version)
        target = self.files(dataset, version)
        target.mkdir(parents=True)
        with exporter(candidate) as source:
            for table in dataset.all_tables:
                file = target / f"{table.name}.parquet"
                source.execute(compose("COPY {t} TO {f} (FORMAT parquet)", t=ident(table.name), f=literal(file)))
                sync(file)
        sync(target)
        write_catalog(self.share / dataset.name, before.with_version(version, settings.FAROL_WAREHOUSE_KEEP))
        candidate.unlink()
        self.clean(dataset)

    def point(self, dataset: str, number: int) -> None:
        write_catalog(self.share / dataset, self.catalog(dataset).pointing_at(number))

    def clean(self, dataset: Dataset) -> None:
        named = {self.files(dataset, version) for version in self.catalog(dataset.name).versions}
        for folder in (self.share / dataset.name).glob("v*"):
            if folder not in named:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def attached(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version) -> Iterator[Sql]:
        connection.execute("ATTACH ':memory:' AS published")
        try:
            table = dataset.tables[0]
            file = literal(self.files(dataset, version) / f"{table.name}.parquet")
            view = "CREATE VIEW published.{t} AS SELECT * FROM read_parquet({file})"
            connection.execute(compose(view, t=ident(table.name), file=file))
            yield Sql("published")
        finally:
            connection.execute("DETACH published")

    def files(self, dataset: Dataset, version: Version) -> Path:
        """The folder of one version."""
        return self.share / dataset.name / f"v{version.number}"


class SparkReader(Reader):
    """Reads the files of one version, which never change; statements carry `?` for parameters."""

    dialect = "spark"

    def __init__(self, dataset: Dataset, version: Version, store: SparkStore) -> None:
        super().__init__(dataset, version)
        self._folder = store.files(dataset, version)
        if not self._folder.exists():
            text = _(
                "Version %(number)s of the data cannot be opened. An administrator can go back to an earlier version."
            )
            raise Unavailable(text % {"number": version.number})
        self._session = _sessions.of(store.remote)
        self._known: set[str] = set()

    def table(self, name: str) -> str:
        """A temporary view of the session on the table's file."""
        view = physical(self.dataset, self.dataset.table(name), self._version.number)
        if view not in self._known:
            file = "parquet.`" + str(self._folder / f"{name}.parquet").replace("`", "``") + "`"
            made = "CREATE OR REPLACE TEMPORARY VIEW {view} AS SELECT * FROM {file}"
            self.rows(compose(made, view=Sql(view), file=Sql(file)))
            self._known.add(view)
        return view

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _spoken():
            return [tuple(row) for row in self._frame(sql, params).collect()]

    def stream(self, sql: str, size: int = 5000, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        chunk: list[tuple[Any, ...]] = []
        with _spoken():
            for row in self._frame(sql, params).toLocalIterator():
                chunk.append(tuple(row))
                if len(chunk) == size:
                    yield chunk
                    chunk = []
        if chunk:
            yield chunk

    def close(self) -> None:
        """The session is shared by the process."""

    def _frame(self, sql: str, params: Sequence[Any]) -> Any:
        return self._session.sql(sql, args=list(params) or None)


class _Sessions:
    """One session for each server and process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[int, str], Any] = {}

    def of(self, remote: str) -> Any:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise Unavailable(_("The warehouse needs the package pyspark-client. Install it beside Farol.")) from error
        _answers(remote)
        key = (os.getpid(), remote)  # a connection must not cross a fork
        with self._lock, _spoken():
            if key not in self._open:
                self._open[key] = SparkSession.builder.remote(remote).create()
            return self._open[key]

    def forget(self) -> None:
        """End the sessions of this process."""
        for key in list(self._open):
            self._open.pop(key).stop()


_sessions = _Sessions()


def _answers(remote: str) -> None:
    """The client itself would go on trying for minutes."""
    url = urlsplit(remote)
    try:
        socket.create_connection((url.hostname or "", url.port or PORT), 5).close()
    except OSError as error:
        raise Unavailable(_("The warehouse does not answer.")) from error


@contextmanager
def _spoken() -> Iterator[None]:
    """`Unavailable` where the server goes away; what it says about a statement goes through."""
    from pyspark.errors.exceptions.connect import SparkConnectGrpcException

    try:
        yield
    except SparkConnectGrpcException as error:
        if type(error) is not SparkConnectGrpcException:
            raise
        _sessions.forget()
        raise Unavailable(_("The warehouse does not answer.")) from error
