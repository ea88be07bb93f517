"""An analytical engine in memory, for rooms that ask it something about values at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import duckdb

Connection: TypeAlias = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
# what a full or failing disk looks like, by the system or by the engine
DISK_ERRORS = (OSError, duckdb.OperationalError, duckdb.FatalException)


@contextmanager
def scratch() -> Iterator[Connection]:
    """Empty, without access to files, gone afterwards."""
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        yield connection


def pattern_holds(pattern: str) -> bool:
    """Whether the engine can read it. Patterns are those of RE2, which cannot run away."""
    try:
        with scratch() as connection:
            connection.execute("SELECT regexp_matches('', ?)", [pattern]).fetchone()
    except EngineError:
        return False
    return True
