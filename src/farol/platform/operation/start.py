"""What must hold before a server or a worker starts; a refusal says what to do."""

from __future__ import annotations

import sqlite3
import stat
import sys

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.platform.apps import collect

WAL_RESET_FIXED = (3, 51, 3)
BROKEN = ((3, 52, 0),)


def preflight(processes: int) -> None:
    """Refuse to start on a missing key file, a database that lags behind, or a SQLite that loses data."""
    if not settings.KEYS_FILE.exists():
        raise Refused(_("There is no key file in %(home)s. Run “farol init” first.") % {"home": settings.FAROL_HOME})
    refuse_unsafe_sqlite(processes)
    if pending_migrations():
        raise Refused(_("The database is older than the program. Run “farol init”, then start again."))
    for step in collect("start", "STEPS"):
        step()
    connections.close_all()  # the servers fork


def refuse_unsafe_sqlite(processes: int) -> None:
    if connection.vendor == "sqlite" and processes > 1 and not sqlite_is_safe(sqlite_version()):
        raise Refused(
            _(
                "SQLite %(version)s can lose data when more than one process writes. Use PostgreSQL"
                " (FAROL_DATABASE_URL), or a Python with SQLite 3.51.3 or newer (not 3.52.0)."
            )
            % {"version": ".".join(map(str, sqlite_version()))}
        )


def sqlite_version() -> tuple[int, ...]:
    """The version of the library that Django's connection really uses."""
    library = sys.modules.get("sqlite3", sqlite3)
    return tuple(library.sqlite_version_info)


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """False where two connections that write and checkpoint at once can corrupt the file (WAL reset)."""
    return version >= WAL_RESET_FIXED and version not in BROKEN


def pending_migrations() -> list[str]:
    """Names of migrations that the program has and the database has not."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def keys_are_private() -> bool:
    """True if only the owner can read the key file."""
    return sys.platform == "win32" or not stat.S_IMODE(settings.KEYS_FILE.stat().st_mode) & 0o077
