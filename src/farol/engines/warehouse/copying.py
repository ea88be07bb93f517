"""A published table brought back from a server into the writer's own database."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.sql import Sql, compose, declared, each, ident, listed, literal


@contextmanager
def copied(connection: duckdb.DuckDBPyConnection, reader: Reader) -> Iterator[Sql]:
    """Schema `published` with the first table of the reader's version, as `Store.attached` yields it."""
    with reader, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "published.duckdb"
        connection.execute(compose("ATTACH {path} AS published", path=literal(path)))
        try:
            _copy(connection, reader, Path(folder) / "table.json")
            yield Sql("published")
        finally:
            connection.execute("DETACH published")


def _copy(target: duckdb.DuckDBPyConnection, reader: Reader, file: Path) -> None:
    """Through a file, because long VALUES lists cost memory."""
    table = reader.dataset.tables[0]
    wanted = compose(
        "SELECT {columns} FROM {source}", columns=each("{}", table.columns), source=Sql(reader.table(table.name))
    )
    with file.open("w", encoding="utf-8") as out:
        for rows in reader.stream(wanted):
            named = (dict(zip(table.columns, row, strict=True)) for row in rows)
            out.writelines(json.dumps(row, default=str) + "\n" for row in named)
    name = compose("published.{table}", table=ident(table.name))
    kinds = listed(compose("{n}: {k}", n=ident(n), k=literal(k)) for n, k in table.columns.items())
    target.execute(compose("CREATE TABLE {name} ({columns})", name=name, columns=declared(table)))
    insert = "INSERT INTO {name} SELECT * FROM read_json({file}, format='nd', columns={{{kinds}}})"
    target.execute(compose(insert, name=name, file=literal(file), kinds=kinds))
