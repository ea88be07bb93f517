"""Completeness: for each local day, are the records of that day here as they are at the source?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from farol.core import clock
from farol.core.money import from_centavos
from farol.engines.sources.fetching import Walk, walked
from farol.engines.sources.models import SourceDay
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Days, Entity
from farol.engines.sources.storing import Store
from farol.engines.warehouse import Stage
from farol.engines.warehouse.sql import Sql, compose, ident, literal

STRETCH = 60
RECENT = 35
LONG_AGO = dt.date(1970, 1, 2)
Sums = tuple[int, int | None]
NOTHING: Sums = (0, None)
ByDay = Mapping[dt.date, Sums]


class Tell(Protocol):
    """Told of each stretch of an entity that was compared: `done` of `total` of all."""

    def __call__(self, entity: Entity, done: int, total: int) -> None: ...


@dataclass(eq=False)
class Look:
    """What the source has of an entity from one local day to another: ids and the sum of the amounts by day."""

    entity: Entity
    days: Days
    first: dt.date
    last: dt.date
    ids: dict[dt.date, set[str]] = field(default_factory=dict)
    amounts: dict[dt.date, int] = field(default_factory=dict)

    def take(self, batch: Batch) -> None:
        for row in batch.rows.get(self.entity.table, ()):
            day = local_day(row[self.days.instant])
            ids = self.ids.setdefault(day, set())
            if row["id"] in ids or row.get("deleted"):
                continue
            ids.add(row["id"])
            amount = row.get(self.days.amount) if self.days.amount else None
            if amount is not None:
                self.amounts[day] = self.amounts.get(day, 0) + amount

    def sums(self, day: dt.date) -> Sums:
        return len(self.ids.get(day, ())), self.amounts.get(day)

    def differing(self, ours: ByDay) -> set[dt.date]:
        """Days of which we have something else; a log may forget what we keep."""
        days = {day for day in (*ours, *self.ids) if self.first <= day <= self.last}
        if self.days.find is None:
            return {day for day in days if ours.get(day, NOTHING)[0] < self.sums(day)[0]}
        return {day for day in days if ours.get(day, NOTHING) != self.sums(day)}

    def correct(self, again: Look) -> None:
        """The days of a later look, which is trusted more."""
        for day in [day for day in self.ids if again.first <= day <= again.last]:
            self.ids.pop(day)
            self.amounts.pop(day, None)
        self.ids |= again.ids
        self.amounts |= again.amounts


class Comparison:
    """Compares entities with their source, mends what differs, and looks once more where they still do.

    `SourceDay` says how each day stands afterwards; `gaps` has those that differ.
    """

    def __init__(self, store: Store, session: Session, tell: Tell) -> None:
        self.gaps: list[dict[str, Any]] = []
        self._store, self._session, self._tell = store, session, tell
        self._before: dict[str, ByDay] = {}

    def compare(self, entities: Sequence[Entity], *, full: bool, deep: bool, at_once: int) -> None:
        with self._store.stage() as stage:
            looks = [look for entity in entities for look in self._planned(stage, entity, full=full, deep=deep)]
        walks = {
            Walk(look.entity, partial(look.days.read, self._session, look.first, look.last, False)): look
            for look in looks
        }
        done = 0
        with closing(walked(list(walks), self._session, at_once=at_once)) as items:
            for walk, item in items:
                look = walks[walk]
                if isinstance(item, Batch):
                    self._take(look, item)
                elif item.error:
                    raise item.error
                else:
                    self._settle(look)
                    done += 1
                    self._tell(look.entity, done, len(looks))

    def _planned(self, stage: Stage, entity: Entity, *, full: bool, deep: bool) -> Iterator[Look]:
        if entity.days is None:
            return
        ours = self._sums(stage, entity, entity.days)
        self._before[entity.name] = ours
        for first, last in ranges(ours, full=full and entity.days.find is not None, deep=full or deep):
            yield Look(entity, entity.days, first, last)

    def _take(self, look: Look, batch: Batch) -> None:
        look.take(batch)
        self._store.take(look.entity, batch)

    def _settle(self, look: Look) -> None:
        """Once a stretch was read and what was missing or older here has been taken in."""
        mended, ours = look.differing(self._before[look.entity.name]), self._ours(look)
        differing = look.differing(ours)
        if differing:
            again = Look(look.entity, look.days, min(differing), max(differing))
            for batch in look.days.read(self._session, again.first, again.last, True):
                self._take(again, batch)
            self._remove(again)
            look.correct(again)
            mended, ours = mended | differing, self._ours(look)
        self._keep(look, ours, mended)

    def _remove(self, again: Look) -> None:
        """What is here and was not seen: absent once may be a fault of the look, so it is asked for by its id."""
        if again.days.find is None:
            return
        connection, table = self._session.connection, again.entity.table
        with self._written() as stage:
            missing = stage.ids(table, connection, _inside(again)) - set().union(*again.ids.values())
        if not missing:
            return
        for batch in again.days.find(self._session, sorted(missing)):
            missing -= {row["id"] for row in batch.rows.get(table, ())}
            self._store.take(again.entity, batch)
        with self._written() as stage:
            self._store.tallies[again.entity.name].deleted += stage.mark_deleted(
                table, connection, missing, self._session.run
            )

    def _keep(self, look: Look, ours: ByDay, mended: Collection[dt.date]) -> None:
        differing, now = look.differing(ours), clock.now()
        same = {"source": self._session.source, "connection": self._session.connection, "entity": look.entity.name}
        known = SourceDay.objects.filter(**same, day__range=(look.first, look.last)).values_list("day", flat=True)
        rows = []
        for day in sorted({*known, *ours, *look.ids, *mended}):
            here, there = ours.get(day, NOTHING), look.sums(day)
            state = "gap" if day in differing else "healed" if day in mended else "complete"
            sums = {"rows": here[0], "amount": here[1], "source_rows": there[0], "source_amount": there[1]}
            rows.append(SourceDay(**same, day=day, **sums, state=state, checked_at=now))
            if state == "gap":
                self.gaps.append(_gap(look.entity, day, here, there))
        fields = ["rows", "amount", "source_rows", "source_amount", "state", "checked_at"]
        unique = ["source", "connection", "entity", "day"]
        SourceDay.objects.bulk_create(
            rows, update_conflicts=True, update_fields=fields, unique_fields=unique, batch_size=200
        )

    def _ours(self, look: Look) -> ByDay:
        with self._written() as stage:
            sums = self._sums(stage, look.entity, look.days)
        return {day: found for day, found in sums.items() if look.first <= day <= look.last}

    def _sums(self, stage: Stage, entity: Entity, days: Days) -> ByDay:
        return stage.day_sums(entity.table, self._session.connection, days.instant, days.amount)

    @contextmanager
    def _written(self) -> Iterator[Stage]:
        """The stage, with all that was taken."""
        with self._store.stage() as stage:
            self._store.flush_into(stage)
            yield stage


def ranges(ours: Collection[dt.date], *, full: bool, deep: bool) -> Iterator[tuple[dt.date, dt.date]]:
    """Which days to compare, in stretches: all of them after a full load; once a day the last 35 and 35 older ones,
    other ones each day; otherwise yesterday and today."""
    today = clock.today()
    recent = today - dt.timedelta(days=RECENT - 1)
    oldest = min((day for day in ours if day <= today), default=today)
    if full:
        yield LONG_AGO, oldest - dt.timedelta(days=1)  # an older one may have been lost
        yield from _stretches(oldest, today)
    elif deep:
        yield recent, today
        if oldest < recent:
            turns = (recent - oldest).days // RECENT + 1
            begin = oldest + dt.timedelta(days=RECENT * (today.toordinal() % turns))
            yield begin, min(begin + dt.timedelta(days=RECENT - 1), recent - dt.timedelta(days=1))
    else:
        yield today - dt.timedelta(days=1), today


def _stretches(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    while first <= last:
        end = min(last, first + dt.timedelta(days=STRETCH - 1))
        yield first, end
        first = end + dt.timedelta(days=1)


def _inside(look: Look) -> Sql:
    begin, end = midnight(look.first), midnight(look.last + dt.timedelta(days=1))
    column = ident(look.days.instant)
    return compose("{c} >= {a} AND {c} < {b}", c=column, a=literal(begin), b=literal(end))


def _gap(entity: Entity, day: dt.date, here: Sums, there: Sums) -> dict[str, Any]:
    rows = {"rows": here[0], "source_rows": there[0]}
    amounts = {"amount": _amount(here[1]), "source_amount": _amount(there[1])}
    return {"entity": entity.name, "day": day.isoformat(), **rows, **amounts}


def _amount(centavos: int | None) -> str | None:
    """With two decimals."""
    return None if centavos is None else f"{from_centavos(centavos):.2f}"


def local_day(instant: int) -> dt.date:
    return clock.local(dt.datetime.fromtimestamp(instant, dt.UTC)).date()


def midnight(day: dt.date) -> int:
    """The first instant of a local day, in unix seconds."""
    return int(dt.datetime.combine(day, dt.time(), clock.zone()).timestamp())
