"""Where published versions are kept: files of DuckDB, or tables of a database server, by one setting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.dataset import Dataset, Table
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql

if TYPE_CHECKING:
    import duckdb


class Store(ABC):
    """One place of published versions. A version never changes once it is in the catalog."""

    @abstractmethod
    def catalog(self, dataset: str) -> Catalog:
        """The versions kept now; empty before the first publication."""

    @abstractmethod
    def reader(self, dataset: Dataset, version: Version) -> Reader:
        """`Unavailable` where the version cannot be opened."""

    @abstractmethod
    def publish(self, dataset: Dataset, candidate: Path, version: Version) -> None:
        """Make the closed DuckDB file `candidate` the published version; `Refused` if somebody else published."""

    @abstractmethod
    def point(self, dataset: str, number: int) -> None:
        """Let readers see another kept version."""

    @abstractmethod
    def clean(self, dataset: Dataset) -> None:
        """Remove what no catalog names: leftovers of killed runs and versions beyond those kept."""

    @abstractmethod
    def attached(
        self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, version: Version
    ) -> AbstractContextManager[Sql]:
        """The tables of a version as a schema of the writer's connection; yields the schema's name."""


def current_store() -> Store:
    """The store that `FAROL_WAREHOUSE` names."""
    address = settings.FAROL_WAREHOUSE
    scheme = urlsplit(address).scheme
    if scheme in ("mysql", "mariadb"):
        from farol.engines.warehouse.mariadb import MySqlStore

        return MySqlStore(address)
    if scheme in ("postgres", "postgresql"):
        from farol.engines.warehouse.postgres import PostgresStore

        return PostgresStore(address)
    if scheme in ("clickhouse", "clickhouses"):
        from farol.engines.warehouse.clickhouse import ClickHouseStore

        return ClickHouseStore(address)
    if scheme == "sc":
        from farol.engines.warehouse.spark import SparkStore

        return SparkStore(address)
    from farol.engines.warehouse.duck import DuckStore

    return DuckStore()


def physical(dataset: Dataset, table: Table, number: int) -> str:
    """Name of the table that holds `table` in one version, on servers."""
    return f"{dataset.name}_v{number}_{table.name}"


def check_base(catalog: Catalog, version: Version) -> None:
    """`Refused` if somebody else published since the build of `version` began."""
    if catalog.current != version.base or catalog.last_number >= version.number:
        raise Refused(_("Another load published in the meantime. Nothing was changed; load again."))
