"""One page of a list of Kommo, and how its records become a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from farol.connectors.kommo import contract, scrub
from farol.engines.sources.cursors import Page
from farol.engines.sources.errors import BadAnswer, Broken, Slow
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Problem

Params = Sequence[tuple[str, str]]
Row = dict[str, Any]
T = TypeVar("T")
LIMIT, LOG_LIMIT = 250, 100  # the log of events has smaller pages
SMALLEST = 10


def page(session: Session, path: str, number: int, params: Params = (), *, limit: int = LIMIT) -> Page:
    """Page `number` of a list. The first one is asked for in half its size, and again, where that is too much."""
    size = limit
    while True:
        try:
            asked = [*params, ("limit", str(size)), ("page", str(number))]
            return _page(session, path, asked)
        except Slow:
            # further pages begin where pages of this size do
            if number > 1 or size // 2 < SMALLEST:
                raise
            size //= 2


def _page(session: Session, path: str, params: Params) -> Page:
    reply = session.http.get(path, params)
    if reply.body is None:
        return Page([], next=False)
    try:
        inside, links = reply.body["_embedded"], reply.body["_links"]
        # what holds nothing may come as an empty list instead of an empty mapping
        items = inside[path.rpartition("/")[2]] if inside != [] else []
        more = links.get("next") if links != [] else None
        well = all(isinstance(item.get("id"), int | str) for item in items)
        href = more["href"] if more else ""
    except (KeyError, TypeError, AttributeError):
        raise BadAnswer(_("Kommo's list %(path)s cannot be read.") % {"path": path}) from None
    if not well:
        raise Broken(_("Kommo's list %(path)s has records without an id.") % {"path": path})
    if urlsplit(href).netloc not in ("", urlsplit(reply.url).netloc):
        raise BadAnswer(_("Kommo's next page is on another host; it was not asked."))
    return Page(items, next=bool(more))


def pages(session: Session, path: str) -> Iterator[list[Row]]:
    """All pages of a short list."""
    number, more = 1, True
    while more:
        found = page(session, path, number)
        yield found.items
        number, more = number + 1, found.next and bool(found.items)


def whole(name: str) -> Callable[[Row], int]:
    """The instant of a record by this field; `Broken` where it has none."""

    def stamp(record: Row) -> int:
        found = record.get(name)
        if type(found) is not int:
            raise Broken(_("Record %(id)s: %(field)s is not an instant.") % {"id": record["id"], "field": name})
        return found

    return stamp


def between(name: str, start: int, end: int | None = None) -> list[tuple[str, str]]:
    ends = [(f"filter[{name}][from]", str(start))]
    return [*ends, (f"filter[{name}][to]", str(end))] if end is not None else ends


class Maker(Generic[T]):
    """Makes batches of an entity: each record checked, shaped by `shape`, and kept beside without private values.

    Once a record was not as agreed, no batch carries a cursor any more: the next load reads from before it.
    """

    def __init__(
        self, session: Session, entity: str, kind: type[T], shape: Callable[[T], dict[str, list[Row]]]
    ) -> None:
        self._session, self._entity, self._kind, self._shape = session, entity, kind, shape
        self.broken = False

    def batch(self, records: Iterable[Row], cursor: dict[str, Any] | None = None) -> Batch:
        rows: dict[str, list[Row]] = {}
        raw, problems = [], list[Problem]()
        for record in records:
            raw.append((str(record["id"]), _instant(record), msgspec.json.encode(scrub.payload(record)).decode()))
            found = contract.read(self._kind, self._entity, record)
            if isinstance(found, Problem):
                problems.append(found)
                continue
            for table, shaped in self._shape(found).items():
                rows.setdefault(table, []).extend(self._own(row) for row in shaped)
        self.broken = self.broken or bool(problems)
        return Batch(rows=rows, raw=raw, problems=problems, cursor=None if self.broken else cursor)

    def _own(self, row: Row) -> Row:
        return {**row, "connection_id": self._session.connection, "run": self._session.run}


def _instant(record: Row) -> int:
    found = record.get("updated_at") or record.get("created_at")
    return found if type(found) is int and abs(found) < 2**62 else 0
