"""ClickHouse by its HTTP interface."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import httpx
from django.utils.translation import gettext as _

from farol.core.errors import Unavailable
from farol.engines.warehouse.clickhouse_values import FORMAT, parsed, typed

PORTS = {"clickhouse": 8123, "clickhouses": 8443}
UNKNOWN_TABLE, TABLE_EXISTS = 60, 57
# a row without a partner in a join is NULL, and an error comes before the first row or not at all
SETTINGS = {"join_use_nulls": "1", "wait_end_of_query": "1", "default_format": FORMAT}


class ClickHouseError(Exception):
    """The server refused a statement; `code` is its number for why."""

    def __init__(self, text: str) -> None:
        found = re.search(r"Code: (\d+)", text)
        self.code = int(found[1]) if found else 0
        super().__init__(text[:500])


class Server:
    """`clickhouse://user:password@host:port/database` (`clickhouses://` encrypted); a context manager."""

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        url = urlsplit(address)
        scheme = "https" if url.scheme == "clickhouses" else "http"
        user, password = unquote(url.username or "default"), unquote(url.password or "")
        self.database = unquote(url.path.lstrip("/")) or "default"
        self._client = httpx.Client(
            base_url=f"{scheme}://{url.hostname or '127.0.0.1'}:{url.port or PORTS[url.scheme]}",
            headers={"X-ClickHouse-User": user, "X-ClickHouse-Key": password},
            timeout=httpx.Timeout(600, connect=5),
            transport=transport,
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement with `?` for its parameters."""
        return list(itertools.chain.from_iterable(self.stream(sql, 5000, params)))

    def stream(self, sql: str, size: int, params: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        text, values = typed(sql, params)
        named = {f"param_{name}": value for name, value in values.items()}
        with self._answer(text.encode(), named) as answer:
            rows = parsed(_lines(answer.iter_bytes()))
            while chunk := list(itertools.islice(rows, size)):
                yield chunk

    def insert(self, sql: str, data: BinaryIO) -> None:
        """An INSERT whose rows are the bytes of a file."""
        with self._answer(data, {"query": sql}):
            pass

    @contextmanager
    def _answer(self, content: bytes | BinaryIO, params: dict[str, str]) -> Iterator[httpx.Response]:
        known = {**SETTINGS, "database": self.database, **params}
        try:
            with self._client.stream("POST", "/", params=known, content=content) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise ClickHouseError(answer.read().decode(errors="replace"))
                yield answer
        except httpx.TransportError as error:
            raise Unavailable(_("The warehouse does not answer. Nothing was changed.")) from error


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines end with a line feed and nothing else: texts may hold the other separators of Unicode."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    yield rest
