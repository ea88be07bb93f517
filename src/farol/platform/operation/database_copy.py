"""A consistent copy of the operational database while everybody writes, and the way back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext as _

from farol.core.errors import Refused

SQLITE = "farol.sqlite3"


@contextmanager
def open_file(path: Path) -> Iterator[Any]:
    """A SQLite file by the same library that the product uses."""
    import sqlite3 as library  # the settings may have put a newer one in its place

    with closing(library.connect(path)) as handle:
        yield handle


def save(folder: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Copy the database into `folder`; rows and (PostgreSQL) columns of each table."""
    folder.mkdir(parents=True)
    return _save_sqlite(folder / SQLITE) if connection.vendor == "sqlite" else _save_postgres(folder)


def _save_sqlite(target: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    connection.ensure_connection()
    with open_file(target) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return check_sqlite(copy), {}


def check_sqlite(handle: sqlite3.Connection) -> dict[str, int]:
    """Rows of each table of a whole file; `Refused` if it is damaged."""
    try:
        found = handle.execute("PRAGMA integrity_check(1)").fetchone()[0]
        names = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = {n: handle.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}  # noqa: S608
    except Exception as error:
        raise Refused(_("The database in the backup is damaged: %(error)s") % {"error": error}) from error
    if found != "ok":
        raise Refused(_("The database in the backup is damaged: %(error)s") % {"error": found})
    return rows


def _save_postgres(folder: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    rows, columns = {}, {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in _tables(cursor):
            columns[table] = _columns(cursor, table)
            rows[table] = _copy_out(cursor, table, columns[table], folder / f"{table}.copy")
    return rows, columns


def _tables(cursor: Any) -> list[str]:
    return sorted(info.name for info in connection.introspection.get_table_list(cursor) if info.type == "t")


def _columns(cursor: Any, table: str) -> list[str]:
    return [info.name for info in connection.introspection.get_table_description(cursor, table)]


def _copy_out(cursor: Any, table: str, columns: list[str], target: Path) -> int:
    with target.open("wb") as file, cursor.cursor.copy(f"COPY {_named(table, columns)} TO STDOUT") as copy:
        for chunk in copy:
            file.write(chunk)
    return cursor.cursor.rowcount


def _named(table: str, columns: list[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(quote(column) for column in columns)})"


def refuse_used_postgres() -> None:
    """A restore never writes over people's data: the database must have no tables yet, or none with people."""
    with connection.cursor() as cursor:
        if "accounts_user" not in connection.introspection.table_names(cursor):
            return
        cursor.execute("SELECT count(*) FROM accounts_user")
        if cursor.fetchone()[0]:
            raise Refused(
                _("The database already holds people. Create an empty one and point FAROL_DATABASE_URL at it.")
            )


def load_postgres(folder: Path, columns: dict[str, list[str]], rows: dict[str, int]) -> None:
    """Fill the empty database: all tables in one transaction, or none."""
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in columns:  # what the migrations seeded comes back from the copy; keys are checked at the end
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        for table, names in columns.items():
            loaded = _copy_in(cursor, table, names, folder / f"{table}.copy")
            if loaded != rows[table]:
                raise Refused(_("The backup is damaged: %(name)s differs from the manifest.") % {"name": table})
        _reset_sequences(cursor)


def _copy_in(cursor: Any, table: str, columns: list[str], source: Path) -> int:
    with source.open("rb") as file, cursor.cursor.copy(f"COPY {_named(table, columns)} FROM STDIN") as copy:
        while chunk := file.read(2**20):
            copy.write(chunk)
    return cursor.cursor.rowcount


def _reset_sequences(cursor: Any) -> None:
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)
