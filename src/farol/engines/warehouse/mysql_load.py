"""Brings the tables of a built version into MariaDB or MySQL."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _
from pymysql.connections import Connection

from farol.core.errors import Refused
from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.connection import exporter
from farol.engines.warehouse.dataset import Dataset, Table
from farol.engines.warehouse.mysql import run
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal
from farol.engines.warehouse.store import physical

BLOCK = 5000
SHORT, LONG = 64, 255  # columns under 256 bytes count fully towards InnoDB's row limit, longer ones are kept apart
KINDS = {"TEXT": "LONGTEXT", "VARCHAR": "LONGTEXT", "TIMESTAMP": "DATETIME(6)", "BOOLEAN": "TINYINT(1)"}


def collation(connection: Connection) -> Sql:
    """Texts are equal only if every letter is, trailing blanks too, as in the other engines."""
    ((version,),) = run(connection, "SELECT version()")
    name = "utf8mb4_nopad_bin" if "mariadb" in version.lower() else "utf8mb4_0900_bin"
    return Sql(f"CHARACTER SET utf8mb4 COLLATE {name}")


def fill(connection: Connection, dataset: Dataset, candidate: Path, version: Version) -> None:
    """Every table of the candidate as a new table; `Refused` if the server kept less than it was given."""
    with exporter(candidate) as source, tempfile.TemporaryDirectory(dir=candidate.parent) as folder:
        for table in dataset.all_tables:
            name = ident(physical(dataset, table, version.number))
            _create(connection, source, table, name)
            if run(connection, "SELECT @@local_infile") == [(1,)]:
                _load(connection, source, table, name, Path(folder) / f"{table.name}.csv")
            else:
                _insert(connection, source, table, name)
            run(connection, compose("ANALYZE TABLE {name}", name=name))
            ((found,),) = run(connection, compose("SELECT count(*) FROM {name}", name=name))
            if found != version.rows[table.name]:
                raise _not_taken()


def _not_taken() -> Refused:
    return Refused(_("The warehouse did not take every row. Nothing was changed; load again."))


def _create(connection: Connection, source: duckdb.DuckDBPyConnection, table: Table, name: Sql) -> None:
    texts = [n for n, kind in table.columns.items() if kind in ("TEXT", "VARCHAR")]
    longest = dict(zip(texts, _lengths(source, table, texts), strict=True))
    columns = [compose("{n} {k}", n=ident(n), k=_kind(kind, longest.get(n))) for n, kind in table.columns.items()]
    for group in table.indexed:
        parts = listed(compose("{n}({s})", n=ident(n), s=literal(SHORT)) if n in longest else ident(n) for n in group)
        columns.append(compose("INDEX ({parts})", parts=parts))
    run(connection, compose("DROP TABLE IF EXISTS {name}", name=name))
    made = "CREATE TABLE {name} ({columns}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC {collation}"
    run(connection, compose(made, name=name, columns=listed(columns), collation=collation(connection)))


def _lengths(source: duckdb.DuckDBPyConnection, table: Table, texts: list[str]) -> tuple[int | None, ...]:
    if not texts:
        return ()
    found = source.execute(
        compose("SELECT {l} FROM {t}", l=each("max(length({}))", texts), t=ident(table.name))
    ).fetchone()
    assert found is not None  # noqa: S101 - an aggregate always has a row
    return found


def _kind(kind: str, longest: int | None) -> Sql:
    """Short texts as VARCHAR, which groups in memory; LONGTEXT takes whatever there is."""
    if kind in ("TEXT", "VARCHAR") and (longest or 0) <= LONG:
        return Sql(f"VARCHAR({SHORT if (longest or 0) <= SHORT else LONG})")
    return Sql(KINDS.get(kind, kind))


def _selected(table: Table) -> Sql:
    """The columns as MariaDB reads them: flags are numbers."""
    return listed(
        compose("CAST({n} AS TINYINT) AS {n}" if kind == "BOOLEAN" else "{n}", n=ident(n))
        for n, kind in table.columns.items()
    )


def _load(connection: Connection, source: duckdb.DuckDBPyConnection, table: Table, name: Sql, file: Path) -> None:
    """An unquoted NULL is none, a quoted one is a text; with LOCAL a wrong value is only a warning, so those count."""
    texts = [n for n, kind in table.columns.items() if kind in ("TEXT", "VARCHAR")]
    quoted = compose(", FORCE_QUOTE ({names})", names=each("{}", texts)) if texts else Sql("")
    written = "COPY (SELECT {columns} FROM {t}) TO {file} (FORMAT csv, HEADER false, NULL 'NULL'{quoted})"
    parts = {"columns": _selected(table), "t": ident(table.name), "file": literal(file), "quoted": quoted}
    source.execute(compose(written, **parts))
    loaded = (
        "LOAD DATA LOCAL INFILE {file} INTO TABLE {name} CHARACTER SET utf8mb4 FIELDS TERMINATED BY ','"
        " OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY X'0a' ({columns})"
    )
    columns = each("{}", table.columns)
    run(connection, compose(loaded, file=literal(file), name=name, columns=columns))
    if run(connection, "SELECT @@warning_count") != [(0,)]:
        raise _not_taken()
    file.unlink()


def _insert(connection: Connection, source: duckdb.DuckDBPyConnection, table: Table, name: Sql) -> None:
    """Where the server takes no files from clients."""
    marks = ", ".join(["%s"] * len(table.columns))
    rows = source.execute(compose("SELECT {columns} FROM {t}", columns=_selected(table), t=ident(table.name)))
    statement = compose("INSERT INTO {name} VALUES ({marks})", name=name, marks=Sql(marks))
    connection.begin()
    with connection.cursor() as cursor:
        while chunk := rows.fetchmany(BLOCK):
            cursor.executemany(statement, chunk)
    connection.commit()
