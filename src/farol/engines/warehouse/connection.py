"""Opens DuckDB: locked down for readers, with a private spill folder for the one writer."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
from django.conf import settings

_CORES = os.cpu_count() or 1


def warehouse_home() -> Path:
    return Path(settings.FAROL_HOME) / "warehouse"


def read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can read this one file and nothing else, and whose settings cannot be changed."""
    connection = duckdb.connect(str(path), read_only=True, config={**_limits(), "enable_external_access": "false"})
    connection.execute("SET lock_configuration = true")
    return connection


def writer(path: Path) -> duckdb.DuckDBPyConnection:
    """The private connection of a load."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(str(path), config=_limits())


def _limits() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{settings.FAROL_WAREHOUSE_MEMORY_MB}MB",
        "threads": str(min(_CORES, 4)),
        "temp_directory": str(warehouse_home() / "spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def quoted(name: str | Path) -> str:
    """An SQL identifier."""
    return '"' + str(name).replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """An SQL text literal, for the statements that take no parameters (ATTACH)."""
    return "'" + str(text).replace("'", "''") + "'"
