"""Walks through lists that change while they are read, so that nothing is lost.

A list that can be ordered by its instant of change is walked by keyset: from the highest instant seen, always its
first page. Edits in between move records ahead, never out of sight. Pages are turned only inside one second, in closed
windows and in lists whose filter or order the other side ignores; there, passes are repeated until two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from farol.core import clock
from farol.engines.sources.errors import BadAnswer, Broken, Slow

Record = dict[str, Any]
PASSES = 5
MOST_PAGES = 20_000


@dataclass(frozen=True)
class Page:
    """`next`: the other side says that there is more."""

    items: list[Record]
    next: bool


Fetch = Callable[[int, int], Page]  # (from this instant on, page from 1)
FetchWindow = Callable[[int, int, int], Page]  # (from, to, both inclusive; page from 1)
Stamp = Callable[[Record], int]
Ident = Callable[[Record], Hashable]


class Chunk(list[Record]):
    """Records handed on together. `safe` is the instant from which a later walk finds whatever this one has not handed
    on so far; None while that cannot be said."""

    safe: int | None

    def __init__(self, records: list[Record], safe: int | None = None) -> None:
        super().__init__(records)
        self.safe = safe


class _Unruly(Exception):
    """The other side ignores the filter or the order."""


class _TooLong(Exception):
    """More pages than the window may have."""


def _stamp(record: Record) -> int:
    found = record.get("updated_at")
    if type(found) is not int:
        raise Broken(_("Record %(id)s has no instant of its last change.") % {"id": record.get("id")})
    return found


def _ident(record: Record) -> Hashable:
    return record["id"]


def kept(safe: int, now: float, overlap: int) -> int:
    """The instant that the next walk begins at: never beyond now, however far ahead the records are dated."""
    return min(safe, int(now)) - overlap


def changes(fetch: Fetch, *, since: int, limit: int, stamp: Stamp = _stamp, ident: Ident = _ident) -> Iterator[Chunk]:
    """Every record changed at `since` (unix seconds) or later, the oldest change first where the other side keeps the
    order. `limit` is the size of a whole page. `BadAnswer` for a list that does not hold still.
    """
    begun = int(clock.now().timestamp())
    try:
        yield from _by_keyset(fetch, since, limit, stamp, ident)
    except _Unruly:
        # records edited behind the reader's back are found only from the beginning of this walk on
        wanted = _Wanted(lambda record: stamp(record) >= since, stamp, ident, verify=True)
        yield from _agreed(lambda number: fetch(since, number), wanted)
        yield Chunk([], begun)


def window(
    fetch_page: FetchWindow,
    start: int,
    end: int,
    *,
    ident: Ident = _ident,
    stamp: Stamp = _stamp,
    verify: bool = True,
    pages_at_most: int = 40,
) -> Iterator[Chunk]:
    """Every record between two instants, both included; once, whatever the order. A window of many pages, or one
    that the other side is too slow for, is halved. `verify`: more than one page is read until two passes agree.
    """
    wanted = _Wanted(lambda record: start <= stamp(record) <= end, stamp, ident, verify)
    yield from _window(fetch_page, start, end, wanted, pages_at_most)


def named(fetch_page: Callable[[int], Page], ids: Collection[str]) -> Iterator[Chunk]:
    """The records of these ids that there are, from a list that was asked for them."""
    yield from _agreed(fetch_page, _Wanted(lambda record: str(record["id"]) in ids, _stamp, _ident, verify=False))


@dataclass
class _Wanted:
    """Which records of a walk count; `handed` remembers, for the whole walk, which versions were handed on."""

    inside: Callable[[Record], bool]
    stamp: Stamp
    ident: Ident
    verify: bool
    handed: dict[Hashable, int] = field(default_factory=dict)

    def fresh(self, records: list[Record]) -> list[Record]:
        new = [r for r in records if self.handed.get(self.ident(r)) != self.stamp(r)]
        self.handed |= {self.ident(r): self.stamp(r) for r in new}
        return list({self.ident(r): r for r in new}.values())


def _by_keyset(fetch: Fetch, since: int, limit: int, stamp: Stamp, ident: Ident) -> Iterator[Chunk]:
    at, seen = since, dict[Hashable, int]()
    while True:
        page = _first_page(fetch, at)
        _orderly(page.items, at, stamp)
        fresh = [r for r in page.items if seen.get(ident(r)) != stamp(r)]
        top = max((stamp(r) for r in page.items), default=at)
        if fresh:
            yield Chunk(fresh, top)
        if not page.next and len(page.items) < limit:
            return
        if at == since:  # where the order is ignored, a first page can look orderly by accident
            _orderly(fetch(since, 2).items, top, stamp)
        seen = {**(seen if top == at else {}), **{ident(r): top for r in page.items if stamp(r) == top}}
        if top == at:  # one second fills whole pages
            yield from _one_second(fetch, at, seen, stamp, ident)
            top, seen = at + 1, {}
        at = top


def _first_page(fetch: Fetch, at: int) -> Page:
    """Asked twice where it is empty: an answer that got lost looks like a list without changes."""
    page = fetch(at, 1)
    if not page.items:
        page = fetch(at, 1)
    if not page.items and page.next:
        raise _Unruly
    return page


def _orderly(records: list[Record], at: int, stamp: Stamp) -> None:
    stamps = [stamp(r) for r in records]
    if stamps != sorted(stamps) or (stamps and stamps[0] < at):
        raise _Unruly


def _one_second(fetch: Fetch, at: int, seen: dict[Hashable, int], stamp: Stamp, ident: Ident) -> Iterator[Chunk]:
    """All records of the second `at` that were not handed on yet."""

    def page_of(number: int) -> Page:
        page = fetch(at, number)
        _orderly(page.items, at, stamp)
        beyond = any(stamp(r) > at for r in page.items)
        return Page(page.items, page.next and not beyond)

    wanted = _Wanted(lambda record: stamp(record) == at, stamp, ident, verify=True, handed=seen)
    for chunk in _agreed(page_of, wanted):
        yield Chunk(chunk, at)


def _window(fetch_page: FetchWindow, start: int, end: int, wanted: _Wanted, most: int) -> Iterator[Chunk]:
    whole = start == end

    def page_of(number: int) -> Page:
        if number > most and not whole:
            raise _TooLong
        page = fetch_page(start, end, number)
        if any(not start <= wanted.stamp(r) <= end for r in page.items):
            raise _Unruly
        return page

    try:
        yield from _agreed(page_of, wanted)
    except _Unruly:
        yield from _agreed(lambda number: fetch_page(start, end, number), wanted)
    except (_TooLong, Slow):
        if whole:
            raise
        middle = (start + end) // 2
        yield from _window(fetch_page, start, middle, wanted, most)
        yield from _window(fetch_page, middle + 1, end, wanted, most)


def _agreed(fetch_page: Callable[[int], Page], wanted: _Wanted) -> Iterator[Chunk]:
    """Passes over all pages, until two agree where one is not enough. Every version is handed on when first seen."""
    before: dict[Hashable, int] | None = None
    for _pass in range(PASSES):
        found: dict[Hashable, int] = {}
        turned = _Turned()
        for records in _pages(fetch_page, turned, wanted.ident):
            inside = [r for r in records if wanted.inside(r)]
            found |= {wanted.ident(r): wanted.stamp(r) for r in inside}
            if fresh := wanted.fresh(inside):
                yield Chunk(fresh)
        once = turned.pages <= 1 or not wanted.verify
        if found == before or (before is None and once and not turned.doubtful):
            return
        before = found
    raise BadAnswer(
        _("The list does not hold still: it was read %(count)s times, each time another one.") % {"count": PASSES}
    )


@dataclass
class _Turned:
    """How a pass went. `doubtful`: a page that was promised came empty."""

    pages: int = 0
    doubtful: bool = False


def _pages(fetch_page: Callable[[int], Page], turned: _Turned, ident: Ident) -> Iterator[list[Record]]:
    """Page after page. An empty one and a repeated one are asked for again."""
    last: set[Hashable] = set()
    for number in range(1, MOST_PAGES + 1):
        page = fetch_page(number)
        if _odd(page, last, ident):
            page = fetch_page(number)
            turned.doubtful |= not page.items and (number > 1 or page.next)
            if page.items and _odd(page, last, ident):
                raise BadAnswer(_("The list repeats a page, so its end cannot be found."))
        turned.pages = number
        yield page.items
        if not page.next:
            return
        last = {ident(r) for r in page.items} or last
    raise BadAnswer(_("The list does not end."))


def _odd(page: Page, last: set[Hashable], ident: Ident) -> bool:
    return {ident(r) for r in page.items} <= last
