"""A table of a PostgreSQL database as a source: copied out as text within one read-only transaction."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from farol.core.errors import BadInput, Unavailable
from farol.platform.tables.plain import PlainFile, Progress


def table_text(address: str, table: str, work: Path, progress: Progress) -> PlainFile:
    """`schema.table` or `table` as UTF-8 CSV. `BadInput` for an unknown table, `Unavailable` where nobody answers."""
    target, digest = work / "table.csv", hashlib.sha256()
    name = sql.Identifier(*table.split("."))
    try:
        with psycopg.connect(address, connect_timeout=10, options="-c datestyle=ISO") as connection:
            connection.read_only = True
            statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')").format(name)
            with connection.cursor().copy(statement) as copy, target.open("wb") as file:
                for block in copy:
                    file.write(block)
                    digest.update(block)
                    progress(len(block))
    except psycopg.OperationalError as error:  # its text may carry the address, so it is not shown
        raise Unavailable(_("The database of the table does not answer.")) from error
    except psycopg.Error as error:
        detail = error.diag.message_primary or ""
        raise BadInput(
            "table", _("“%(table)s” cannot be read: %(detail)s") % {"table": table, "detail": detail}
        ) from error
    return PlainFile(target, table, digest.hexdigest(), "utf-8")
