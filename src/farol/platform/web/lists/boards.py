"""The same list in another shape: a column of cards for each state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from farol.platform.web.lists.shown import Row, Shown
from farol.platform.web.lists.state import State

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import List

CARDS = 25


@dataclass(frozen=True)
class Lane:
    """A column of a board: `name` as rows carry it, and how it is shown."""

    name: str
    label: Any
    tone: str = "neutral"
    icon: str = ""


@dataclass(frozen=True)
class BoardColumn:
    """`more` where further rows are only on the list, at `url`."""

    lane: Lane
    rows: list[Row]
    more: bool
    url: str


class Board(Shown):
    """What the template of a board draws, in three queries whatever the number of rows.

    `narrow(rows, name)` gives the rows of a lane and `of(row)` the name of a row's lane. The filter called `filter`
    of the list is what a column's `url` sets.
    """

    def __init__(
        self,
        declared: List,
        request: HttpRequest,
        rows: QuerySet,
        lanes: Sequence[Lane],
        *,
        narrow: Callable[[QuerySet, str], QuerySet] = lambda rows, name: rows.filter(status=name),
        of: Callable[[Any], str] = lambda row: row.status,
        filter: str = "state",
        cards: int = CARDS,
    ) -> None:
        self.lanes, self._of, self._filter, self._cards = lanes, of, filter, cards
        state = State(declared, request.GET)
        found = state.select(rows)
        firsts = [narrow(found, lane.name).values("pk")[: cards + 1] for lane in lanes]
        some = found.filter(reduce(or_, (Q(pk__in=first) for first in firsts))) if firsts else found.none()
        super().__init__(declared, state, some, request, per_page=max(len(lanes), 1) * (cards + 1))

    @property
    def columns(self) -> list[BoardColumn]:
        by_lane: dict[str, list[Row]] = {lane.name: [] for lane in self.lanes}
        for row in self.rows:
            by_lane.setdefault(self._of(row.object), []).append(row)
        return [self._column(lane, by_lane[lane.name]) for lane in self.lanes]

    def _column(self, lane: Lane, rows: list[Row]) -> BoardColumn:
        url = self.state.url(**{self._filter: lane.name})
        return BoardColumn(lane, rows[: self._cards], len(rows) > self._cards, url)
