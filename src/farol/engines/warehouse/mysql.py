"""Connections to MariaDB and MySQL: addresses, session settings, values as Python knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from django.utils.translation import gettext as _
from pymysql.connections import Connection
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions

from farol.core.errors import Unavailable
from farol.engines.warehouse.marks import percent
from farol.engines.warehouse.pool import Pool

MODE = "ANSI_QUOTES,STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES"
SESSION = "SET SESSION time_zone = '+00:00', lock_wait_timeout = 3, innodb_lock_wait_timeout = 10"
LOCK_TIMEOUT, TOO_MANY, SHUTTING_DOWN, KILLED = 1205, 1040, 1053, 1927


def _number(text: str) -> int | Decimal:
    """A sum of integers is a DECIMAL without decimals here; elsewhere it is an integer."""
    return Decimal(text) if "." in text else int(text)


def _flag(text: str) -> bool:
    return text != "0"


# the only one-byte column is what BOOLEAN becomes
CONVERSIONS: dict[Any, Any] = {**conversions, FIELD_TYPE.NEWDECIMAL: _number, FIELD_TYPE.TINY: _flag}


@contextmanager
def borrowed(address: str) -> Iterator[Connection]:
    """A connection for one user; `Unavailable` where the server is not there or goes away."""
    with _pool.borrowed(address) as connection, spoken(connection):
        yield connection


@contextmanager
def spoken(connection: Connection) -> Iterator[None]:
    """`Unavailable`, and the connection closed, where the server goes away meanwhile."""
    try:
        yield
    except (pymysql.OperationalError, pymysql.InterfaceError) as error:
        if not _gone(error):
            raise
        with suppress(pymysql.MySQLError):
            connection.close()
        raise Unavailable(_("The warehouse does not answer. Nothing was changed.")) from error


def run(connection: Connection, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement with `?` for its parameters."""
    with connection.cursor() as cursor:
        cursor.execute(percent(sql) if params else sql, tuple(params) or None)
        return list(cursor.fetchall())


def changed(connection: Connection, sql: str, params: Sequence[Any] = ()) -> int:
    """The number of rows that a statement changed."""
    with connection.cursor() as cursor:
        return cursor.execute(percent(sql) if params else sql, tuple(params) or None)


def options(address: str) -> dict[str, Any]:
    """`mysql://user:password@host:port/database?socket=/path&ca=/path` as the driver takes it; `ca` asks for an
    encrypted connection to a server of that name."""
    url = urlsplit(address)
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    place: dict[str, Any] = {"host": url.hostname or "127.0.0.1", "port": url.port or 3306}
    if "socket" in asked:
        place = {"unix_socket": asked["socket"]}
    if "ca" in asked:
        place |= {"ssl_ca": asked["ca"], "ssl_verify_cert": True, "ssl_verify_identity": True}
    known = {"user": unquote(url.username or ""), "password": unquote(url.password or "")}
    return {**place, **known, "database": unquote(url.path.lstrip("/")) or "farol"}


def _connect(address: str) -> Connection:
    try:
        connection = pymysql.connect(
            **options(address),
            charset="utf8mb4",
            sql_mode=MODE,
            init_command=SESSION,
            conv=CONVERSIONS,
            connect_timeout=5,
            autocommit=True,
            local_infile=True,
        )
        run(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    except (pymysql.MySQLError, OSError) as error:
        raise Unavailable(_("The warehouse does not answer.")) from error
    return connection


def _gone(error: pymysql.MySQLError) -> bool:
    """The server or the way to it failed, not the statement."""
    code = error.args[0] if error.args else 0
    return code in (0, TOO_MANY, SHUTTING_DOWN, KILLED) or 2000 <= code < 3000


def _alive(connection: Connection) -> bool:
    try:
        connection.ping(reconnect=False)
    except (pymysql.MySQLError, OSError):
        return False
    return True


def _release(connection: Connection) -> bool:
    try:
        if connection.open:
            connection.rollback()
    except (pymysql.MySQLError, OSError):
        return False
    return bool(connection.open)


_pool: Pool[Connection] = Pool(_connect, _alive, _release)
