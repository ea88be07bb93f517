"""Opens DuckDB: locked down for readers, with a private spill folder for each connection."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
from django.conf import settings

# DuckDB's driver looks for pandas at every bound value, and to search all of Python's path for what is not there takes
# longer than most statements. None is Python's own word for a module that is known to be absent.
if find_spec("pandas") is None:
    sys.modules["pandas"] = None  # type: ignore[assignment]

_CORES = os.cpu_count() or 1
_numbers = itertools.count()


def warehouse_home() -> Path:
    return Path(settings.FAROL_HOME) / "warehouse"


def read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can read this one file and nothing else, and whose settings cannot be changed."""
    connection = duckdb.connect(str(path), read_only=True, config=limits())
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def writer(path: Path) -> duckdb.DuckDBPyConnection:
    """The private connection of a load. Nothing depends on the order of a file's rows, and keeping it costs a third."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(str(path), config={**limits(), "preserve_insertion_order": "false"})


def exporter(path: Path) -> duckdb.DuckDBPyConnection:
    """A finished version file, to be copied elsewhere."""
    return duckdb.connect(str(path), read_only=True, config=limits())


def remove_dead_spill() -> None:
    """Spill folders of processes that no longer exist (killed ones leave theirs behind)."""
    for folder in (warehouse_home() / "spill").glob("*-*"):
        if not _alive(int(folder.name.split("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def limits() -> dict[str, str | bool | int | float | list[str]]:
    """How much memory, how many threads and which spill folder a connection of this process gets."""
    spill = (
        warehouse_home() / "spill" / f"{os.getpid()}-{next(_numbers)}"
    )  # DuckDB names its files alike in every process
    spill.parent.mkdir(parents=True, exist_ok=True)
    return {
        "memory_limit": f"{settings.FAROL_WAREHOUSE_MEMORY_MB}MB",
        "threads": str(min(_CORES, 4)),
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
