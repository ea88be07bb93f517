"""From where to where a list is walked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from farol.connectors.kommo.paging import whole
from farol.engines.sources.cursors import Chunk, FetchWindow, kept, window
from farol.engines.sources.session import Session

OVERLAP = 600  # changes become visible late
DAY = 86400
STRETCH, LONGEST_STRETCH = 30 * DAY, 360 * DAY
FAR = 2**33  # records may be dated ahead
Cursor = dict[str, Any] | None


def begin(session: Session, cursor: Cursor, full: bool, key: str = "at") -> int:
    """The instant to walk from. `--since` may lie before what is known, never leave a stretch out."""
    before = (cursor or {}).get(key)
    if full or before is None:
        return 0
    return int(before) if session.since is None else min(int(before), session.since)


def remembered(session: Session, chunk: Chunk) -> int | None:
    return None if chunk.safe is None else kept(chunk.safe, session.clock(), OVERLAP)


class Stretches:
    """Walks a list in closed stretches, longer ones where there is nothing; the last two end tomorrow and far ahead."""

    def __init__(self, session: Session, since: int, field: str, *, verify: bool = True) -> None:
        self._since, self._stamp, self._verify = since, whole(field), verify
        self._now = int(session.clock())
        self._born = min(self._now, int(session.known.get("created_at", 0)))
        # what the list itself says of its clock; a day ago where it is empty
        self._top = self._now - DAY

    def through(self, fetch: FetchWindow) -> Iterator[Chunk]:
        """Chunks; an empty one after each stretch, whose `safe` is where a later walk may begin."""
        start, length, seen = self._since, STRETCH, False
        while start < FAR:
            end, empty = self._end(start, length), True
            for chunk in window(fetch, start, end, stamp=self._stamp, verify=self._verify):
                top = max(self._stamp(record) for record in chunk)
                self._top, empty, seen = max(self._top, top) if seen else top, False, True
                yield Chunk(list(chunk))
            if end < self._now:
                yield Chunk([], kept(end + 1, self._now, OVERLAP))
            start, length = end + 1, min(2 * length, LONGEST_STRETCH) if empty else STRETCH

    def kept(self) -> int:
        """Where the next walk begins, once this one is through."""
        return max(self._since, kept(self._top, self._now, OVERLAP))

    def _end(self, start: int, length: int) -> int:
        if start < self._born:
            return self._born - 1
        tomorrow, end = self._now + DAY, start + length - 1
        if start > tomorrow:
            return FAR
        return end if end < self._now - DAY else tomorrow
